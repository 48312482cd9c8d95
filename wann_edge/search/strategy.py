"""Strategies: how a search spends its evaluations. One population, or islands that race."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from wann_edge.engine import Engine
from wann_edge.evaluate import rollouts
from wann_edge.search.population import Member, Population
from wann_edge.search.settings import Settings
from wann_edge.search.state import Standing
from wann_edge.search.streams import Stream, seeds_of, stream
from wann_edge.task import Rollouts, Task


class Advance(NamedTuple):
    """What was found since the last one.

    members: the populations as they are now. best_of_size: of all networks scored, the
    best of each number of connections. evaluations: networks scored; steps: environment
    steps; evaluation_s: seconds of them, added up over workers.
    """

    members: Sequence[Member]
    best_of_size: Sequence[Member]
    evaluations: int
    steps: int
    evaluation_s: float


class Strategy(Protocol):
    """generation: how many have been run."""

    generation: int

    def advance(self, engine: Engine, deadline_s: float | None) -> Advance:
        """Runs a generation, or a round of them. Raises TimeoutError when the time is up."""
        ...

    def standing(self) -> Standing:
        """All that ``restore`` needs."""
        ...

    def restore(self, standing: Standing) -> None:
        """Goes on from where another stood."""
        ...


def strategy(settings: Settings, engine: Engine) -> Strategy:
    """The strategy that the settings ask for."""
    return Race(settings, engine) if settings.islands > 1 else OnePopulation(settings, engine)


class OnePopulation:
    """The paper's single population, its evaluations spread over the workers."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.generation = 0
        self._settings = settings
        self._population = Population(settings, engine.spec)

    def advance(self, engine: Engine, deadline_s: float | None) -> Advance:
        """One generation."""
        settings, population = self._settings, self._population
        candidates = population.ask()
        seeds = episode_seeds(settings, population.generation)
        start_s = time.perf_counter()
        results = engine.rollouts(candidates, settings.shared_weights, seeds, deadline_s)
        evaluation_s = time.perf_counter() - start_s
        population.tell(scores_of_candidates(results))
        self.generation = population.generation
        members = population.members
        return Advance(members, members, len(candidates), steps_of(results), evaluation_s)

    def standing(self) -> Standing:
        """All that ``restore`` needs."""
        return Standing(self.generation, (self._population.standing(),))

    def restore(self, standing: Standing) -> None:
        """Goes on from where another stood."""
        self.generation = standing.generation
        self._population.restore(standing.islands[0])


class Leg(NamedTuple):
    """A round for one island. deadline_s: by ``time.monotonic``; it ends the leg early."""

    population: Population
    settings: Settings
    generations: int
    deadline_s: float | None


class Ran(NamedTuple):
    """An island after a leg, and what was found on the way."""

    population: Population
    advance: Advance


def run_leg(task: Task, leg: Leg) -> Ran:
    """Whole generations of one island, where the task is: in a worker."""
    population, settings = leg.population, leg.settings
    seeds = episode_seeds(settings, 0)
    found = BestOfSize()
    evaluations, steps, evaluation_s = 0, 0, 0.0
    for _ in range(leg.generations):
        if leg.deadline_s is not None and time.monotonic() > leg.deadline_s:
            break
        candidates = population.ask()
        start_s = time.perf_counter()
        results = [
            rollouts(network, task, settings.shared_weights, seeds) for network in candidates
        ]
        evaluation_s += time.perf_counter() - start_s
        population.tell(scores_of_candidates(results))
        found.offer(population.members)
        evaluations += len(candidates)
        steps += steps_of(results)
    best = tuple(found.members.values())
    return Ran(population, Advance(population.members, best, evaluations, steps, evaluation_s))


class BestOfSize:
    """The member with the highest mean for each number of connections; of equals the first."""

    def __init__(self) -> None:
        self.members: dict[int, Member] = {}

    def offer(self, members: Iterable[Member]) -> None:
        """Takes members with their scores."""
        for member in members:
            size = len(member.network.edges)
            rival = self.members.get(size)
            if rival is None or member.mean > rival.mean:
                self.members[size] = member


class Race:
    """Islands that race: successive halving in brackets, each twice as long as the last.

    A bracket starts with all islands. After each stage the better half stays, by its best
    mean, for a stage twice as long; after the stage of the last two the winner meets fresh
    islands in the next bracket. Seeds fall into basins that show early: many short starts
    find a good one, and long stages make the most of it. (Jamieson & Talwalkar 2016,
    "Non-stochastic best arm identification".)
    """

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.generation = 0
        self._settings = settings
        self._spec = engine.spec
        self._started = 0
        self._bracket = 0
        self.islands: list[Population] = self._fresh(settings.islands)
        self._rounds_left = settings.stage_rounds
        self._stage = 0

    def advance(self, engine: Engine, deadline_s: float | None) -> Advance:
        """A round: a leg of every island that is still in the race."""
        settings = self._settings
        if deadline_s is not None and time.monotonic() > deadline_s:
            raise TimeoutError
        generations = settings.round_generations
        if settings.generations is not None:
            generations = min(generations, settings.generations - self.generation)
        legs = [Leg(island, settings, generations, deadline_s) for island in self.islands]
        ran = [leg for leg in engine.map(run_leg, legs) if leg.population.members]
        if not ran:
            raise TimeoutError
        self.islands = [island for island, _ in ran]
        self.generation += generations
        self._rounds_left -= 1
        if self._rounds_left == 0:
            self._end_stage()
        advances = [advance for _, advance in ran]
        return Advance(
            [member for advance in advances for member in advance.members],
            [member for advance in advances for member in advance.best_of_size],
            sum(advance.evaluations for advance in advances),
            sum(advance.steps for advance in advances),
            sum(advance.evaluation_s for advance in advances),
        )

    def standing(self) -> Standing:
        """All that ``restore`` needs."""
        return Standing(
            self.generation,
            tuple(island.standing() for island in self.islands),
            self._started,
            self._bracket,
            self._stage,
            self._rounds_left,
        )

    def restore(self, standing: Standing) -> None:
        """Goes on from where another stood."""
        self.generation = standing.generation
        self._started, self._bracket = standing.started, standing.bracket
        self._stage, self._rounds_left = standing.stage, standing.rounds_left
        self.islands = [Population(self._settings, self._spec, i.island) for i in standing.islands]
        for population, island in zip(self.islands, standing.islands, strict=True):
            population.restore(island)

    def _end_stage(self) -> None:
        ranked = sorted(self.islands, key=lambda island: -island.best.mean)
        if len(ranked) > 2:
            self.islands = ranked[: max(2, len(ranked) // 2)]
            self._stage += 1
        else:
            self.islands = ranked[:1] + self._fresh(self._settings.islands - 1)
            self._stage = 0
            self._bracket += 1
        self._rounds_left = self._settings.stage_rounds * 2 ** (self._stage + self._bracket)

    def _fresh(self, count: int) -> list[Population]:
        numbers = range(self._started, self._started + count)
        self._started += count
        return [Population(self._settings, self._spec, number) for number in numbers]


def episode_seeds(settings: Settings, generation: int) -> list[int]:
    """The episodes that candidates of this generation are scored on."""
    number = 0 if settings.fixed_episodes else generation
    return seeds_of(stream(settings.seed, Stream.EPISODES, number), settings.episodes)


def scores_of_candidates(results: Sequence[Rollouts]) -> NDArray[np.float64]:
    """Mean returns [candidates, shared weights]."""
    means = [result.returns.mean(axis=1, dtype=np.float64) for result in results]
    return np.array(means).reshape(len(results), -1 if results else 1)


def steps_of(results: Sequence[Rollouts]) -> int:
    """Environment steps."""
    return sum(int(result.steps.sum()) for result in results)
