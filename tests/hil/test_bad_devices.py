"""Devices that stop reading, reply with a wrong length, or compute a word that is wrong by one."""

from __future__ import annotations

import os
import pty
import socket
import time
from collections.abc import Callable
from contextlib import closing

import numpy as np
import pytest

from helpers import hil_host
from wann_edge.errors import LinkError
from wann_edge.fixed_point.precision import in_fixed_point
from wann_edge.hil import messages
from wann_edge.hil.device import Device
from wann_edge.hil.device_policy import DevicePolicy
from wann_edge.hil.frames import FrameReader, encode_frame
from wann_edge.hil.link import SerialLink
from wann_edge.hil.messages import NUMBERS, REPLY, Kind, Numbers
from wann_edge.network import Network
from wann_edge.network.hashes import contract_hash, network_hash

NETWORK = hil_host.controller()


class ScriptedDevice:
    """A link to a device that greets and accepts weights; functions make its other replies."""

    def __init__(
        self, network: Network, replies: dict[Kind, Callable[[bytes], bytes]] | None = None
    ) -> None:
        self._reader, self._sent = FrameReader(), b""
        inputs, outputs = len(network.inputs), len(network.outputs)
        code = list(NUMBERS).index(Numbers(network).dtype)
        hashes = network_hash(network), contract_hash(network)
        hello = messages._HELLO.pack(*hashes, code, inputs, outputs, 0, 0, 0, 0) + b"scripted"
        self._replies = {
            Kind.HELLO: lambda payload: hello,
            Kind.SET_WEIGHT: lambda payload: payload,
            **(replies or {}),
        }

    def write(self, frame: bytes, timeout_s: float) -> None:
        assert timeout_s > 0
        for body in self._reader.feed(frame):
            version, kind, session, sequence = messages._HEADER.unpack_from(body)
            payload = self._replies[Kind(kind)](body[messages._HEADER.size :])
            header = messages._HEADER.pack(version, kind | REPLY, session, sequence)
            self._sent += encode_frame(header + b"\0" + payload)

    def read(self, timeout_s: float) -> bytes:
        sent, self._sent = self._sent, b""
        return sent

    def reopen(self) -> None: ...

    def close(self) -> None: ...


def seconds_until_refused(link: SerialLink, frame: bytes) -> float:
    start = time.monotonic()
    with pytest.raises(LinkError):
        link.write(frame, 0.2)
    return time.monotonic() - start


def test_writing_to_a_terminal_that_nobody_reads_ends_after_the_time() -> None:
    host, device = pty.openpty()
    with closing(SerialLink(os.ttyname(device))) as link:
        link.write(b"a frame", 1.0)
        assert os.read(host, 100) == b"a frame"
        assert 0.2 <= seconds_until_refused(link, bytes(1_000_000)) < 5
    os.close(host)
    os.close(device)


def test_writing_to_a_socket_that_nobody_reads_ends_after_the_time() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        closing(SerialLink("socket://{}:{}".format(*server.getsockname()))) as link,
        server.accept()[0] as peer,
    ):
        link.write(b"a frame", 1.0)
        assert peer.recv(100) == b"a frame"
        assert 0.2 <= seconds_until_refused(link, bytes(20_000_000)) < 5


@pytest.mark.parametrize("payload", [b"", b"abc", bytes(7), bytes(9)])
def test_a_reply_of_a_wrong_length_is_reported_as_that(payload: bytes) -> None:
    kinds = (Kind.STEP, Kind.SELFTEST, Kind.STATISTICS, Kind.SET_WEIGHT)
    device = Device(ScriptedDevice(NETWORK, {kind: lambda _: payload for kind in kinds}), NETWORK)
    told = f"device: its reply to {{}} has a wrong length or content: {len(payload)} bytes"
    requests: dict[str, Callable[[], object]] = {
        "step": lambda: device.step(np.zeros(5, np.float32)),
        "selftest": device.selftest,
        "statistics": device.statistics,
        "set_weight": lambda: device.set_weight(1.0),
    }
    for name, request in requests.items():
        with pytest.raises(LinkError, match=told.format(name)):
            request()
    link = ScriptedDevice(NETWORK, {Kind.HELLO: lambda _: payload})
    with pytest.raises(LinkError, match=told.format("hello")):
        Device(link, NETWORK)


@pytest.mark.parametrize("dtype", ["q15", "q31"])
@pytest.mark.parametrize("change", [0, 1])
def test_every_bit_of_a_word_is_compared(dtype: str, change: int) -> None:
    network, _ = in_fixed_point(NETWORK, dtype, None)
    numbers, size = Numbers(network), NUMBERS[dtype].itemsize
    seen = hil_host.observations(20)
    seen = seen[np.isfinite(seen).all(axis=1)]
    replies = [numbers.kernel_action(row, network.shared_weight) for row in seen]

    def step(_: bytes) -> bytes:
        word = int.from_bytes(replies.pop(0), "little") ^ change
        return bytes(4) + word.to_bytes(size, "little")

    device = Device(ScriptedDevice(network, {Kind.STEP: step}), network)
    policy = DevicePolicy(device, network, network.shared_weight, 0.01)
    applied = [policy.act(row).tobytes() for row in seen]
    assert policy.observed.mismatches == change * len(seen)
    weights = np.full(len(seen), network.shared_weight, np.float32)
    assert b"".join(applied) == network.program.forward(seen, weights).tobytes()
    if policy.observed.first_mismatch is not None:
        _, theirs, ours = policy.observed.first_mismatch
        assert abs(theirs - ours).tolist() == [2.0 ** -network.output_bits[0]]
