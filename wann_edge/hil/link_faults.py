"""A link with injected faults: lost, corrupted, duplicated and delayed frames, and resets."""

from __future__ import annotations

import heapq
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.hil.frames import encode_frame
from wann_edge.hil.link import Link
from wann_edge.hil.messages import Kind, Request
from wann_edge.system.percent import parse_percent

_EXAMPLE = "write for example drop=1%,corrupt=1%,duplicate=1%,delay=1%:30ms,reset=1000"


@dataclass(frozen=True)
class Faults:
    """What to inject into a link. Shares are of the frames of both directions.

    Attributes:
        drop: share of lost frames, 0 to 1.
        corrupt: share of frames in which 1 to 3 bytes are changed.
        duplicate: share of frames that arrive twice.
        delay: share of frames that arrive late.
        delay_s: delay of a late frame in seconds.
        reset: the device is reset before every such frame of the host; 0 for never.
    """

    drop: float = 0.0
    corrupt: float = 0.0
    duplicate: float = 0.0
    delay: float = 0.0
    delay_s: float = 0.03
    reset: int = 0


def parse_faults(text: str, *, where: str = "faults") -> Faults:
    """Parse faults such as ``drop=1%,delay=0.5%:20ms,reset=1000``.

    Args:
        text: comma-separated pairs of a fault and its share of the frames.
        where: what the error message names as the place of the text.

    Raises:
        SettingsError: a part is not a fault and its share.
    """
    found: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        try:
            found |= _fault(part, found)
        except ValueError as error:
            raise SettingsError(
                f"{part[:60]!r} is not a fault and its share", where=where, remedy=_EXAMPLE
            ) from error
    return Faults(**found)  # type: ignore[arg-type]


def _fault(part: str, found: Mapping[str, float]) -> dict[str, float]:
    """The fields of Faults that one part sets. Raises ValueError."""
    name, _, value = (word.strip() for word in part.partition("="))
    if name in found:
        raise ValueError(part)
    if name == "reset":
        return {name: int(_matched(r"([1-9]\d{0,8})", value)[1])}
    share, colon, duration = value.partition(":")
    if name == "delay" and colon:
        return {name: _share(share), "delay_s": _duration_s(duration)}
    if name not in ("drop", "corrupt", "duplicate", "delay"):
        raise ValueError(part)
    return {name: _share(value)}


def _share(text: str) -> float:
    share = parse_percent(text)
    if share is None or share > 1:
        raise ValueError(text)
    return share


def _duration_s(text: str) -> float:
    match = _matched(r"(\d+(?:\.\d+)?)(ms|s)", text)
    return float(match[1]) * (1e-3 if match[2] == "ms" else 1.0)


def _matched(pattern: str, text: str) -> re.Match[str]:
    match = re.fullmatch(pattern, text)
    if match is None:
        raise ValueError(text)
    return match


class FaultyLink:
    """A link that injects faults.

    Args:
        link: the link to the device.
        faults: what to inject.
        rng: draws the faults.

    Attributes:
        injected: number of injected faults by name.
    """

    def __init__(self, link: Link, faults: Faults, rng: np.random.Generator) -> None:
        self.injected: Counter[str] = Counter()
        self._link, self._faults, self._rng = link, faults, rng
        self._sent = 0
        self._count = 0
        self._outgoing: list[tuple[float, int, bytes]] = []
        self._incoming: list[tuple[float, int, bytes]] = []
        self._rest = b""

    def write(self, frame: bytes, timeout_s: float) -> None:
        """Send one whole frame, with faults; raise LinkError when it is not sent after the time."""
        self._sent += 1
        if self._faults.reset and self._sent % self._faults.reset == 0:
            self.injected["reset"] += 1
            self._link.write(encode_frame(Request(Kind.RESET, 0, 0).body()), timeout_s)
        self._pass(frame, self._outgoing)
        self._send_due(timeout_s)

    def read(self, timeout_s: float) -> bytes:
        """Return received bytes, those of delayed frames when they are due."""
        end = time.monotonic() + timeout_s
        while True:
            self._send_due(timeout_s)
            now = time.monotonic()
            arrived = b"".join(_due(self._incoming, now))
            if arrived or now >= end:
                return arrived
            held = [queue[0][0] for queue in (self._incoming, self._outgoing) if queue]
            self._take(self._link.read(max(0.0, min([end, *held]) - now)))

    def reopen(self) -> None:
        """Open the port again; delayed frames are lost."""
        self._outgoing.clear()
        self._incoming.clear()
        self._rest = b""
        self._link.reopen()

    def close(self) -> None:
        """Close the port."""
        self._link.close()

    def _take(self, data: bytes) -> None:
        *frames, self._rest = (self._rest + data).split(b"\0")
        for frame in filter(None, frames):
            self._pass(frame + b"\0", self._incoming)

    def _send_due(self, timeout_s: float) -> None:
        for frame in _due(self._outgoing, time.monotonic()):
            self._link.write(frame, timeout_s)

    def _pass(self, frame: bytes, queue: list[tuple[float, int, bytes]]) -> None:
        """Put the frame into a queue, with the faults drawn for it."""
        shares = [self._faults.drop, self._faults.corrupt, self._faults.duplicate]
        drop, corrupt, double, late = self._rng.random(4) < [*shares, self._faults.delay]
        if drop:
            self.injected["drop"] += 1
            return
        if corrupt:
            self.injected["corrupt"] += 1
            frame = self._corrupted(frame)
        self.injected["duplicate"] += int(double)
        self.injected["delay"] += int(late)
        due = time.monotonic() + (self._faults.delay_s if late else 0.0)
        for _ in range(2 if double else 1):
            self._count += 1
            heapq.heappush(queue, (due, self._count, frame))

    def _corrupted(self, frame: bytes) -> bytes:
        """Return the frame with one to three bytes changed."""
        changed = bytearray(frame)
        count = min(len(frame), int(self._rng.integers(1, 4)))
        for place in self._rng.choice(len(frame), count, replace=False):
            changed[place] ^= int(self._rng.integers(1, 256))
        return bytes(changed)


def _due(queue: list[tuple[float, int, bytes]], now: float) -> list[bytes]:
    """Take the frames that are due off a queue."""
    found = []
    while queue and queue[0][0] <= now:
        found.append(heapq.heappop(queue)[2])
    return found
