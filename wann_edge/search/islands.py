"""Islands that race: many populations begin, those with the best champions go on."""

from __future__ import annotations

import pickle
import time
from collections import deque
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from wann_edge.evaluate import Weights, rollouts_of
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.parallel.rounds import Relay
from wann_edge.search.advance import (
    Advance,
    episode_seeds,
    joined,
    scores_of_candidates,
    steps_of,
    tested,
    validation_seeds,
)
from wann_edge.search.archive import Best
from wann_edge.search.generation_weights import candidate_weights, validation_weights
from wann_edge.search.heats import hold_heats
from wann_edge.search.population import Member, Population
from wann_edge.search.settings import Settings
from wann_edge.search.state import Standing
from wann_edge.task import Rollouts, Task, final_task

# What a leg that the deadline ends may be late.
GRACE_S = 0.25


class Leg(NamedTuple):
    """A round for one island. deadline_s: by ``time.monotonic``; it may end the leg early.

    island: as it is, or as the leg before packed it.
    """

    island: Population | bytes
    settings: Settings
    generations: int
    deadline_s: float


class Ran(NamedTuple):
    """An island after a leg, and what was found on the way. whole: not ended by the deadline.

    Packed, so that the island goes on in a worker before this process has looked at it.
    """

    packed: bytes
    whole: bool

    def unpacked(self) -> tuple[Population, Advance]:
        """The island, and what was found."""
        found: tuple[Population, Advance] = pickle.loads(self.packed)
        return found


# The islands that this process ran last: mostly it goes on with one of them, which then need not
# be unpacked.
_ran_last: deque[tuple[bytes, Population]] = deque(maxlen=8)


@dataclass
class _Spent:
    """What the episodes of a leg took."""

    steps: int = 0
    evaluation_s: float = 0.0

    def rollouts_of(
        self, networks: Sequence[Network], task: Task, weights: Weights, seeds: Sequence[int]
    ) -> list[Rollouts]:
        """As ``evaluate.rollouts_of``."""
        start_s = time.perf_counter()
        results = rollouts_of(networks, task, weights, seeds)
        self.evaluation_s += time.perf_counter() - start_s
        self.steps += steps_of(results)
        return results


def run_leg(task: Task, leg: Leg) -> Ran:
    """Whole generations of one island, where the task is: in a worker. Its best is tested.

    None begins that would end after the deadline if it took as long as the last.
    """
    # The one given stays as it is, in this process too: a leg that is broken off is run anew.
    population, settings = copy(_island_of(leg)), leg.settings
    seeds, weights = episode_seeds(settings, 0), candidate_weights(settings, 0)
    found, spent, evaluations = Best[Member](population.measure), _Spent(), 0
    end = population.generation + leg.generations
    begun_s, took_s = time.monotonic(), 0.0
    while population.generation < end and begun_s + took_s < leg.deadline_s:
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
    best_tested = []
    if evaluations:
        best = population.best
        seeds, weights = validation_seeds(settings), validation_weights(settings)
        (result,) = spent.rollouts_of([best.network], final_task(task), weights, seeds)
        best_tested = [tested(best.network, best.complexity, result, settings)]
    members = population.members
    advance = Advance(
        members, found.items, best_tested, evaluations, spent.steps, spent.evaluation_s
    )
    packed = pickle.dumps((population, advance))
    _ran_last.append((packed, population))
    return Ran(packed, population.generation == end)


def _island_of(leg: Leg) -> Population:
    if isinstance(leg.island, Population):
        return leg.island
    for packed, population in _ran_last:
        if packed == leg.island:
            return population
    return Ran(leg.island, whole=True).unpacked()[0]


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
        self._relays: Sequence[Relay[Leg, Ran]] = ()
        self.islands: list[Population] = self._fresh(settings.islands)
        self._rounds_left = settings.stage_rounds
        self._stage = 0

    def advance(self, engine: Engine, deadline_s: float | None) -> Advance:
        """A round: a leg of every island that is still in the race.

        Within a stage no island waits for another: workers are ahead of what is given here.
        """
        if self._rounds is None:
            self._rounds = self._run(engine, deadline_s)
        ran = [leg.unpacked() for leg in next(self._rounds)]
        self.islands = [population for population, _ in ran]
        self.generation += self._round_generations
        self._rounds_left -= 1
        if self._rounds_left == 0:
            self._end_stage()
        return joined([found for _, found in ran])

    def rest(self) -> Advance:
        """What was found beyond the last whole round, when the time was up."""
        return joined([ran.unpacked()[1] for relay in self._relays for ran in relay.rest()])

    def _run(self, engine: Engine, deadline_s: float | None) -> Iterator[list[Ran]]:
        """The race's rounds, a stage at a time; ``advance`` keeps the account between them.

        A worker that a stage has no more work for begins with the next race, whose fresh
        islands do not depend on who wins this one.
        """
        until_s = inf if deadline_s is None else deadline_s
        bracket, relay, ahead = self._bracket, self._this_stage(until_s), self._next_race(until_s)
        while True:
            self._relays = relay, ahead
            yield from engine.relay(relay, deadline_s, grace_s=GRACE_S, ahead=ahead)
            if self._bracket == bracket:
                relay = self._this_stage(until_s)
            else:
                winner, whole = self.islands[0], self._settings.round_generations
                ahead.add([Leg(winner, self._settings, whole, until_s)])
                bracket, relay, ahead = self._bracket, ahead, self._next_race(until_s)

    def _this_stage(self, until_s: float) -> Relay[Leg, Ran]:
        """The rounds that this stage, or the search, has left."""
        generations, rounds = self._round_generations, self._rounds_left
        if self._settings.generations is not None:
            left = (self._settings.generations - self.generation) // generations
            rounds = min(rounds, left)
        legs = [Leg(island, self._settings, generations, until_s) for island in self.islands]
        return _relay(legs, rounds)

    def _next_race(self, until_s: float) -> Relay[Leg, Ran]:
        """The first stage of the next race, as far as the search goes, without the winner."""
        settings = self._settings
        generations, rounds = settings.round_generations, self._rounds_of(self._bracket + 1, 0)
        if settings.generations is not None:
            begins = self.generation + generations * self._rounds_left_in_race
            rounds = min(rounds, (settings.generations - begins) // generations)
        islands = self._islands(self._started, settings.islands - 1)
        return _relay([Leg(i, settings, generations, until_s) for i in islands], rounds, 1)

    @property
    def _round_generations(self) -> int:
        """Generations of the next round: fewer where the search ends before."""
        settings = self._settings
        if settings.generations is None:
            return settings.round_generations
        return min(settings.round_generations, settings.generations - self.generation)

    @property
    def _rounds_left_in_race(self) -> int:
        """Rounds until the winner is known."""
        rounds, islands, stage = self._rounds_left, len(self.islands), self._stage
        while islands > 2:
            islands, stage = _half(islands), stage + 1
            rounds += self._rounds_of(self._bracket, stage)
        return rounds

    def _rounds_of(self, bracket: int, stage: int) -> int:
        """Rounds of a whole stage."""
        doublings = stage + min(bracket, self._settings.bracket_doublings)
        return self._settings.stage_rounds << doublings

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
            self.islands = ranked[: _half(len(ranked))]
            self._stage += 1
        else:
            self.islands = ranked[:1] + self._fresh(self._settings.islands - 1)
            self._stage = 0
            self._bracket += 1
        self._rounds_left = self._rounds_of(self._bracket, self._stage)

    def _fresh(self, count: int) -> list[Population]:
        fresh = self._islands(self._started, count)
        self._started += count
        return fresh

    def _islands(self, first: int, count: int) -> list[Population]:
        return [Population(self._settings, self._spec, first + number) for number in range(count)]


def _half(islands: int) -> int:
    """How many of more than two stay in the race."""
    return max(2, islands // 2)


def _relay(legs: Sequence[Leg], rounds: int, first_lane: int = 0) -> Relay[Leg, Ran]:
    """Rounds of legs like these, until the deadline breaks one off."""

    def follow(ran: Ran) -> Leg | None:
        return legs[0]._replace(island=ran.packed) if ran.whole else None

    relay = Relay(run_leg, rounds, follow)
    relay.add(legs, first_lane)
    return relay
