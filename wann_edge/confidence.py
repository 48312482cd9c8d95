"""Confidence intervals of 95 %, and the least reward that counts as kept."""

from __future__ import annotations

import math

import numpy as np

Reals = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

# Standard deviations of the normal distribution on either side of an interval of 95 %.
DEVIATIONS = 1.96
# The share of the reward that must remain.
KEPT = 0.8


def enough(whole: Reals) -> Reals:
    """Return the least reward that counts as kept; of a negative reward, a fifth below it."""
    least: Reals = whole - (1 - KEPT) * np.abs(whole)
    return least


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of the share ``count / of``.

    Source: Wilson 1927, "Probable inference", equation 1.
    """
    share, square = count / of, DEVIATIONS**2 / of
    middle = (share + square / 2) / (1 + square)
    half = math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)
