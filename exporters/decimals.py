"""Decimals of float32, exact in languages that read them as float64 first."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from wann_edge.network import float32


def nearest_float32(decimal: str) -> float:
    """The float32 nearest to a decimal, as a C compiler reads it: rounded once.

    By way of float64 it would be rounded twice, and a few decimals would give a neighbour.
    """
    exact, near = Fraction(decimal), np.float32(decimal)
    with np.errstate(over="ignore"):
        ends = [np.nextafter(near, np.float32(end)) for end in (-np.inf, np.inf)]
    finite = [one for one in [near, *ends] if np.isfinite(one)]
    # Of two that are equally near the one whose last bit is 0.
    nearest = min(
        finite, key=lambda one: (abs(Fraction(float(one)) - exact), int(one.view(np.uint32)) & 1)
    )
    return float(nearest)


def decimal64(value: float) -> str:
    """The shortest decimal that a reader of float64 rounds to this float32, or is given exactly.

    value: a finite float32.
    """
    short = str(np.float32(value))
    return short if float32(float(short)) == value else repr(float(value))
