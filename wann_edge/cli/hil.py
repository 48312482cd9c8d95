"""``wann-edge hil``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from wann_edge.cli.convert import in_numbers
from wann_edge.cli.hil_show import print_replay, print_report
from wann_edge.cli.show import console, task_of
from wann_edge.errors import SettingsError
from wann_edge.evaluate import ForwardPolicy
from wann_edge.exporters.firmware import firmware_files
from wann_edge.hil.capture import Capture, Replay, load_capture, new_capture, replay
from wann_edge.hil.device import Device, Times
from wann_edge.hil.device_policy import DevicePolicy
from wann_edge.hil.emulated_boards import emulated_board
from wann_edge.hil.link import SerialLink
from wann_edge.hil.link_faults import FaultyLink, parse_faults
from wann_edge.hil.loop import Report, run_loop
from wann_edge.hil.messages import Numbers
from wann_edge.network import Network, float32
from wann_edge.network import file as network_file
from wann_edge.system.files import check_writable
from wann_edge.task import Task, check_fit
from wann_edge.verify.host import HostTarget


@dataclass(frozen=True)
class Session:
    """What the command line says."""

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


def run_hil(session: Session, *, as_json: bool) -> int:
    """Runs or replays a session; 1 when an action or a reward is not the kernel's."""
    _check(session)
    network, loss = in_numbers(network_file.load(session.file), session.dtype)
    print("" if as_json else loss, end="")
    if session.replay is not None:
        return _run_replay(session, session.replay, network, as_json=as_json)
    if session.record is not None:
        check_writable(session.record)
    task = task_of(session.task, network)
    check_fit(network, task.spec)
    with _connected(session, network, session.weight) as (device, injected):
        report = _run(session, network, task, device, injected, quiet=as_json)
    if as_json:
        print(json.dumps(report.to_document(), indent=2))
    else:
        print_report(report)
    if report.interrupted:
        return 130
    return 0 if report.ok else 1


def _check(session: Session) -> None:
    if session.board is None and session.port is None and session.replay is None:
        raise SettingsError(
            "no device is named", remedy="say --port /dev/ttyACM0 or --board lm3s6965evb"
        )
    if session.board is not None and session.port not in (None, "pty"):
        raise SettingsError("--board starts its own: only --port pty goes with it", where="--port")
    if session.board is None and session.port == "pty":
        raise SettingsError("pty is for --board", where="--port", remedy="name the terminal")
    if session.weight is not None and not np.isfinite(float32(session.weight)):
        raise SettingsError(f"{session.weight} is not a finite weight", where="--weight")
    if session.period_s is not None and not 0 < session.period_s < 1e6:
        raise SettingsError(f"{session.period_s} s is no control period", where="--period")


@contextmanager
def _connected(
    session: Session, network: Network, weight: float | None
) -> Iterator[tuple[Device, Counter[str]]]:
    """The device, greeted, and the counts of faults; an emulated board ends with the block."""
    faults = parse_faults(session.inject or "")
    times = Times(session.reply_s, session.recovery_s)
    with _port(session, network) as port, closing(SerialLink(port)) as line:
        link = FaultyLink(line, faults, np.random.default_rng([session.seed, 1]))
        device = Device(link if session.inject else line, network, weight=weight, times=times)
        yield device, link.injected


@contextmanager
def _port(session: Session, network: Network) -> Iterator[str]:
    if session.board is None:
        assert session.port is not None
        yield session.port
        return
    files = firmware_files(network, session.board)
    with emulated_board(session.board, files, "pty" if session.port else "tcp") as port:
        yield port


def _run(
    session: Session,
    network: Network,
    task: Task,
    device: Device,
    injected: Counter[str],
    *,
    quiet: bool,
) -> Report:
    weight = float32(network.shared_weight if session.weight is None else session.weight)
    period_s = session.period_s or network.control_period_s or task.spec.dt_s
    capture = None
    if session.record is not None:
        capture = new_capture(network, device.numbers.dtype, device.hello.build, weight)
    policy = DevicePolicy(
        device, network, weight, period_s, paced=session.real_time, capture=capture
    )
    try:
        with _progress(session.episodes * task.spec.max_steps, quiet=quiet) as on_step:
            policy.on_step = on_step
            return run_loop(
                *(device, network, task, policy),
                weight=weight,
                period_s=period_s,
                mode="real time" if session.real_time else "lockstep",
                episodes=session.episodes,
                seed=session.seed,
                injected=injected,
            )
    finally:  # after Ctrl-C and a lost device too
        if capture is not None and session.record is not None and capture.exchanges:
            capture.save(session.record)


@contextmanager
def _progress(steps: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left; is told of every step with their number."""
    columns = (
        *(TextColumn("steps"), BarColumn(), MofNCompleteColumn()),
        *(TextColumn("{task.fields[rate]} a second"), TimeRemainingColumn()),
    )
    with Progress(*columns, console=console, transient=True, disable=quiet) as progress:
        bar = progress.add_task("steps", total=steps, rate="-")

        def on_step(done: int) -> None:
            if done % 20 == 0:
                speed = progress.tasks[0].speed
                rate = "-" if speed is None else f"{speed:.0f}"
                progress.update(bar, completed=done, rate=rate)

        yield on_step


def _run_replay(session: Session, path: Path, network: Network, *, as_json: bool) -> int:
    capture = load_capture(path)
    if session.board is None and session.port is None:
        found = _replay_on_host(capture, network)
    else:
        with _connected(session, network, capture.weight) as (device, _):
            dtype = device.numbers.dtype
            found = replay(capture, network, dtype, lambda seen: device.step(seen).action)
    if as_json:
        print(json.dumps({**asdict(found), "ok": found.ok}, indent=2))
    else:
        print_replay(found, path)
    return 0 if found.ok else 1


def _replay_on_host(capture: Capture, network: Network) -> Replay:
    """On the exported header, as this machine's compiler builds it."""
    dtype = Numbers(network).dtype
    with HostTarget().artefacts(network) as artefacts:
        policy = ForwardPolicy(next(artefacts).forward, capture.weight)
        return replay(capture, network, dtype, policy.act)
