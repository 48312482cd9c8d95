"""The grid of shared weights that a tuning starts from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LOW, HIGH = -3.0, 3.0
# Steps of 0.05, so that the paper's six weights are among them.
GRID = 121
STEP = (HIGH - LOW) / (GRID - 1)
GRID_WEIGHTS = tuple(np.linspace(LOW, HIGH, GRID).tolist())
# Coprime to GRID, and 0.62 of it: a tuning that ends early has still covered the whole range.
STRIDE = 75
# The peaks that runs of CMA-ES start from.
PEAKS = 4


def scattered() -> list[float]:
    """Return the grid in an order in which neighbours are far apart."""
    return [GRID_WEIGHTS[STRIDE * index % GRID] for index in range(GRID)]


def peaks_of(means: NDArray[np.float64], grid: Sequence[float] = GRID_WEIGHTS) -> list[float]:
    """Return the weights of the highest peaks, the best first.

    Args:
        means: mean returns [weights] over the grid.
        grid: the weights, ascending.
    """
    sides = np.pad(means, 1, constant_values=-np.inf)
    peaks = np.flatnonzero((means > sides[:-2]) & (means >= sides[2:]))
    best = peaks[np.argsort(-means[peaks], kind="stable")][:PEAKS]
    return [grid[place] for place in best]
