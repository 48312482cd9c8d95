"""Islands that race: many populations begin, and those with the best champions go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from wann_edge.parallel.engine import Engine
from wann_edge.parallel.round_queue import RoundQueue
from wann_edge.search.findings import Findings, joined
from wann_edge.search.island_round import IslandResult, IslandRound, run_island_round
from wann_edge.search.population import Population
from wann_edge.search.search_state import StrategyState
from wann_edge.search.settings import Settings

# How late a round that the deadline ends may be.
GRACE_S = 0.25

Rounds = RoundQueue[IslandRound, IslandResult]


class IslandRace:
    """Islands that race: successive halving in brackets (Jamieson & Talwalkar 2016).

    A bracket starts with all islands. After each stage the better half stays, by its best mean,
    for a stage twice as long; after the stage of the last two the winner meets fresh islands in
    the next bracket, which is twice as long for the first few times. The final level of a seed
    shows early: many short starts find a good one, and long stages make the most of it.

    Attributes:
        generation: generations done by each island that is still in the race.
        islands: these islands.
    """

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.generation = 0
        self._settings = settings
        self._spec = engine.spec
        self._started = 0
        self._bracket = 0
        self._rounds: Iterator[list[IslandResult]] | None = None
        self._queues: Sequence[Rounds] = ()
        self.islands: list[Population] = self._fresh(settings.islands)
        self._rounds_left = settings.stage_rounds
        self._stage = 0

    def advance(self, engine: Engine, deadline_s: float | None) -> Findings:
        """Run a round of every island that is still in the race.

        Within a stage no island waits for another: workers are ahead of the round returned here.
        """
        if self._rounds is None:
            self._rounds = self._run(engine, deadline_s)
        ran = [result.unpacked() for result in next(self._rounds)]
        self.islands = [population for population, _ in ran]
        self.generation += self._round_generations
        self._rounds_left -= 1
        if self._rounds_left == 0:
            self._end_stage()
        return joined([found for _, found in ran])

    def rest(self) -> Findings:
        """Return what was found since the last whole round."""
        return joined([result.unpacked()[1] for queue in self._queues for result in queue.rest()])

    def _run(self, engine: Engine, deadline_s: float | None) -> Iterator[list[IslandResult]]:
        """Run the rounds, a stage at a time; ``advance`` counts them in between.

        A worker that a stage has no more work for begins with the next race, whose fresh islands
        do not depend on the winner of this one.
        """
        until_s = inf if deadline_s is None else deadline_s
        bracket, queue, ahead = self._bracket, self._this_stage(until_s), self._next_race(until_s)
        while True:
            self._queues = queue, ahead
            yield from engine.rounds(queue, deadline_s, grace_s=GRACE_S, ahead=ahead)
            if self._bracket == bracket:
                queue = self._this_stage(until_s)
            else:
                winner, whole = self.islands[0], self._settings.round_generations
                ahead.add([IslandRound(winner, self._settings, whole, until_s)])
                bracket, queue, ahead = self._bracket, ahead, self._next_race(until_s)

    def _this_stage(self, until_s: float) -> Rounds:
        """Return the rounds that this stage, or the search, has left."""
        generations, rounds = self._round_generations, self._rounds_left
        if self._settings.generations is not None:
            left = (self._settings.generations - self.generation) // generations
            rounds = min(rounds, left)
        return _queue(self._work(self.islands, generations, until_s), rounds)

    def _next_race(self, until_s: float) -> Rounds:
        """Return the first stage of the next race without the winner, within the limit."""
        settings = self._settings
        generations, rounds = settings.round_generations, self._rounds_of(self._bracket + 1, 0)
        if settings.generations is not None:
            begins = self.generation + generations * self._rounds_left_in_race
            rounds = min(rounds, (settings.generations - begins) // generations)
        islands = self._islands(self._started, settings.islands - 1)
        return _queue(self._work(islands, generations, until_s), rounds, first_lane=1)

    def _work(
        self, islands: Sequence[Population], generations: int, until_s: float
    ) -> list[IslandRound]:
        return [IslandRound(island, self._settings, generations, until_s) for island in islands]

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
        """Return the rounds of a whole stage."""
        doublings = stage + min(bracket, self._settings.bracket_doublings)
        return self._settings.stage_rounds << doublings

    def state(self) -> StrategyState:
        """Return what ``restore`` takes."""
        return StrategyState(
            generation=self.generation,
            islands=tuple(island.state() for island in self.islands),
            started=self._started,
            bracket=self._bracket,
            stage=self._stage,
            rounds_left=self._rounds_left,
        )

    def restore(self, state: StrategyState) -> None:
        """Continue from a state."""
        self.generation = state.generation
        self._started, self._bracket = state.started, state.bracket
        self._stage, self._rounds_left = state.stage, state.rounds_left
        self._rounds = None
        self.islands = [Population(self._settings, self._spec, i.island) for i in state.islands]
        for population, island in zip(self.islands, state.islands, strict=True):
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
    """Return how many of more than two islands stay in the race."""
    return max(2, islands // 2)


def _queue(work: Sequence[IslandRound], rounds: int, first_lane: int = 0) -> Rounds:
    """Return rounds of this work, which continue until the deadline breaks one off."""

    def follow(result: IslandResult) -> IslandRound | None:
        return work[0]._replace(island=result.packed) if result.whole else None

    queue = RoundQueue(run_island_round, rounds, follow)
    queue.add(work, first_lane)
    return queue
