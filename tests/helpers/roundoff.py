"""Numbers with a bound of their float32 error: running error analysis (Higham 2002, 3.3).

A function called with floats returns the exact value; called with these, value and bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar, Union

import numpy as np

ROUNDOFF = 2.0**-24
TINIEST = 2.0**-149

Operand = Union["Rounded", float]
Number = TypeVar("Number", float, "Rounded")


def _of(number: Operand) -> Rounded:
    """Return a number as Rounded; a constant has the error of its own rounding."""
    if isinstance(number, Rounded):
        return number
    return Rounded(number, abs(float(np.float32(number)) - number))


@dataclass(frozen=True)
class Rounded:
    """An exact value, and the largest error of its float32 counterpart."""

    value: float
    error: float = 0.0

    def _result(self, value: float, carried: float) -> Rounded:
        """Return the result of an operation that rounds once, given the error from its operands."""
        return Rounded(value, carried + ROUNDOFF * (abs(value) + carried) + TINIEST)

    def __add__(self, other: Operand) -> Rounded:
        b = _of(other)
        return self._result(self.value + b.value, self.error + b.error)

    def __sub__(self, other: Operand) -> Rounded:
        return self + -_of(other)

    def __mul__(self, other: Operand) -> Rounded:
        b = _of(other)
        carried = abs(self.value) * b.error + abs(b.value) * self.error + self.error * b.error
        return self._result(self.value * b.value, carried)

    def __truediv__(self, other: Operand) -> Rounded:
        b = _of(other)
        assert b.error < abs(b.value)
        value = self.value / b.value
        return self._result(value, (self.error + abs(value) * b.error) / (abs(b.value) - b.error))

    def __neg__(self) -> Rounded:
        return Rounded(-self.value, self.error)

    def __radd__(self, other: float) -> Rounded:
        return _of(other) + self

    def __rsub__(self, other: float) -> Rounded:
        return _of(other) - self

    def __rmul__(self, other: float) -> Rounded:
        return _of(other) * self

    def __rtruediv__(self, other: float) -> Rounded:
        return _of(other) / self


def _trig(x: Rounded, value: float) -> Rounded:
    """Return a sine or cosine.

    The angle is divided by a rounded pi and rounded again, 2 roundoffs of itself; the function adds
    the 4 ulp of its contract, which are 8 roundoffs at 1.
    """
    return Rounded(value, x.error + ROUNDOFF * (2 * abs(x.value) + 8))


def sin(x: Number) -> Number:
    """Return the sine of an angle in radians."""
    return _trig(x, math.sin(x.value)) if isinstance(x, Rounded) else math.sin(x)


def cos(x: Number) -> Number:
    """Return the cosine of an angle in radians."""
    return _trig(x, math.cos(x.value)) if isinstance(x, Rounded) else math.cos(x)


def clamp(x: Number, low: float, high: float) -> Number:
    """Clamp x to the bounds: the error does not grow, except by the rounding of a bound."""
    if not isinstance(x, Rounded):
        return min(max(x, low), high)
    bound = max(_of(low).error, _of(high).error)
    return Rounded(min(max(x.value, low), high), x.error + bound)


def wrap(x: Number) -> Number:
    """Wrap an angle to half a turn around 0, by subtracting a multiple of a rounded turn."""
    turn = 2 * math.pi
    if isinstance(x, Rounded):
        return x - _of(round(x.value / turn) * 1.0) * _of(turn)
    return x - round(x / turn) * turn
