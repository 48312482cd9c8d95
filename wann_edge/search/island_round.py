"""A round of one island: the generations that it runs in a worker before islands are compared."""

from __future__ import annotations

import pickle
import time
from collections import deque
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

from wann_edge.evaluate import Weights, rollouts_of
from wann_edge.network import Network
from wann_edge.search.archive import BestOfCell
from wann_edge.search.drawn_weights import candidate_weights, validation_weights
from wann_edge.search.episodes import candidate_seeds, validation_seeds
from wann_edge.search.findings import Findings, scores_of_candidates, steps_of, validated
from wann_edge.search.heats import hold_heats
from wann_edge.search.population import Member, Population
from wann_edge.search.settings import Settings
from wann_edge.task import Rollouts, Task, final_task


class IslandRound(NamedTuple):
    """A round that an island is to run.

    Attributes:
        island: the population, or the packed result of the round before.
        settings: the settings of the search.
        generations: generations of the round.
        deadline_s: by ``time.monotonic``; it may end the round early.
    """

    island: Population | bytes
    settings: Settings
    generations: int
    deadline_s: float


class IslandResult(NamedTuple):
    """An island after a round.

    Attributes:
        packed: the pickled population and findings; pickled so that the island can go on in a
            worker before this process has read it.
        whole: whether all generations were run.
    """

    packed: bytes
    whole: bool

    def unpacked(self) -> tuple[Population, Findings]:
        """Return the population and the findings."""
        found: tuple[Population, Findings] = pickle.loads(self.packed)
        return found


# The islands that this process ran last. It mostly continues with one of them, which then need
# not be unpacked.
_ran_last: deque[tuple[bytes, Population]] = deque(maxlen=8)


@dataclass
class _Spent:
    """The environment steps of a round, and the seconds that they took."""

    steps: int = 0
    evaluation_s: float = 0.0

    def rollouts_of(
        self, networks: Sequence[Network], task: Task, weights: Weights, seeds: Sequence[int]
    ) -> list[Rollouts]:
        """Return what ``evaluate.rollouts_of`` returns."""
        start_s = time.perf_counter()
        results = rollouts_of(networks, task, weights, seeds)
        self.evaluation_s += time.perf_counter() - start_s
        self.steps += steps_of(results)
        return results


def run_island_round(task: Task, work: IslandRound) -> IslandResult:
    """Run whole generations of one island, in a worker, and validate its best network.

    No generation begins that would end after the deadline if it took as long as the last one.
    """
    # A copy, because a round that is broken off is run again.
    population, settings = copy(_island_of(work)), work.settings
    seeds, weights = candidate_seeds(settings, 0), candidate_weights(settings, 0)
    found, spent, evaluations = BestOfCell[Member](population.measure), _Spent(), 0
    end = population.generation + work.generations
    begun_s, took_s = time.monotonic(), 0.0
    while population.generation < end and begun_s + took_s < work.deadline_s:
        heats = hold_heats(
            population,
            settings,
            lambda some, first, end: spent.rollouts_of(some, task, weights, seeds[first:end]),
        )
        population.tell(scores_of_candidates(heats.results), heats.means)
        for member in population.members:
            found.offer(member)
        evaluations += heats.candidates
        took_s = time.monotonic() - begun_s
        begun_s += took_s
    best_validated = []
    if evaluations:
        best = population.best
        seeds, weights = validation_seeds(settings), validation_weights(settings)
        (result,) = spent.rollouts_of([best.network], final_task(task), weights, seeds)
        best_validated = [validated(best.network, best.complexity, result, settings)]
    findings = Findings(
        members=population.members,
        best_of_size=found.items,
        validated=best_validated,
        evaluations=evaluations,
        steps=spent.steps,
        evaluation_s=spent.evaluation_s,
    )
    packed = pickle.dumps((population, findings))
    _ran_last.append((packed, population))
    return IslandResult(packed, population.generation == end)


def _island_of(work: IslandRound) -> Population:
    if isinstance(work.island, Population):
        return work.island
    for packed, population in _ran_last:
        if packed == work.island:
            return population
    return IslandResult(work.island, whole=True).unpacked()[0]
