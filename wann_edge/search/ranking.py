"""NSGA-II ranking: non-dominated fronts, then crowding distance.

Source: Deb, Pratap, Agarwal & Meyarivan (2002), "A fast and elitist multiobjective
genetic algorithm: NSGA-II", section III. All objectives are maximised.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

Objectives = NDArray[np.float64]


def ranked(objectives: Objectives, *, published: bool = False) -> NDArray[np.intp]:
    """Return the indices [n] of individuals, best first.

    They are sorted by front, then by descending crowding distance; equals keep their order.

    Args:
        objectives: finite objectives [n, 2].
        published: use the crowding of the published code, see ``crowding``.
    """
    front = fronts(objectives)
    return np.lexsort((-crowding(objectives, front, published=published), front))


def fronts(objectives: Objectives) -> NDArray[np.intp]:
    """Return the front [n] of each individual; 0 for those that none dominates.

    One dominates another if it is nowhere below and somewhere above it.

    Args:
        objectives: finite objectives [n, 2].
    """
    front = np.zeros(len(objectives), np.intp)
    # In this order, an earlier individual dominates if its second objective is no lower.
    order = np.lexsort(-objectives.T[::-1])
    # The highest second objective of each front, negated, so that they ascend.
    highest: list[float] = []
    before, place = None, 0
    for i, values in zip(order.tolist(), objectives[order].tolist(), strict=True):
        if values != before:
            before, place = values, bisect_right(highest, -values[1])
            highest[place : place + 1] = [-values[1]]
        front[i] = place
    return front


def crowding(
    objectives: Objectives, front: NDArray[np.intp], *, published: bool = False
) -> Objectives:
    """Return the crowding distance [n] of each individual within its front.

    It is the sum over objectives of the gap between its two neighbours, divided by the range of
    the front; infinite at either end of the front.

    Args:
        objectives: finite objectives [n, 2].
        front: the front [n] of each individual.
        published: multiply the gap by |1 / highest - lowest| instead, a slip of the published code
            (``getCrowdingDist``), with which the gaps of rewards outweigh those of
            1 / connections.
    """
    distance = np.zeros(len(front))
    for values in objectives.T:
        order = np.lexsort((values, front))
        value, owner = values[order], front[order]
        first = np.append(True, owner[1:] != owner[:-1])
        last = np.append(first[1:], True)
        low, high = value[first][owner], value[last][owner]
        gap = np.zeros(len(order))
        gap[1:-1] = value[2:] - value[:-2]
        share = gap * _slip(low, high) if published else _over(gap, high - low)
        distance[order] += np.where(first | last, np.inf, share)
    return distance


def _slip(low: Objectives, high: Objectives) -> Objectives:
    """Return |1 / high - low|, with 1 / 0 as 0."""
    return np.abs(_over(np.ones(len(high)), high) - low)


def _over(a: Objectives, b: Objectives) -> Objectives:
    """Return a / b, and 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)
