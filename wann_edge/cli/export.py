"""The command ``wann-edge export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.options import DTYPE_HELP, Force, NetworkFile, OptimizeFor
from wann_edge.cli.parsing import c_identifier
from wann_edge.cli.tables import say

EXAMPLE = "my-run/champion.json --format c -o policy.h"


_Format = Annotated[
    str | None,
    typer.Option(
        help="One of the formats that wann-edge list formats shows. Default: inferred from "
        "the file extension of the output, such as .h or .onnx."
    ),
]
_Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="The file or folder to write. Default: beside the network file, with its name.",
    ),
]
_Name = Annotated[
    str | None,
    typer.Option(
        help="The prefix of all names in the export, such as policy in policy_step(). "
        "Default: the output's name."
    ),
]
_Dtype = Annotated[
    str | None,
    typer.Option(help=f"{DTYPE_HELP} Default: float; auto for the format c-fixed."),
]
_WeightInput = Annotated[
    bool,
    typer.Option(
        "--weight-input",
        help="Make the shared weight an input of the ONNX graph, with the network's as default.",
    ),
]


def command(
    file: NetworkFile,
    format: _Format = None,
    output: _Output = None,
    name: _Name = None,
    dtype: _Dtype = None,
    optimize: OptimizeFor = "size",
    weight_input: _WeightInput = False,
    force: Force = False,
) -> int:
    """Write a network as a C header, an ONNX graph, a module, a library or a project.

    wann-edge list formats shows all formats and what each needs.
    """
    from wann_edge.cli.dtype import converted
    from wann_edge.exporters import exporter_of, format_for_suffix
    from wann_edge.network import file as network_file
    from wann_edge.system.files import write_folder, write_whole

    suffix = "" if output is None else output.suffix
    chosen = format or format_for_suffix(suffix)
    exporter = exporter_of(chosen, optimize, weight_input=weight_input)
    place = output or file.with_suffix(exporter.suffix)
    usual = "float" if "float" in exporter.numbers else "auto"
    network, loss = converted(network_file.load(file), dtype or usual)
    files = exporter.files(network, c_identifier(place.stem) if name is None else name)
    size_bytes = sum(map(len, files.values()))
    say(loss, end="")
    if exporter.suffix:
        (content,) = files.values()
        write_whole(place, content)
        say(f"{place}: {size_bytes} bytes")
    else:
        write_folder(place, files, force=force)
        say(f"{place}: {len(files)} files, {size_bytes} bytes")
    return ExitCode.OK
