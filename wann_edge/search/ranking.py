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
    """Indices [n], best first, of individuals with finite objectives [n, 2].

    By front, then by descending crowding distance; equals keep their order.
    """
    front = fronts(objectives)
    return np.lexsort((-crowding(objectives, front, published=published), front))


def fronts(objectives: Objectives) -> NDArray[np.intp]:
    """The front [n] of each individual, of objectives [n, 2]: 0 where none dominates it.

    One dominates another that it is nowhere below and somewhere above.
    """
    front = np.zeros(len(objectives), np.intp)
    # Of those before in this order, who is no lower in the second one dominates.
    order = np.lexsort(-objectives.T[::-1])
    # The highest second one of each front, negated; so they ascend.
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
    """The crowding distance [n] of each individual within its front.

    For each objective, the gap between its two neighbours over the front's range;
    infinite at either end of the front. published: the gap times |1 / highest - lowest|,
    a slip of the published code (``getCrowdingDist``): of rewards and 1 / connections,
    only the rewards' gaps count.
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
    """|1 / high - low|; 0 / 0 counts as 0."""
    return np.abs(_over(np.ones(len(high)), high) - low)


def _over(a: Objectives, b: Objectives) -> Objectives:
    """a / b, and 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)
