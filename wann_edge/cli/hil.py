"""The command ``wann-edge hil``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.arguments import task_of
from wann_edge.cli.choices import EMULATED_BOARDS, LINK_FAULTS, listed
from wann_edge.cli.exit_codes import ExitCode, verdict_code
from wann_edge.cli.options import (
    MAX_EPISODES,
    AcceptContract,
    Dtype,
    Json,
    NetworkFile,
    Seed,
    SharedWeight,
    TaskName,
)
from wann_edge.cli.output_file import OutputFile, file_option
from wann_edge.cli.tables import print_json, say
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.hil.device import Times
    from wann_edge.hil.session import Connection
    from wann_edge.network import Network

EXAMPLE = "my-run/champion.json --board lm3s6965evb"


_Port = Annotated[
    str | None,
    typer.Option(
        help="The device's port: /dev/ttyACM0, a pseudo-terminal, or socket://HOST:PORT. With "
        "--board, pty makes QEMU offer a pseudo-terminal instead of TCP."
    ),
]
_Board = Annotated[
    str | None,
    typer.Option(
        help=f"Start an emulated board, and end it afterwards: {listed(EMULATED_BOARDS)}."
    ),
]
_Episodes = Annotated[int, typer.Option(min=1, max=MAX_EPISODES, help="Number of episodes.")]
_RealTime = Annotated[
    bool,
    typer.Option(
        "--real-time/--lockstep",
        help="Start a step every control period, or as soon as the last one is done.",
    ),
]
_Period = Annotated[
    float | None,
    typer.Option(help="The control period in seconds. Default: the network's, or the task's."),
]
_Inject = Annotated[
    str | None,
    typer.Option(
        metavar="NAME=STRENGTH,...",
        help=f"Faults to inject into the link: {listed(LINK_FAULTS)}. A percentage is a share "
        "of the frames; reset restarts the device after so many frames, again and again.",
    ),
]
_Record = Annotated[
    OutputFile | None,
    file_option(help="Write a capture of the session to this file."),
]
_Replay = Annotated[
    Path | None,
    typer.Option(
        help="Replay this capture instead of running episodes; without a device, on the "
        "exported header as compiled here."
    ),
]
_Timeout = Annotated[
    float,
    typer.Option(min=0.001, max=3600, help="Seconds without a reply before a request is repeated."),
]
_Recovery = Annotated[
    float,
    typer.Option(min=0.1, max=1e6, help="Seconds without the device before the session fails."),
]


def command(
    file: NetworkFile,
    port: _Port = None,
    board: _Board = None,
    task: TaskName = None,
    accept_contract: AcceptContract = False,
    episodes: _Episodes = 3,
    seed: Seed = 0,
    weight: SharedWeight = None,
    real_time: _RealTime = False,
    period: _Period = None,
    inject: _Inject = None,
    record: _Record = None,
    replay: _Replay = None,
    timeout: _Timeout = 0.05,
    recovery: _Recovery = 5.0,
    dtype: Dtype = "float",
    as_json: Json = False,
) -> int:
    """Put hardware in the loop: a device runs the network, this computer runs the world.

    Each action of the device must have the same bits as the kernel's; an action that differs
    is never applied, and the exit code is 1. A device that runs another network is refused.
    """
    from wann_edge.cli.dtype import converted
    from wann_edge.cli.hil_report import print_report
    from wann_edge.cli.progress_lines import step_line
    from wann_edge.hil.device import Times
    from wann_edge.hil.session import Session, run_session
    from wann_edge.network import file as network_file
    from wann_edge.task.trusted import remember

    connection = _connection(port, board, Times(timeout, recovery), inject, seed)
    session = Session(
        episodes=episodes,
        seed=seed,
        weight=weight,
        period_s=period,
        real_time=real_time,
        record=None if record is None else record.path,
    )
    if task is not None:
        remember(task)
    network, loss = converted(network_file.load(file), dtype)
    say("" if as_json else loss, end="")
    if replay is not None:
        return _replay(replay, network, connection, as_json=as_json)
    if connection is None:
        raise SettingsError(
            "no device is named",
            where="hil",
            remedy="add --port /dev/ttyACM0 or --board lm3s6965evb",
        )
    world = task_of(task, network, where=str(file), accept_contract=accept_contract)
    with step_line(session.episodes * world.spec.max_steps, quiet=as_json) as on_step:
        report = run_session(network, world, connection, session, on_step)
    if as_json:
        print_json(report.to_document())
    else:
        print_report(report)
        if record is not None:
            say(f"capture: {record}{record.note}")
    if report.interrupted:
        return ExitCode.INTERRUPTED
    return verdict_code(report.ok, tried=not report.untried)


def _connection(
    port: str | None, board: str | None, times: Times, inject: str | None, seed: int
) -> Connection | None:
    """Make the connection that the options describe; None where they name no device."""
    from wann_edge.hil.link_faults import parse_faults
    from wann_edge.hil.session import Connection

    faults = parse_faults(inject, where="--inject") if inject else None
    if board is not None:
        if port not in (None, "pty"):
            raise SettingsError(
                "an emulated board has its own port",
                where="--port",
                remedy="leave out --port or --board, or use --port pty",
            )
        return Connection(
            board=board, line="pty" if port else "tcp", times=times, faults=faults, seed=seed
        )
    if port == "pty":
        raise SettingsError(
            "pty needs --board", where="--port", remedy="name the terminal, or add --board"
        )
    return None if port is None else Connection(port=port, times=times, faults=faults, seed=seed)


def _replay(
    path: Path, network: Network, connection: Connection | None, *, as_json: bool
) -> ExitCode:
    from wann_edge.cli.hil_report import print_replay
    from wann_edge.hil.capture import load_capture
    from wann_edge.hil.session import replay_session

    found = replay_session(load_capture(path), network, connection)
    if as_json:
        print_json({**asdict(found), "ok": found.ok})
    else:
        print_replay(found, path)
    return ExitCode.OK if found.ok else ExitCode.FAULT_FOUND
