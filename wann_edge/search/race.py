"""Islands that race: many populations begin, those with the best champions go on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from wann_edge.engine import Engine
from wann_edge.evaluate import rollouts, rollouts_of
from wann_edge.search.advance import (
    Advance,
    episode_seeds,
    joined,
    scores_of_candidates,
    steps_of,
    tested,
    validation_seeds,
)
from wann_edge.search.archive import Best, Tested
from wann_edge.search.draws import candidate_weights, validation_weights
from wann_edge.search.population import Member, Population
from wann_edge.search.settings import Settings
from wann_edge.search.state import Standing
from wann_edge.task import Task, final_task


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
    """Whole generations of one island, where the task is: in a worker. Its best is tested."""
    population, settings = leg.population, leg.settings
    seeds, weights = episode_seeds(settings, 0), candidate_weights(settings, 0)
    found = Best[Member](population.measure)
    evaluations, steps, evaluation_s = 0, 0, 0.0
    for _ in range(leg.generations):
        if leg.deadline_s is not None and time.monotonic() > leg.deadline_s:
            break
        candidates = population.ask()
        start_s = time.perf_counter()
        results = rollouts_of(candidates, task, weights, seeds)
        evaluation_s += time.perf_counter() - start_s
        population.tell(scores_of_candidates(results))
        for member in population.members:
            found.offer(member)
        evaluations += len(candidates)
        steps += steps_of(results)
    best_tested: tuple[Tested, ...] = ()
    if population.members:
        best = population.best
        start_s = time.perf_counter()
        result = rollouts(
            best.network, final_task(task), validation_weights(settings), validation_seeds(settings)
        )
        evaluation_s += time.perf_counter() - start_s
        steps += steps_of([result])
        best_tested = (tested(best.network, best.complexity, result, settings),)
    members = population.members
    advance = Advance(members, found.items, best_tested, evaluations, steps, evaluation_s)
    return Ran(population, advance)


class Race:
    """Islands that race: successive halving in brackets, each twice as long as the last at first.

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
        self._rounds: Iterator[list[Ran]] | None = None
        self.islands: list[Population] = self._fresh(settings.islands)
        self._rounds_left = settings.stage_rounds
        self._stage = 0

    def advance(self, engine: Engine, deadline_s: float | None) -> Advance:
        """A round: a leg of every island that is still in the race.

        Within a stage no island waits for another: workers are ahead of what is given here.
        """
        if deadline_s is not None and time.monotonic() > deadline_s:
            raise TimeoutError
        if self._rounds is None:
            self._rounds = self._run(engine, deadline_s)
        ran = [leg for leg in next(self._rounds) if leg.population.members]
        if not ran:
            raise TimeoutError
        self.islands = [island for island, _ in ran]
        self.generation += self._round_generations
        self._rounds_left -= 1
        if self._rounds_left == 0:
            self._end_stage()
        return joined([advance for _, advance in ran])

    def _run(self, engine: Engine, deadline_s: float | None) -> Iterator[list[Ran]]:
        """The race's rounds, a stage at a time; ``advance`` keeps the account between them."""
        while True:
            yield from self._run_stage(engine, deadline_s)

    def _run_stage(self, engine: Engine, deadline_s: float | None) -> Iterator[list[Ran]]:
        leg = partial(
            Leg,
            settings=self._settings,
            generations=self._round_generations,
            deadline_s=deadline_s,
        )
        legs = [leg(island) for island in self.islands]
        return engine.relay(run_leg, legs, self._full_rounds, lambda ran: leg(ran.population))

    @property
    def _round_generations(self) -> int:
        """Generations of the next round: fewer where the search ends before."""
        settings = self._settings
        if settings.generations is None:
            return settings.round_generations
        return min(settings.round_generations, settings.generations - self.generation)

    @property
    def _full_rounds(self) -> int:
        """Rounds of as many generations that the stage, or the search, has left."""
        settings = self._settings
        if settings.generations is None:
            return self._rounds_left
        left = (settings.generations - self.generation) // self._round_generations
        return min(self._rounds_left, left)

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
        self._rounds = None
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
        doublings = self._stage + min(self._bracket, self._settings.bracket_doublings)
        self._rounds_left = self._settings.stage_rounds * 2**doublings

    def _fresh(self, count: int) -> list[Population]:
        numbers = range(self._started, self._started + count)
        self._started += count
        return [Population(self._settings, self._spec, number) for number in numbers]
