"""Bits of float32 numbers: flips, and rounding to few bits."""

from __future__ import annotations

import numpy as np

# The parts of a float32 and their bits.
BITS = {"mantissa": range(23), "exponent": range(23, 31), "sign": range(31, 32)}


def flipped(value: float, bit: int) -> float:
    """Return the float32 with one bit flipped; it can be infinite or NaN."""
    pattern = np.array([value], np.float32).view(np.uint32) ^ np.uint32(1 << bit)
    return float(pattern.view(np.float32)[0])


def rounded_to(values: np.ndarray[tuple[int], np.dtype[np.float64]], bits: int) -> list[float]:
    """Round values to words of a width, in the finest Qn that holds the largest value.

    Args:
        values: float64 [n].
        bits: the width of a word, with its sign.

    Returns:
        The nearest values that words can hold.
    """
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0:
        return values.tolist()
    step = 2.0 ** (int(np.floor(np.log2(largest))) + 2 - bits)
    most = 2 ** (bits - 1) - 1
    words = np.clip(np.rint(values / step), -most, most)
    rounded: list[float] = (words * step).tolist()
    return rounded
