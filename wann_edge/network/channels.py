"""Channel: what goes into a network and comes out of it, with names, units and bounds."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass

import numpy as np

from wann_edge.errors import NetworkError

LARGEST = float(np.finfo(np.float32).max)


def float32(value: float) -> float:
    """The nearest float32, as a Python float; infinity beyond the largest."""
    return ctypes.c_float(value).value


@dataclass(frozen=True, slots=True)
class Input:
    """One observation: the network sees ``(observation - offset) * scale``.

    low, high: the typical range, in ``unit``; a declaration, not a clamp. Numbers are
    rounded to float32.
    """

    name: str
    unit: str = "1"
    low: float = -math.inf
    high: float = math.inf
    offset: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        _round(self, "low", "high", "offset", "scale")

    @property
    def typical_range(self) -> tuple[float, float]:
        """low..high, or a side 10 beyond the other (or 0) where one is not declared."""
        low = self.low if math.isfinite(self.low) else min(self.high, 0.0) - 10.0
        high = self.high if math.isfinite(self.high) else max(self.low, 0.0) + 10.0
        return low, high


@dataclass(frozen=True, slots=True)
class Output:
    """One action, clamped to low..high, in ``unit``.

    safe: the action given when an observation is not finite, or the output not a number.
    Numbers are rounded to float32.
    """

    name: str
    unit: str = "1"
    low: float = -math.inf
    high: float = math.inf
    safe: float = 0.0

    def __post_init__(self) -> None:
        _round(self, "low", "high", "safe")


def _round(channel: Input | Output, *names: str) -> None:
    """Rounds fields to float32; + 0.0 takes the sign of a zero away, which decides nothing."""
    for name in names:
        object.__setattr__(channel, name, float32(getattr(channel, name)) + 0.0)


def check_text(text: str, where: str) -> None:
    """Raises NetworkError unless this can stand in a table, a comment or a file's line."""
    if not text or len(text) > 64 or not text.isprintable():
        raise NetworkError(
            f"{text[:80]!r} is not valid", where=where, remedy="use 1 to 64 printable characters"
        )


def check_channel(channel: Input | Output, where: str) -> None:
    """Raises NetworkError unless names, units and bounds are valid."""
    check_text(channel.name, f"{where}.name")
    check_text(channel.unit, f"{where}.unit")
    low, high = channel.low, channel.high
    if not (low <= high and low < math.inf and high > -math.inf):
        raise NetworkError(f"bounds {low}..{high} are not a range", where=where)
    if isinstance(channel, Input):
        check_finite(channel.offset, f"{where}.offset")
        check_finite(channel.scale, f"{where}.scale")
    elif not low <= channel.safe <= high or math.isinf(channel.safe):
        raise NetworkError(f"the safe action {channel.safe} is outside the bounds", where=where)


def check_finite(value: float, where: str) -> None:
    """Raises NetworkError unless finite and a float32: another would not be what runs."""
    if not abs(value) <= LARGEST:
        raise NetworkError(f"{value} is not a finite float32", where=where)
    if float32(value) != value:
        raise NetworkError(
            f"{value!r} is not a float32", where=where, remedy=f"the nearest is {float32(value)!r}"
        )
