"""The command ``wann-edge hil``."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wann_edge.cli.convert import in_numbers
from wann_edge.cli.hil_show import print_replay, print_report
from wann_edge.cli.show import console, task_of
from wann_edge.errors import SettingsError
from wann_edge.hil.capture import load_capture
from wann_edge.hil.device import Times
from wann_edge.hil.emulated_boards import Line
from wann_edge.hil.link_faults import parse_faults
from wann_edge.hil.session import Connection, Session, replay_session, run_session
from wann_edge.network import Network
from wann_edge.network import file as network_file


@dataclass(frozen=True)
class HilOptions:
    """The options of the command line."""

    file: Path
    port: str | None
    board: str | None
    task: str | None
    episodes: int
    seed: int
    weight: float | None
    real_time: bool
    period_s: float | None
    inject: str | None
    record: Path | None
    replay: Path | None
    reply_s: float
    recovery_s: float
    dtype: str


def run_hil(options: HilOptions, *, as_json: bool) -> int:
    """Run or replay a session; return 1 when an action or a reward differs from the kernel's."""
    connection, session = _connection(options), _session(options)
    network, loss = in_numbers(network_file.load(options.file), options.dtype)
    print("" if as_json else loss, end="")
    if options.replay is not None:
        return _run_replay(options.replay, network, connection, as_json=as_json)
    if connection is None:
        raise SettingsError(
            "no device is named", remedy="add --port /dev/ttyACM0 or --board lm3s6965evb"
        )
    task = task_of(options.task, network)
    with _progress(session.episodes * task.spec.max_steps, quiet=as_json) as on_step:
        report = run_session(network, task, connection, session, on_step)
    if as_json:
        print(json.dumps(report.to_document(), indent=2))
    else:
        print_report(report)
    if report.interrupted:
        return 130
    return 0 if report.ok else 1


def _connection(options: HilOptions) -> Connection | None:
    """How the options reach a device; None when they name none."""
    times = Times(options.reply_s, options.recovery_s)
    faults = parse_faults(options.inject, where="--inject") if options.inject else None
    if options.board is not None:
        if options.port not in (None, "pty"):
            raise SettingsError(
                "an emulated board has its own port",
                where="--port",
                remedy="leave out --port or --board, or use --port pty",
            )
        line: Line = "pty" if options.port else "tcp"
        return Connection(
            board=options.board, line=line, times=times, faults=faults, seed=options.seed
        )
    if options.port == "pty":
        raise SettingsError(
            "pty needs --board", where="--port", remedy="name the terminal, or add --board"
        )
    if options.port is None:
        return None
    return Connection(port=options.port, times=times, faults=faults, seed=options.seed)


def _session(options: HilOptions) -> Session:
    return Session(
        episodes=options.episodes,
        seed=options.seed,
        weight=options.weight,
        period_s=options.period_s,
        real_time=options.real_time,
        record=options.record,
    )


@contextmanager
def _progress(steps: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show a bar from the first step on; yield the function to call with the steps so far."""
    columns = (
        *(TextColumn("steps"), BarColumn(), MofNCompleteColumn()),
        *(TextColumn("{task.fields[rate]} a second"), TimeRemainingColumn()),
    )
    progress = Progress(*columns, console=console, transient=True, disable=quiet)
    bar = progress.add_task("steps", total=steps, rate="-")
    with ExitStack() as shown:

        def on_step(done: int) -> None:
            if done == 1:
                shown.enter_context(progress)
            if done % 20 == 0:
                speed = progress.tasks[0].speed
                rate = "-" if speed is None else f"{speed:.0f}"
                progress.update(bar, completed=done, rate=rate)

        yield on_step


def _run_replay(
    path: Path, network: Network, connection: Connection | None, *, as_json: bool
) -> int:
    found = replay_session(load_capture(path), network, connection)
    if as_json:
        print(json.dumps({**asdict(found), "ok": found.ok}, indent=2))
    else:
        print_replay(found, path)
    return 0 if found.ok else 1
