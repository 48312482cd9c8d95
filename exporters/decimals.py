"""Decimals of float32 that are exact in languages that read numbers as float64."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from wann_edge.network import float32


def nearest_float32(decimal: str) -> float:
    """Return the float32 nearest to a decimal, rounded once as by a C compiler.

    Rounding twice, to float64 first, would give a neighbour for a few decimals.

    Args:
        decimal: the decimal's text.
    """
    exact, near = Fraction(decimal), np.float32(decimal)
    with np.errstate(over="ignore"):
        ends = [np.nextafter(near, np.float32(end)) for end in (-np.inf, np.inf)]
    finite = [one for one in [near, *ends] if np.isfinite(one)]
    # Of two that are equally near, take the one whose last bit is 0.
    nearest = min(
        finite, key=lambda one: (abs(Fraction(float(one)) - exact), int(one.view(np.uint32)) & 1)
    )
    return float(nearest)


def decimal64(value: float) -> str:
    """Return the shortest decimal that gives a float32 when read as float64 and then rounded.

    Args:
        value: a finite float32.
    """
    short = str(np.float32(value))
    return short if float32(float(short)) == value else repr(float(value))
