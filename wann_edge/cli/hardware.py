"""The commands for hardware: firmware, and the loop with a device in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wann_edge.cli.options import Dtype, Force, Json, NetworkFile, Seed, TaskName

hardware = typer.Typer()

_Board = Annotated[
    str | None,
    typer.Option(help="Start this emulated board and end it: lm3s6965evb, mps2-an386, virt..."),
]


@hardware.command(
    epilog="Example:  wann-edge firmware my-run/champion.json --board lm3s6965evb -o firmware"
)
def firmware(
    file: NetworkFile,
    board: Annotated[
        str,
        typer.Option(
            help="lm3s6965evb, mps2-an386, mps2-an500, microbit, netduinoplus2 (STM32F405), virt "
            "(RISC-V), arduino (a sketch), or bare: two functions are yours to fill."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The project's folder.")],
    watchdog: Annotated[
        float | None,
        typer.Option(
            help="Seconds without a step until the safe action; default: 10 control periods."
        ),
    ] = None,
    dtype: Dtype = "float",
    force: Force = False,
) -> int:
    """Write a complete firmware project that runs a network behind the serial protocol.

    Start-up code, UART, protocol, the exported header, and a Makefile for gcc and for Zig.
    At start it runs the header's self-test, and refuses to act when that fails.
    """
    from wann_edge.cli.firmware import run_firmware

    return run_firmware(file, board, output, watchdog, dtype, force=force)


@hardware.command(epilog="Example:  wann-edge hil my-run/champion.json --board lm3s6965evb")
def hil(
    file: NetworkFile,
    port: Annotated[
        str | None,
        typer.Option(
            help="/dev/ttyACM0, a pseudo-terminal, or socket://HOST:PORT; with --board: pty, for "
            "a pseudo-terminal in place of TCP."
        ),
    ] = None,
    board: _Board = None,
    task: TaskName = None,
    episodes: Annotated[int, typer.Option(min=1, help="Episodes to run.")] = 3,
    seed: Seed = 0,
    weight: Annotated[
        float | None, typer.Option(help="A shared weight other than the file's own.")
    ] = None,
    real_time: Annotated[
        bool,
        typer.Option("--real-time/--lockstep", help="Pace steps by the control period, or not."),
    ] = False,
    period: Annotated[
        float | None, typer.Option(help="Seconds; a control period other than the task's.")
    ] = None,
    inject: Annotated[
        str | None,
        typer.Option(
            help="Faults of the link: drop=1%,corrupt=1%,duplicate=1%,delay=1%:30ms,reset=1000 "
            "(a reset of the device every so many frames)."
        ),
    ] = None,
    record: Annotated[Path | None, typer.Option(help="Write a capture of the session.")] = None,
    replay: Annotated[
        Path | None,
        typer.Option(
            help="Replay a capture, in place of episodes; without a device on this "
            "machine's compiled header."
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.001, help="Seconds until a request is sent again.")
    ] = 0.05,
    recovery: Annotated[
        float, typer.Option(min=0.1, help="Seconds that a device or a port may be gone.")
    ] = 5.0,
    dtype: Dtype = "float",
    json: Json = False,
) -> int:
    """Close the loop: the device runs the network, this machine runs the world.

    Each action must have the kernel's bits; one that has not is never applied, and the exit
    code is 1. A device that runs another network is refused.
    """
    from wann_edge.cli.hil import HilOptions, run_hil

    options = HilOptions(
        file=file,
        port=port,
        board=board,
        task=task,
        episodes=episodes,
        seed=seed,
        weight=weight,
        real_time=real_time,
        period_s=period,
        inject=inject,
        record=record,
        replay=replay,
        reply_s=timeout,
        recovery_s=recovery,
        dtype=dtype,
    )
    return run_hil(options, as_json=json)
