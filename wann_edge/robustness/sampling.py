"""Which faults to try: all where there are few, a random sample where there are many."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np


def sample_numbers(rng: np.random.Generator, possible: int, most: int) -> list[int]:
    """Return all numbers below ``possible``; where there are more than ``most``, a sample."""
    if possible <= most:
        return list(range(possible))
    return sorted(rng.choice(possible, most, replace=False).tolist())


def sample_sets(rng: np.random.Generator, of: int, size: int, most: int) -> list[tuple[int, ...]]:
    """Return all sets of ``size`` numbers below ``of``; where there are more, ``most`` random ones.

    A random set can occur twice.
    """
    if comb(of, size) <= most:
        return list(combinations(range(of), size))
    return [tuple(sample_numbers(rng, of, size)) for _ in range(most)]
