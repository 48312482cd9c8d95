"""The messages of the protocol, which docs/hil-protocol.md defines byte by byte."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import Floats
from wann_edge.network import Network, float32
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.hashes import HASH_BYTES

Doubles = NDArray[np.float64]

VERSION = 1
REPLY = 0x80
_HEADER = struct.Struct("<BBHH")
_HELLO = struct.Struct(f"<{HASH_BYTES}s{HASH_BYTES}sBHHIIIH")
_STATISTICS = struct.Struct("<B8I")

# The type of a payload's numbers by dtype, in the order of the protocol's codes.
NUMBERS: dict[str, np.dtype[Any]] = {
    "float": np.dtype("<f4"),
    "q15": np.dtype("<i2"),
    "q31": np.dtype("<i4"),
}


class Kind(IntEnum):
    """The type of a request."""

    HELLO = 1
    STEP = 2
    SET_WEIGHT = 3
    SELFTEST = 4
    STATISTICS = 5
    RESET = 6


class Status(IntEnum):
    """The status of a reply; error messages show its name in lower case."""

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
        """Return the frame's body."""
        return _HEADER.pack(VERSION, self.kind, self.session, self.sequence) + self.payload


class Reply(NamedTuple):
    """A frame from the device; status may be a number of a later protocol version."""

    version: int
    kind: int
    session: int
    sequence: int
    status: int
    payload: bytes


def read_reply(body: bytes) -> Reply | None:
    """Return the reply in a frame's body, or None when the body is not a reply."""
    if len(body) <= _HEADER.size:
        return None
    version, kind, session, sequence = _HEADER.unpack_from(body)
    if not kind & REPLY:
        return None
    status, payload = body[_HEADER.size], body[_HEADER.size + 1 :]
    return Reply(
        version=version,
        kind=kind & ~REPLY,
        session=session,
        sequence=sequence,
        status=status,
        payload=payload,
    )


@dataclass(frozen=True)
class Hello:
    """What a device reports about itself.

    Attributes:
        network: hash of the network (wann_edge.network.hashes).
        contract: hash of the contract.
        dtype: a key of NUMBERS.
        inputs: number of inputs.
        outputs: number of outputs.
        period_s: control period in seconds; 0 where none is prescribed.
        watchdog_s: time-out of the watchdog in seconds.
        ticks_hz: rate in Hz of the device's clock; 0 without a clock, and then without a watchdog.
        faults: golden vectors that differ in the device's self-test.
        build: board and version of wann-edge.
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
    """Return the report in a payload, or None when the payload is too short."""
    if len(payload) < _HELLO.size:
        return None
    network, contract, code, *numbers = _HELLO.unpack_from(payload)
    inputs, outputs, period_us, watchdog_us, ticks_hz, faults = numbers
    return Hello(
        network=network,
        contract=contract,
        dtype=dict(enumerate(NUMBERS)).get(code, f"dtype {code}"),
        inputs=inputs,
        outputs=outputs,
        period_s=period_us / 1e6,
        watchdog_s=watchdog_us / 1e6,
        ticks_hz=ticks_hz,
        faults=faults,
        build=payload[_HELLO.size :].decode("ascii", "replace"),
    )


@dataclass(frozen=True)
class Statistics:
    """What a device counted since its start, in the protocol's order, and its present action.

    Attributes:
        frames: frames with a correct CRC.
        bad_frames: frames with a wrong CRC or length.
        refused: requests answered with an error.
        stale: requests older than an earlier one, which get no answer.
        repeated: requests that were answered before.
        steps: computed actions.
        timeouts: times that the watchdog applied the safe action.
        worst_ticks: longest compute time of a step on the device's clock.
        is_safe: whether the device applies the safe action now.
        selftest_failed: whether its self-test failed.
        applied: the action that the device applies now.
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
    """Converts observations, weights and actions of a network to and from payloads."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._fixed = network if isinstance(network, FixedNetwork) else None
        self.dtype = self._fixed.dtype if self._fixed else "float"
        self._type = NUMBERS[self.dtype]

    def observation(self, observation: Floats) -> bytes:
        """Return the bytes of an observation float32 [inputs]."""
        numbers = self._fixed.words(observation[np.newaxis])[0] if self._fixed else observation
        return numbers.astype(self._type).tobytes()

    def weight(self, weight: float) -> bytes:
        """Return the bytes of a shared weight."""
        number = self._fixed.weight_word(float32(weight)) if self._fixed else weight
        data: bytes = np.array([number], self._type).tobytes()
        return data

    def action(self, payload: bytes) -> Floats | None:
        """Return the action float32 [outputs], or None when the payload has another length."""
        outputs = len(self._network.outputs)
        if len(payload) != outputs * self._type.itemsize:
            return None
        numbers = np.frombuffer(payload, self._type)
        return self._fixed.actions(numbers) if self._fixed else numbers.astype(np.float32)

    def exact(self, payload: bytes) -> Doubles:
        """Return the action float64 [outputs], which holds each word exactly."""
        numbers = np.frombuffer(payload, self._type)
        if self._fixed is None:
            return numbers.astype(np.float64)
        offsets = [output.offset for output in self._fixed.outputs]
        action: Doubles = numbers * np.array(self._fixed.output_steps) + np.array(offsets)
        return action

    def kernel_action(self, observation: Floats, weight: float) -> bytes:
        """Return the bytes of the kernel's action for an observation float32 [inputs]."""
        seen, network = observation[np.newaxis], self._fixed
        if network is None:
            return bytes(self._network.program.forward(seen, [weight]).tobytes())
        word = np.array([network.weight_word(float32(weight))], np.int32)
        words = network.program.walk(network.words(seen), word)
        return bytes(words.astype(self._type).tobytes())

    def step(self, payload: bytes) -> tuple[int, bytes] | None:
        """Return the ticks and the action's bytes in a reply; None when it has another length."""
        if self.action(payload[4:]) is None:
            return None
        return int.from_bytes(payload[:4], "little"), payload[4:]

    def statistics(self, payload: bytes) -> Statistics | None:
        """Return the statistics in a payload, or None when it has another length."""
        action = self.action(payload[_STATISTICS.size :])
        if action is None:
            return None
        flags, *counts = _STATISTICS.unpack_from(payload)
        frames, bad_frames, refused, stale, repeated, steps, timeouts, worst_ticks = counts
        return Statistics(
            frames=frames,
            bad_frames=bad_frames,
            refused=refused,
            stale=stale,
            repeated=repeated,
            steps=steps,
            timeouts=timeouts,
            worst_ticks=worst_ticks,
            is_safe=bool(flags & 1),
            selftest_failed=bool(flags & 2),
            applied=tuple(action.tolist()),
        )
