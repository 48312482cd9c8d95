"""A link with faults: no wrong action is applied, faults are counted, the loop recovers."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers import hil_host
from helpers.hil_boards import require
from wann_edge.errors import SettingsError
from wann_edge.evaluate import KernelPolicy
from wann_edge.exporters.firmware.project import firmware_files
from wann_edge.hil.device import Device, Times
from wann_edge.hil.device_policy import DevicePolicy
from wann_edge.hil.emulated_boards import emulated_board
from wann_edge.hil.frames import FrameReader, encode_frame
from wann_edge.hil.link import Link, SerialLink
from wann_edge.hil.link_faults import Faults, FaultyLink, parse_faults
from wann_edge.hil.loop import Report, run_loop
from wann_edge.hil.messages import Kind, Request
from wann_edge.kernel import Floats
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import Task

NETWORK = hil_host.controller()
MANY = Faults(drop=0.02, corrupt=0.03, duplicate=0.02, delay=0.02, delay_s=0.01, reset=60)


class Loopback:
    """A link that returns the bytes written to it."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, frame: bytes, timeout_s: float) -> None:
        self.data += frame

    def read(self, timeout_s: float) -> bytes:
        data, self.data = self.data, b""
        if not data:
            time.sleep(timeout_s)
        return data

    def reopen(self) -> None: ...

    def close(self) -> None: ...


def passed(
    faults: Faults, count: int = 1, seed: int = 0, expected: int | None = None
) -> tuple[list[bytes], FaultyLink]:
    """Return the frames that come back after two passes through the faults.

    expected: the number to wait for; None waits until no more frames arrive.
    """
    link, reader = FaultyLink(Loopback(), faults, np.random.default_rng(seed)), FrameReader()
    for number in range(count):
        link.write(encode_frame(number.to_bytes(4, "big")), 1.0)
    end, found = time.monotonic() + (0.1 if expected is None else 30.0), list[bytes]()
    while time.monotonic() < end and len(found) != expected:
        found += reader.feed(link.read(0.02))
    return found, link


def test_each_fault_has_the_effect_of_its_name() -> None:
    whole, _ = passed(Faults(), 3, expected=3)
    assert [body[-1] for body in whole] == [0, 1, 2]
    assert passed(Faults(drop=1.0))[0] == []
    assert len(passed(Faults(duplicate=1.0), expected=4)[0]) == 4
    lost, link = passed(Faults(corrupt=1.0), 50)
    assert lost == []
    assert link.injected["corrupt"] > 50
    start = time.monotonic()
    late, link = passed(Faults(delay=1.0, delay_s=0.02), expected=1)
    assert len(late) == 1
    assert time.monotonic() - start >= 0.04
    assert link.injected == {"duplicate": 0, "delay": 2}


def test_a_delayed_frame_arrives_after_later_ones() -> None:
    found, link = passed(Faults(delay=0.3, delay_s=0.02), 40, expected=40)
    assert sorted(found) != found
    assert len(found) == 40
    assert link.injected["delay"] > 10


def test_the_seed_determines_the_faults() -> None:
    first, again, other = (passed(Faults(0.2, 0.2, 0.2), 60, seed)[0] for seed in (1, 1, 2))
    assert first == again != other


def test_resets_occur_at_regular_frames() -> None:
    found, link = passed(Faults(reset=3), 10)
    assert link.injected["reset"] == 3
    assert found.count(Request(Kind.RESET, 0, 0).body()) == 3


def test_faults_survive_writing_and_reading() -> None:
    text = "drop=1%, corrupt=0.5%,duplicate=2%,delay=3%:40ms,reset=1000"
    assert parse_faults(text) == Faults(0.01, 0.005, 0.02, 0.03, 0.04, 1000)
    assert parse_faults("delay=1%:2s").delay_s == 2
    assert parse_faults("") == Faults()


@pytest.mark.parametrize(
    "text",
    [
        *("drop", "drop=1", "drop=101%", "drop=-1%", "lose=1%", "drop=1%,drop=2%", "drop=1%:3ms"),
        *("delay=1%:3", "reset=1%", "reset=0", "delay_s=1%", "drop=nan%"),
    ],
)
def test_unknown_faults_are_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"faults: .* write for example drop=1%"):
        parse_faults(text)


class Watched:
    """A task whose world records every applied action."""

    def __init__(self, steps: int) -> None:
        self.spec = replace(SPEC, max_steps=steps)
        self.applied: list[tuple[Floats, Floats]] = []

    def world(self) -> Watched:
        self._world = SwingUp().world()
        return self

    def reset(self, seed: int) -> Floats:
        self._seen = self._world.reset(seed)
        return self._seen

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        self.applied.append((self._seen, action))
        self._seen, reward, over = self._world.step(action)
        return self._seen, reward, over


def run(link: Link, faults: Faults, task: Task, seed: int = 0) -> Report:
    """Run two episodes over a link with faults."""
    faulty = FaultyLink(link, faults, np.random.default_rng(seed))
    with closing(faulty):
        device = Device(faulty, NETWORK, weight=0.75, times=Times(0.03, 20.0))
        policy = DevicePolicy(device, NETWORK, 0.75, SPEC.dt_s)
        return run_loop(
            *(device, NETWORK, task, policy),
            weight=0.75,
            period_s=SPEC.dt_s,
            mode="lockstep",
            episodes=2,
            seed=0,
            injected=faulty.injected,
        )


def check(report: Report, task: Watched) -> None:
    """Check that no wrong action was applied and each fault was counted."""
    kernel = KernelPolicy(NETWORK, 0.75)
    assert report.ok
    assert report.observed.mismatches == 0
    driven = task.applied[: len(report.observed.latencies_s)]
    assert all(action.tobytes() == kernel.act(seen).tobytes() for seen, action in driven)
    injected, link = report.injected, report.link
    assert all(injected[name] for name in ("drop", "corrupt", "duplicate", "delay", "reset"))
    # The host repeats a frame that is lost in either direction, and more often on a loaded machine.
    assert link.retries >= injected["drop"] + injected["corrupt"] - injected["duplicate"]
    assert 1 <= link.resets <= injected["reset"]
    assert link.stale > 0
    assert link.longest_recovery_s < 20


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hil_host.built(NETWORK, tmp_path_factory.mktemp("faults"))


def test_a_bad_link_changes_no_action(firmware: Path) -> None:
    task = Watched(150)
    with hil_host.running(firmware) as port:
        check(run(SerialLink(port), MANY, task), task)


def test_a_bad_link_to_an_emulated_board_changes_no_action() -> None:
    require("lm3s6965evb")
    task = Watched(120)
    with emulated_board("lm3s6965evb", firmware_files(NETWORK, "lm3s6965evb")) as port:
        check(run(SerialLink(port), MANY, task), task)


def test_a_wrong_action_is_counted_and_not_applied(firmware: Path) -> None:
    task = Watched(5)
    with hil_host.running(firmware) as port, closing(Device(SerialLink(port), NETWORK)) as device:
        ask = device.step
        device.step = lambda seen: ask(seen + np.float32(0.1))  # type: ignore[method-assign]
        policy = DevicePolicy(device, NETWORK, NETWORK.shared_weight, SPEC.dt_s)
        report = run_loop(
            *(device, NETWORK, task, policy),
            weight=NETWORK.shared_weight,
            period_s=SPEC.dt_s,
            mode="lockstep",
            episodes=1,
            seed=0,
        )
    assert report.observed.mismatches > 0
    assert not report.ok
    kernel = KernelPolicy(NETWORK)
    assert all((action == kernel.act(seen)).all() for seen, action in task.applied)
    document = report.to_document()
    assert document["first_mismatch"] is not None
    assert document["ok"] is False


class Interrupted(Watched):
    """Raises Ctrl-C once in the middle of an episode."""

    is_over = False

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        if len(self.applied) == 8 and not self.is_over:
            self.is_over = True
            raise KeyboardInterrupt
        return super().step(action)


def test_ctrl_c_ends_with_a_report(firmware: Path) -> None:
    with hil_host.running(firmware) as port:
        report = run(SerialLink(port), Faults(), Interrupted(5))
    assert report.interrupted
    assert len(report.device_rewards) == len(report.host_rewards) == 1
    assert len(report.observed.latencies_s) == 9
    assert report.ok
