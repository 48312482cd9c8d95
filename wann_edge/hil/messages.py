"""The protocol's messages, as docs/hil-protocol.md defines them byte by byte."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.network import Network, float32
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.hashes import HASH_BYTES

VERSION = 1
REPLY = 0x80
_HEADER = struct.Struct("<BBHH")
_HELLO = struct.Struct(f"<{HASH_BYTES}s{HASH_BYTES}sBHHIIIH")
_STATISTICS = struct.Struct("<B8I")

# Numbers of a payload by dtype, in the order of the protocol's codes.
NUMBERS: dict[str, np.dtype[Any]] = {
    "float": np.dtype("<f4"),
    "q15": np.dtype("<i2"),
    "q31": np.dtype("<i4"),
}


class Kind(IntEnum):
    """What is asked for."""

    HELLO = 1
    STEP = 2
    SET_WEIGHT = 3
    SELFTEST = 4
    STATISTICS = 5
    RESET = 6


class Status(IntEnum):
    """How a device answers; its name, in lower case, is what a user reads."""

    OK = 0
    BAD_VERSION = 1
    BAD_TYPE = 2
    BAD_LENGTH = 3
    NO_SESSION = 4
    SELFTEST_FAILED = 5


class Request(NamedTuple):
    """A frame from the host."""

    kind: Kind
    session: int
    sequence: int
    payload: bytes = b""

    def body(self) -> bytes:
        """The frame's body."""
        return _HEADER.pack(VERSION, self.kind, self.session, self.sequence) + self.payload


class Reply(NamedTuple):
    """A frame from the device. status: of Status, or a number of a later version."""

    version: int
    kind: int
    session: int
    sequence: int
    status: int
    payload: bytes


def read_reply(body: bytes) -> Reply | None:
    """The reply in a frame's body, or None where it is none."""
    if len(body) <= _HEADER.size:
        return None
    version, kind, session, sequence = _HEADER.unpack_from(body)
    if not kind & REPLY:
        return None
    status, payload = body[_HEADER.size], body[_HEADER.size + 1 :]
    return Reply(version, kind & ~REPLY, session, sequence, status, payload)


@dataclass(frozen=True)
class Hello:
    """What a device says of itself.

    network, contract: hashes of wann_edge.network.hashes. dtype: of NUMBERS. ticks_hz: of the
    clock that measures its compute time; 0 where it has none, and so no watchdog either.
    faults: golden vectors that differ in its self-test. build: board and version.
    """

    network: bytes
    contract: bytes
    dtype: str
    inputs: int
    outputs: int
    period_s: float
    watchdog_s: float
    ticks_hz: int
    faults: int
    build: str


def read_hello(payload: bytes) -> Hello | None:
    """None where it is none."""
    if len(payload) < _HELLO.size:
        return None
    network, contract, code, *numbers = _HELLO.unpack_from(payload)
    inputs, outputs, period_us, watchdog_us, ticks_hz, faults = numbers
    build = payload[_HELLO.size :].decode("ascii", "replace")
    names = dict(enumerate(NUMBERS))
    return Hello(
        *(network, contract, names.get(code, f"dtype {code}"), inputs, outputs),
        *(period_us / 1e6, watchdog_us / 1e6, ticks_hz, faults, build),
    )


@dataclass(frozen=True)
class Statistics:
    """What a device counted since its start, in the protocol's order; and what it applies.

    frames: with a right CRC. refused: answered with an error. stale: older than one before,
    and not answered. repeated: requests answered before. timeouts: times that its watchdog
    applied the safe action. is_safe: whether that is what it applies now.
    """

    frames: int
    bad_frames: int
    refused: int
    stale: int
    repeated: int
    steps: int
    timeouts: int
    worst_ticks: int
    is_safe: bool
    selftest_failed: bool
    applied: tuple[float, ...]


class Numbers:
    """Observations, weights and actions of one network, as a device's numbers."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._fixed = network if isinstance(network, FixedNetwork) else None
        self.dtype = self._fixed.dtype if self._fixed else "float"
        self._type = NUMBERS[self.dtype]

    def observation(self, observation: Floats) -> bytes:
        """The bytes of an observation float32 [inputs]."""
        numbers = self._fixed.words(observation[np.newaxis])[0] if self._fixed else observation
        return numbers.astype(self._type).tobytes()

    def weight(self, weight: float) -> bytes:
        """The bytes of a shared weight."""
        number = self._fixed.weight_word(float32(weight)) if self._fixed else weight
        data: bytes = np.array([number], self._type).tobytes()
        return data

    def action(self, payload: bytes) -> Floats | None:
        """The action float32 [outputs], or None where there are more bytes, or fewer."""
        outputs = len(self._network.outputs)
        if len(payload) != outputs * self._type.itemsize:
            return None
        numbers = np.frombuffer(payload, self._type)
        bits = self._fixed.output_bits if self._fixed else (0,) * outputs
        action: Floats = (numbers * np.exp2(-np.array(bits, np.float64))).astype(np.float32)
        return action

    def step(self, payload: bytes) -> tuple[int, Floats] | None:
        """Ticks of computation and action of a step's reply; None where it is none."""
        action = self.action(payload[4:])
        return None if action is None else (int.from_bytes(payload[:4], "little"), action)

    def statistics(self, payload: bytes) -> Statistics | None:
        """None where it is none."""
        action = self.action(payload[_STATISTICS.size :])
        if action is None:
            return None
        flags, *counts = _STATISTICS.unpack_from(payload)
        frames, bad, refused, stale, repeated, steps, timeouts, worst_ticks = counts
        return Statistics(
            *(frames, bad, refused, stale, repeated, steps, timeouts, worst_ticks),
            *(bool(flags & 1), bool(flags & 2), tuple(action.tolist())),
        )
