"""Heats: candidates run their episodes a part at a time, as long as they keep up with others.

A race of candidates (Maron & Moore 1994, "Hoeffding races"), whose rivals are those that
hold the places of their niche, on the same episodes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wann_edge.network import Network
from wann_edge.search.advance import steps_of
from wann_edge.search.population import Population
from wann_edge.search.settings import Settings
from wann_edge.search.state import Means
from wann_edge.task import Rollouts

# The episodes from the first number to the one before the second, of each network.
Run = Callable[[Sequence[Network], int, int], list[Rollouts]]


class Heats(NamedTuple):
    """What the heats brought. finished: the places of the candidates that ran all episodes.

    results, means: of each of those. candidates: how many began. steps: environment steps of
    all of them.
    """

    finished: Sequence[int]
    results: Sequence[Rollouts]
    means: Sequence[Means]
    candidates: int
    steps: int


def hold_heats(population: Population, settings: Settings, run: Run) -> Heats:
    """Runs what the population asks for; it drops those that fell behind. Theirs are to be told."""
    ends = ends_of(settings.first_heat, settings.episodes)
    heats = run_heats(population.ask(), population.bars(), ends, run)
    population.give_up(heats.finished)
    return heats


def ends_of(first: int | None, episodes: int) -> tuple[int, ...]:
    """How many episodes each heat ends after: each time twice as many, at last all of them."""
    ends: list[int] = []
    end = episodes if first is None else first
    while end < episodes:
        ends.append(end)
        end *= 2
    return (*ends, episodes)


def run_heats(
    candidates: Sequence[Network], bars: Sequence[Means], ends: Sequence[int], run: Run
) -> Heats:
    """Runs each candidate's episodes until its mean return after a heat is below its bar.

    bars: for each candidate what it must reach after each heat; empty where nothing is asked.
    """
    going: Sequence[int] = range(len(candidates))
    results: dict[int, Rollouts] = {}
    means: list[Means] = [()] * len(candidates)
    steps = 0
    for heat, (first, end) in enumerate(pairwise((0, *ends))):
        done = run([candidates[i] for i in going], first, end)
        steps += steps_of(done)
        for i, part in zip(going, done, strict=True):
            results[i] = _joined(results[i], part) if first else part
        if end < ends[-1]:
            for i in going:
                means[i] += (float(results[i].returns.mean(dtype=np.float64)),)
            going = [i for i in going if not bars[i] or means[i][heat] >= bars[i][heat]]
    finished = [results[i] for i in going], [means[i] for i in going]
    return Heats(going, *finished, len(candidates), steps)


def _joined(*parts: Rollouts) -> Rollouts:
    """One network's episodes after each other."""
    returns, steps = zip(*parts, strict=True)
    return Rollouts(np.concatenate(returns, axis=1), np.concatenate(steps, axis=1))
