"""Single bits of float32 numbers, and which faults to try where there are many."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

# The bits of a float32, by what they say.
BITS = {"mantissa": range(23), "exponent": range(23, 31), "sign": range(31, 32)}


def flipped(value: float, bit: int) -> float:
    """The float32 with one bit of its pattern flipped; it may be infinite or NaN."""
    pattern = np.array([value], np.float32).view(np.uint32) ^ np.uint32(1 << bit)
    return float(pattern.view(np.float32)[0])


def rounded_to(values: np.ndarray[tuple[int], np.dtype[np.float64]], bits: int) -> list[float]:
    """Values in words of so many bits, in the finest Qn that holds the largest of them.

    To the nearest; where that is one beyond the largest word, the largest word.
    """
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0:
        return values.tolist()
    step = 2.0 ** (int(np.floor(np.log2(largest))) + 2 - bits)
    most = 2 ** (bits - 1) - 1
    words = np.clip(np.rint(values / step), -most, most)
    rounded: list[float] = (words * step).tolist()
    return rounded


def some_of(rng: np.random.Generator, possible: int, most: int) -> list[int]:
    """All numbers below ``possible``, or ``most`` of them, drawn, none twice."""
    if possible <= most:
        return list(range(possible))
    return sorted(rng.choice(possible, most, replace=False).tolist())


def some_sets(rng: np.random.Generator, of: int, size: int, most: int) -> list[tuple[int, ...]]:
    """All sets of ``size`` numbers below ``of``, or ``most`` of them, drawn."""
    if comb(of, size) <= most:
        return list(combinations(range(of), size))
    return [tuple(some_of(rng, of, size)) for _ in range(most)]
