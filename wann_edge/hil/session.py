"""A session with a device: port or emulated board, link faults, episodes, capture and replay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.exporters.firmware.project import firmware_files
from wann_edge.hil.capture import Capture, Replay, new_capture, replay
from wann_edge.hil.device import Device, Times
from wann_edge.hil.device_policy import DevicePolicy
from wann_edge.hil.emulated_boards import Line, emulated_board
from wann_edge.hil.link import SerialLink
from wann_edge.hil.link_faults import Faults, FaultyLink
from wann_edge.hil.loop import Report, run_loop
from wann_edge.hil.messages import Numbers
from wann_edge.network import Network, float32
from wann_edge.system.files import check_writable
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task, check_fit
from wann_edge.verify.host_target import HostTarget


@dataclass(frozen=True)
class Connection:
    """How the host reaches a device: by a port, or by starting an emulated board.

    Attributes:
        port: such as ``/dev/ttyACM0`` or ``socket://HOST:PORT``; None with a board.
        board: the emulated board to start and to end; None with a port.
        line: how the emulated board's serial port is offered.
        times: how long to wait for replies and for recovery.
        faults: what to inject into the link; None for a plain link.
        seed: the random choices of the faults derive from it.

    Raises:
        SettingsError: neither or both of port and board are given.
    """

    port: str | None = None
    board: str | None = None
    line: Line = "tcp"
    times: Times = field(default_factory=Times)
    faults: Faults | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.port is None) == (self.board is None):
            raise SettingsError(
                "a device needs a port or a board, not both",
                where="Connection",
                remedy="set one of port and board",
            )


@dataclass(frozen=True)
class Session:
    """What to run on a device.

    Attributes:
        episodes: number of episodes.
        seed: the starts of the episodes derive from it.
        weight: a shared weight in place of the network's; None for the network's.
        period_s: the control period in seconds; None for the network's, or the task's.
        real_time: whether each step waits for its control period.
        record: the file to write a capture to; None for no capture.

    Raises:
        SettingsError: the weight is not finite, or the control period is not positive.
    """

    episodes: int = 3
    seed: int = 0
    weight: float | None = None
    period_s: float | None = None
    real_time: bool = False
    record: Path | None = None

    def __post_init__(self) -> None:
        if self.weight is not None and not np.isfinite(float32(self.weight)):
            raise SettingsError(
                f"must be finite, not {self.weight}", where="weight", remedy="use a finite number"
            )
        if self.period_s is not None and not 0 < self.period_s < 1e6:
            raise SettingsError(
                f"must be a positive time, not {self.period_s} s",
                where="control period",
                remedy="use a number of seconds above 0 and below 1e6",
            )


@contextmanager
def open_port(network: Network, connection: Connection) -> Iterator[str]:
    """Yield the name of the device's port; an emulated board runs until the block ends.

    Args:
        network: the network that the emulated board's firmware runs.
        connection: the port, or the board to build and start.

    Raises:
        SettingsError: the board is not emulated.
        MissingError: QEMU, make or Zig is not installed.
        LinkError: the firmware does not build, or QEMU does not start.
    """
    if connection.board is None:
        assert connection.port is not None
        yield connection.port
        return
    files = firmware_files(network, connection.board)
    with emulated_board(connection.board, files, connection.line) as port:
        yield port


@contextmanager
def connect(
    network: Network, connection: Connection, weight: float | None = None
) -> Iterator[tuple[Device, Counter[str]]]:
    """Yield the device after its greeting, and the counts of injected faults by name.

    Args:
        network: the network that the device must run.
        connection: how to reach the device.
        weight: a shared weight in place of the network's; None for the network's.

    Raises:
        LinkError: no device answers, or it runs another network; otherwise as ``open_port``.
    """
    faults = connection.faults or Faults()
    with open_port(network, connection) as port, closing(SerialLink(port)) as line:
        faulty = FaultyLink(line, faults, generator(connection.seed, Use.LINK_FAULTS))
        link = line if connection.faults is None else faulty
        device = Device(link, network, weight=weight, times=connection.times)
        yield device, faulty.injected


def run_session(
    network: Network,
    task: Task,
    connection: Connection,
    session: Session,
    on_step: Callable[[int], None] = lambda steps: None,
) -> Report:
    """Run episodes of a task with the device in the loop.

    The capture is also written when the session ends by Ctrl-C or by the loss of the device.

    Args:
        network: the network that the device must run.
        task: the task whose worlds the host simulates.
        connection: how to reach the device.
        session: what to run.
        on_step: called after each step with the number of steps so far.

    Raises:
        TaskError: the network does not fit the task.
        LinkError: the device does not answer, or runs another network.
        SettingsError: the capture's file can't be written; otherwise as ``open_port``.
    """
    check_fit(network, task.spec)
    if session.record is not None:
        check_writable(session.record)
    weight = float32(network.shared_weight if session.weight is None else session.weight)
    period_s = session.period_s or network.control_period_s or task.spec.dt_s
    with connect(network, connection, session.weight) as (device, injected):
        capture = new_capture(network, device.numbers.dtype, device.hello.build, weight)
        policy = DevicePolicy(
            device,
            network,
            weight,
            period_s,
            paced=session.real_time,
            capture=None if session.record is None else capture,
        )
        policy.on_step = on_step
        try:
            return run_loop(
                device,
                network,
                task,
                policy,
                weight=weight,
                period_s=period_s,
                mode="real time" if session.real_time else "lockstep",
                episodes=session.episodes,
                seed=session.seed,
                injected=injected,
            )
        finally:
            if session.record is not None and capture.exchanges:
                capture.save(session.record)


def replay_session(
    capture: Capture, network: Network, connection: Connection | None = None
) -> Replay:
    """Replay a capture on a device, or on the exported header as the host's compiler builds it.

    Args:
        capture: the recorded session.
        network: the network to run.
        connection: how to reach the device; None for the compiled header.

    Raises:
        SettingsError: the capture's contract or dtype is not the network's.
        VerifyError: the header can't be compiled.
        LinkError: as ``connect``.
    """
    if connection is None:
        numbers = Numbers(network)
        weight = numbers.weight(capture.weight)
        with HostTarget().artefacts(network) as artefacts:
            header = next(artefacts)
            return replay(
                capture, network, lambda seen: header.step(numbers.observation(seen), weight)
            )
    with connect(network, connection, capture.weight) as (device, _):
        return replay(capture, network, lambda seen: device.step(seen).words)
