"""Heats: candidates run their episodes in parts, as long as they keep up with their niche.

A race of candidates (Maron & Moore 1994, "Hoeffding races") whose rivals are the networks that
hold the places of their niche, on the same episodes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from wann_edge.network import Network
from wann_edge.search.findings import steps_of
from wann_edge.search.population import Population
from wann_edge.search.search_state import Means
from wann_edge.search.settings import Settings
from wann_edge.task import Rollouts

# Runs the episodes from the first number up to, but not including, the second, of each network.
RunEpisodes = Callable[[Sequence[Network], int, int], list[Rollouts]]


class Heats(NamedTuple):
    """The results of all heats.

    Attributes:
        finished: the places of the candidates that ran all episodes.
        results: the rollouts of each of these.
        means: the mean return of each of these after each heat but the last.
        candidates: how many began.
        steps: environment steps of all candidates.
    """

    finished: Sequence[int]
    results: Sequence[Rollouts]
    means: Sequence[Means]
    candidates: int
    steps: int


def hold_heats(population: Population, settings: Settings, run: RunEpisodes) -> Heats:
    """Run the population's candidates; it drops those that fall behind.

    The caller then tells the population the scores of the candidates that finished.
    """
    ends = ends_of(settings.first_heat, settings.episodes)
    heats = run_heats(population.ask(), population.bars(), ends, run)
    population.give_up(heats.finished)
    return heats


def ends_of(first: int | None, episodes: int) -> tuple[int, ...]:
    """Return the episodes after which each heat ends: twice as many each time, then all."""
    ends: list[int] = []
    end = episodes if first is None else first
    while end < episodes:
        ends.append(end)
        end *= 2
    return (*ends, episodes)


def run_heats(
    candidates: Sequence[Network], bars: Sequence[Means], ends: Sequence[int], run: RunEpisodes
) -> Heats:
    """Run each candidate's episodes until its mean return after a heat is below its bar.

    Args:
        candidates: the networks.
        bars: the mean return that each candidate must reach after each heat; empty for none.
        ends: the episodes after which each heat ends.
        run: runs a part of the episodes.
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
    return Heats(
        finished=going,
        results=[results[i] for i in going],
        means=[means[i] for i in going],
        candidates=len(candidates),
        steps=steps,
    )


def _joined(*parts: Rollouts) -> Rollouts:
    """Return the episodes of one network in a row."""
    returns = np.concatenate([part.returns for part in parts], axis=1)
    return Rollouts(returns, np.concatenate([part.steps for part in parts], axis=1))
