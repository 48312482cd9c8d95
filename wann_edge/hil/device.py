"""A device behind a link: requests, replies, retries and recovery."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np

from wann_edge.errors import LinkError
from wann_edge.hil.frames import FrameReader, encode_frame
from wann_edge.hil.link import Link
from wann_edge.hil.messages import (
    Hello,
    Kind,
    Numbers,
    Reply,
    Request,
    Statistics,
    Status,
    read_hello,
    read_reply,
)
from wann_edge.hil.refusals import check_identity, refusal
from wann_edge.kernel import Floats
from wann_edge.network import Network

_T = TypeVar("_T")


@dataclass(frozen=True)
class Times:
    """How long the host waits.

    Attributes:
        reply_s: seconds until an unanswered request is sent again.
        recovery_s: seconds until a silent device or a closed port is an error.
    """

    reply_s: float = 0.05
    recovery_s: float = 5.0


@dataclass
class Counters:
    """What the host counted.

    Attributes:
        requests: requests, without retries.
        retries: requests sent again.
        stale: replies to earlier requests.
        bad_frames: discarded frames of the device.
        resets: sessions that the device had lost.
        reconnects: times that the port was opened again.
        longest_recovery_s: longest time in seconds to an answer that needed a retry.
    """

    requests: int = 0
    retries: int = 0
    stale: int = 0
    bad_frames: int = 0
    resets: int = 0
    reconnects: int = 0
    longest_recovery_s: float = 0.0


class Step(NamedTuple):
    """The answer to an observation.

    Attributes:
        action: float32 [outputs].
        words: the action's bytes as the device sent them.
        ticks: compute time on the device's clock.
        latency_s: seconds from sending the request to the decoded reply, retries included.
    """

    action: Floats
    words: bytes
    ticks: int
    latency_s: float


class Device:
    """A device that runs one network. The constructor opens a session and checks the network.

    Args:
        link: the link to the device.
        network: the network that the device must run.
        weight: a shared weight in place of the network's; None for the network's.
        times: how long to wait.

    Raises:
        LinkError: the device does not answer within the recovery time, refuses, or runs another
            network. Every method raises it likewise.
    """

    def __init__(
        self,
        link: Link,
        network: Network,
        *,
        weight: float | None = None,
        times: Times | None = None,
    ) -> None:
        self.numbers = Numbers(network)
        self.counters = Counters()
        self._link, self._network, self._weight = link, network, weight
        self._times = times or Times()
        self._reader = FrameReader()
        self._session = 0
        self._sequence = 0
        self.hello = self._greet(time.monotonic() + self._times.recovery_s)

    def step(self, observation: Floats) -> Step:
        """Return the action for an observation float32 [inputs]."""
        start = time.perf_counter()
        payload = self.numbers.observation(observation)
        ticks, words = self._ask(Kind.STEP, payload, self.numbers.step)
        action = self.numbers.exact(words).astype(np.float32)
        return Step(action, words, ticks, time.perf_counter() - start)

    def set_weight(self, weight: float) -> None:
        """Set the shared weight, also for sessions after a reset of the device."""
        self._weight = weight
        end = time.monotonic() + self._times.recovery_s
        if not self._send_weight(end):
            self.hello = self._greet(end)

    def selftest(self) -> int:
        """Run the golden vectors on the device and return how many differ."""
        return self._ask(Kind.SELFTEST, b"", _number)

    def statistics(self) -> Statistics:
        """Return what the device counted since its last reset."""
        return self._ask(Kind.STATISTICS, b"", self.numbers.statistics)

    def reset(self) -> None:
        """Restart the device and open a new session."""
        self._ask(Kind.RESET, b"", lambda payload: payload)
        self.hello = self._greet(time.monotonic() + self._times.recovery_s)

    def close(self) -> None:
        """Close the link."""
        self._link.close()

    def _greet(self, end: float) -> Hello:
        """Open a session; raise LinkError when the device runs another network."""
        while True:
            # Differs from sessions of other hosts and of before: their frames may still arrive.
            self._session = 1 + secrets.randbelow(0xFFFF)
            reply = self._exchange(Kind.HELLO, b"", end)
            hello = read_hello(reply.payload) if reply.status == Status.OK else None
            if hello is None:
                raise refusal(reply)
            check_identity(hello, self._network, self.numbers.dtype)
            if self._weight is None or self._send_weight(end):
                return hello

    def _send_weight(self, end: float) -> bool:
        """Send the weight; return False when the device has lost the session."""
        assert self._weight is not None
        payload = self.numbers.weight(self._weight)
        reply = self._exchange(Kind.SET_WEIGHT, payload, end)
        if reply.status == Status.NO_SESSION:
            self.counters.resets += 1
            return False
        if reply.status != Status.OK or reply.payload != payload:
            raise refusal(reply)
        return True

    def _ask(self, kind: Kind, payload: bytes, read: Callable[[bytes], _T | None]) -> _T:
        """Send a request, in a new session when the device has lost the current one."""
        end = time.monotonic() + self._times.recovery_s
        start, retries = time.monotonic(), self.counters.retries
        while True:
            reply = self._exchange(kind, payload, end)
            if reply.status != Status.NO_SESSION:
                break
            self.counters.resets += 1
            self.hello = self._greet(end)
        found = read(reply.payload) if reply.status == Status.OK else None
        if found is None:
            raise refusal(reply)
        if self.counters.retries > retries:
            recovery_s = time.monotonic() - start
            self.counters.longest_recovery_s = max(self.counters.longest_recovery_s, recovery_s)
        return found

    def _exchange(self, kind: Kind, payload: bytes, end: float) -> Reply:
        """Send one request until its reply arrives."""
        self._sequence = (self._sequence + 1) & 0xFFFF
        request = Request(kind, self._session, self._sequence, payload)
        self.counters.requests += 1
        attempts = 0
        while time.monotonic() < end:
            try:
                reply = self._attempt(request, end, is_first=attempts == 0)
            except LinkError:
                self._reconnect(end)
                continue
            if reply is not None:
                return reply
            attempts += 1
        raise LinkError(
            f"no answer to {kind.name.lower()} in {self._times.recovery_s:g} s",
            where="device",
            remedy="check that it is on and runs a firmware that wann-edge firmware wrote",
        )

    def _attempt(self, request: Request, end: float, *, is_first: bool) -> Reply | None:
        """Send the request once; return None when no reply arrives in time.

        A write may take until the recovery ends, and not only the time for a reply: a long frame
        at a low baud rate takes longer.
        """
        if not is_first:
            self.counters.retries += 1
        self._link.write(encode_frame(request.body()), end - time.monotonic())
        deadline = time.monotonic() + self._times.reply_s
        while (left_s := deadline - time.monotonic()) > 0:
            reply = self._receive(request, left_s)
            if reply is not None:
                return reply
        return None

    def _receive(self, request: Request, timeout_s: float) -> Reply | None:
        found = None
        bodies = self._reader.feed(self._link.read(timeout_s))
        self.counters.bad_frames = self._reader.bad_frames
        for reply in map(read_reply, bodies):
            if reply is not None and _answers(reply, request):
                found = reply
            else:
                self.counters.stale += 1
        return found

    def _reconnect(self, end: float) -> None:
        """Open the port again, until the recovery time ends."""
        self._reader.clear()
        while True:
            try:
                self._link.reopen()
            except LinkError:
                if time.monotonic() >= end:
                    raise
                time.sleep(0.05)
            else:
                self.counters.reconnects += 1
                return


def _answers(reply: Reply, request: Request) -> bool:
    here = (reply.kind, reply.session, reply.sequence)
    return here == (request.kind, request.session, request.sequence)


def _number(payload: bytes) -> int | None:
    return int.from_bytes(payload, "little") if len(payload) == 2 else None
