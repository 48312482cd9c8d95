"""The firmware's C on this computer, with sanitizers, behind a pseudo-terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers import hil_host
from wann_edge import in_fixed_point
from wann_edge.errors import ExportError, LinkError
from wann_edge.exporters.firmware.project import firmware_files
from wann_edge.hil import messages
from wann_edge.hil.device import Device, Times
from wann_edge.hil.frames import FrameReader, encode_frame
from wann_edge.hil.link import SerialLink
from wann_edge.hil.messages import Kind, Reply, Request, Status, read_reply
from wann_edge.network import Network, float32, named_channels
from wann_edge.network.hashes import contract_hash, network_hash

NETWORK = hil_host.controller()
WATCHDOG_S = hil_host.WATCHDOG_S


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a device that runs NETWORK; return its port."""
    with hil_host.running(hil_host.built(NETWORK, tmp_path_factory.mktemp("device"))) as port:
        yield port


@pytest.fixture
def device(port: str) -> Iterator[Device]:
    with closing(Device(SerialLink(port), NETWORK)) as device:
        yield device


class Raw:
    """Sends frames that the test builds."""

    def __init__(self, port: str) -> None:
        self.link, self.reader = SerialLink(port), FrameReader()

    def send(self, data: bytes) -> list[Reply]:
        """Return what arrives within a short time."""
        self.link.write(data, 5.0)
        end, found = time.monotonic() + 0.2, list[bytes]()
        while time.monotonic() < end:
            found += self.reader.feed(self.link.read(0.02))
            end = min(end, time.monotonic() + 0.02) if found else end
        return [reply for reply in map(read_reply, found) if reply is not None]

    def ask(self, kind: int, session: int, sequence: int, payload: bytes = b"") -> list[Reply]:
        return self.send(encode_frame(Request(Kind(kind), session, sequence, payload).body()))


@pytest.fixture
def raw(port: str) -> Iterator[Raw]:
    raw = Raw(port)
    yield raw
    raw.link.close()


def test_a_device_reports_its_identity(device: Device) -> None:
    hello = device.hello
    assert hello.network == network_hash(NETWORK)
    assert hello.contract == contract_hash(NETWORK)
    assert (hello.dtype, hello.inputs, hello.outputs, hello.faults) == ("float", 5, 1, 0)
    assert (hello.period_s, hello.watchdog_s, hello.ticks_hz) == (0.01, WATCHDOG_S, 1_000_000)
    assert hello.build.startswith("bare wann-edge ")
    assert device.selftest() == 0


def test_actions_have_the_kernels_bits(device: Device) -> None:
    seen = hil_host.observations(300)
    for weight in (NETWORK.shared_weight, float32(0.3)):
        device.set_weight(weight)
        expected = NETWORK.program.forward(seen, np.full(len(seen), weight, np.float32))
        found = np.array([device.step(row).action for row in seen])
        assert (found.view(np.uint32) == expected.view(np.uint32)).all()


@pytest.mark.parametrize("dtype", ["q15", "q31"])
def test_fixed_point_is_sent_as_words(dtype: str, tmp_path: Path) -> None:
    network, _ = in_fixed_point(NETWORK, dtype, None)
    seen = np.nan_to_num(hil_host.observations(200))
    with hil_host.running(hil_host.built(network, tmp_path)) as port:
        with closing(Device(SerialLink(port), network, weight=0.7)) as device:
            assert device.hello.dtype == dtype
            expected = network.program.forward(seen, np.full(len(seen), 0.7, np.float32))
            found = np.array([device.step(row).action for row in seen])
            assert (found.view(np.uint32) == expected.view(np.uint32)).all()
            assert device.statistics().bad_frames == 0
        with pytest.raises(LinkError, match=f"computes in {dtype}, not in float"):
            Device(SerialLink(port), NETWORK)


def test_a_device_of_another_network_is_refused(port: str) -> None:
    other = replace(NETWORK, shared_weight=float32(0.5))
    with pytest.raises(LinkError, match=f"runs another network: {network_hash(NETWORK).hex()}"):
        Device(SerialLink(port), other)
    with pytest.raises(LinkError, match="another contract"):
        Device(SerialLink(port), replace(NETWORK, control_period_s=0.5))


def test_a_port_without_a_device_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="can't open"):
        SerialLink(str(tmp_path / "tty"))
    with pytest.raises(LinkError, match="use /dev/ttyACM0 or socket"):
        SerialLink("telephone://1")


def test_no_answer_is_an_error_that_states_the_waiting_time(tmp_path: Path) -> None:
    firmware = tmp_path / "deaf"
    firmware.write_text("#!/bin/sh\nexec sleep 60\n")
    firmware.chmod(0o755)
    start = time.monotonic()
    with (
        hil_host.running(firmware) as port,
        pytest.raises(LinkError, match=r"no answer to hello in 0\.5 s"),
    ):
        Device(SerialLink(port), NETWORK, times=Times(0.05, 0.5))
    assert 0.5 <= time.monotonic() - start < 5


def test_without_a_session_nothing_is_done(raw: Raw) -> None:
    for kind in (Kind.STEP, Kind.SET_WEIGHT, Kind.SELFTEST, Kind.STATISTICS, Kind.RESET):
        size = {Kind.STEP: 20, Kind.SET_WEIGHT: 4}.get(kind, 0)
        (reply,) = raw.ask(kind, 4711, 1, bytes(size))
        assert (reply.kind, reply.status, reply.payload) == (kind, Status.NO_SESSION, b"")


def test_malformed_requests_are_refused(raw: Raw) -> None:
    (hello,) = raw.ask(Kind.HELLO, 7, 1)
    assert hello.status == Status.OK
    for payload in (b"", bytes(19), bytes(21)):
        (reply,) = raw.ask(Kind.STEP, 7, 2, payload)
        assert reply.status == Status.BAD_LENGTH
    for kind in (0, 7, 0x7F):
        (reply,) = raw.send(encode_frame(bytes([1, kind, 7, 0, 2, 0])))
        assert (reply.kind, reply.status) == (kind, Status.BAD_TYPE)
    (reply,) = raw.send(encode_frame(bytes([2, 1, 7, 0, 2, 0])))
    assert (reply.version, reply.status) == (1, Status.BAD_VERSION)
    assert raw.send(encode_frame(bytes([1, 1, 7, 0, 2]))) == [], "shorter than a header"


def test_old_frames_are_ignored_and_repeated_ones_answered_again(raw: Raw) -> None:
    """A delayed frame must not bring back an earlier action."""
    numbers = messages.Numbers(NETWORK)
    old, new = (numbers.observation(row) for row in np.eye(5, dtype=np.float32)[:2])
    raw.ask(Kind.HELLO, 9, 65_534)
    (first,) = raw.ask(Kind.STEP, 9, 65_535, old)
    (second,) = raw.ask(Kind.STEP, 9, 0, new)
    before = counts(raw, 9, 1)
    (again,) = raw.ask(Kind.STEP, 9, 2, new)
    (twice,) = raw.ask(Kind.STEP, 9, 2, new)
    assert second.payload[4:] == again.payload[4:] == twice.payload[4:] != first.payload[4:]
    assert raw.ask(Kind.STEP, 9, 65_535, old) == []
    assert raw.ask(Kind.HELLO, 9, 65_534) == []
    after = counts(raw, 9, 3)
    assert after.steps - before.steps == 1
    assert after.repeated - before.repeated == 1
    assert after.stale - before.stale == 2
    assert np.float32(after.applied[0]).tobytes() == second.payload[4:]
    (other,) = raw.ask(Kind.STEP, 10, 4, old)
    assert other.status == Status.NO_SESSION, "a frame of another session"


def counts(raw: Raw, session: int, sequence: int) -> messages.Statistics:
    (reply,) = raw.ask(Kind.STATISTICS, session, sequence)
    found = messages.Numbers(NETWORK).statistics(reply.payload)
    assert found is not None
    return found


def test_without_steps_the_safe_action_is_applied(device: Device) -> None:
    """As after the host is killed, when it sends nothing more."""
    before = device.statistics().timeouts
    device.step(np.ones(5, np.float32))
    assert not device.statistics().is_safe
    time.sleep(WATCHDOG_S / 2)
    assert not device.statistics().is_safe, "too early"
    time.sleep(WATCHDOG_S)
    found = device.statistics()
    assert found.is_safe
    assert found.timeouts == before + 1
    assert found.applied == (NETWORK.outputs[0].safe,)
    device.step(np.ones(5, np.float32))
    assert not device.statistics().is_safe


def test_after_a_reset_the_host_repeats_the_settings(device: Device, port: str) -> None:
    row = np.ones(5, np.float32)
    device.set_weight(0.25)
    before = device.step(row).action
    device.reset()
    assert device.statistics().steps == 0
    assert device.step(row).action == before
    device._link.write(encode_frame(Request(Kind.RESET, 0, 0).body()), 5.0)
    assert device.step(row).action == before
    assert device.counters.resets == 1
    assert device.statistics().steps == 1


def test_noise_does_no_harm(raw: Raw, port: str) -> None:
    """The sanitizers find nothing, and the device still answers."""
    rng = np.random.default_rng(3)
    requests = [encode_frame(rng.bytes(int(size))) for size in rng.integers(1, 60, 150)]
    for noise in (rng.bytes(20_000), b"\xff" * 1000, b"".join(requests)):
        raw.send(noise)
    raw.link.close()
    with closing(Device(SerialLink(port), NETWORK)) as device:
        assert device.statistics().bad_frames > 50
        assert device.selftest() == 0


@pytest.mark.parametrize("dtype", ["float", "q15"])
def test_a_device_with_wrong_bits_refuses_to_act(dtype: str, tmp_path: Path) -> None:
    network = NETWORK if dtype == "float" else in_fixed_point(NETWORK, dtype, None)[0]
    project_files = dict(firmware_files(network, "bare"))
    text = project_files["policy.h"].decode()
    start = text.index("expected[")
    place = text.index("{", text.index("{", start) + 1) + 1
    project_files["policy.h"] = (text[:place] + "1 + " + text[place:]).encode()
    with (
        hil_host.running(hil_host.build(project_files, tmp_path)) as port,
        closing(Device(SerialLink(port), network)) as device,
    ):
        assert device.hello.faults == device.selftest() == 1
        with pytest.raises(LinkError, match="refuses to act because its self-test failed"):
            device.step(np.zeros(5, np.float32))
        found = device.statistics()
        assert found.selftest_failed
        assert found.is_safe
        assert found.applied[0] == pytest.approx(network.outputs[0].safe, abs=1e-3)


def test_the_largest_frames(tmp_path: Path) -> None:
    """They have many COBS blocks, and more bytes than a one-byte size can count."""
    channels = named_channels(300, 200)
    edges = tuple((1 + i, 301 + i) for i in range(200))
    network = Network(*channels, ("tanh",) * 200, edges)
    row = np.linspace(-1, 1, 300, dtype=np.float32)
    expected = network.program.forward(row[np.newaxis], [1.0])[0]
    with (
        hil_host.running(hil_host.built(network, tmp_path)) as port,
        closing(Device(SerialLink(port), network, times=Times(1.0))) as device,
    ):
        assert (device.step(row).action == expected).all()
        assert device.statistics().applied == tuple(expected.tolist())
    with pytest.raises(ExportError, match="5000 channels do not fit"):
        firmware_files(Network(*named_channels(5000, 1), ("abs",), ()), "bare")
