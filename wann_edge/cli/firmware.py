"""The command ``wann-edge firmware``."""

from __future__ import annotations

from typing import Annotated

import typer

from wann_edge.cli.choices import EMULATED_BOARDS
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.options import Dtype, Force, NetworkFile
from wann_edge.cli.output_file import OutputFile, output_folder
from wann_edge.cli.tables import say

EXAMPLE = "my-run/champion.json --board lm3s6965evb -o firmware"


_Board = Annotated[
    str,
    typer.Option(
        help=f"The board: {', '.join(EMULATED_BOARDS)} (RISC-V), arduino (a sketch), or bare, "
        "where you fill in two functions. QEMU emulates all but the last two."
    ),
]
_Output = Annotated[
    OutputFile,
    typer.Option(
        "--output", "-o", parser=output_folder, metavar="FOLDER", help="The folder to write."
    ),
]
_Watchdog = Annotated[
    float | None,
    typer.Option(
        help="Seconds without a step after which the device applies the safe action. Default: "
        "10 control periods."
    ),
]


def command(
    file: NetworkFile,
    board: _Board,
    output: _Output,
    watchdog: _Watchdog = None,
    dtype: Dtype = "float",
    force: Force = False,
) -> int:
    """Write a complete firmware project that runs a network behind the serial protocol.

    The project holds start-up code, UART driver, protocol, the exported header, and a
    Makefile for gcc and for Zig. At start the firmware runs the header's self-test; if the
    test fails, it refuses to act.
    """
    from wann_edge.cli.dtype import converted
    from wann_edge.exporters.firmware.project import firmware_files
    from wann_edge.network import file as network_file
    from wann_edge.system.files import write_folder

    network, loss = converted(network_file.load(file), dtype)
    files = firmware_files(network, board, output.path.resolve().name, watchdog)
    say(loss, end="")
    write_folder(output.path, files, force=force)
    say(f"{output}: {len(files)} files for {board}; README.md there explains how to build")
    return ExitCode.OK
