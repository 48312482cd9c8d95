"""How a search spends its evaluations: racing islands, and one population."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import inf

import pytest

from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.search import island_round
from wann_edge.search.findings import Findings
from wann_edge.search.island_race import IslandRace
from wann_edge.search.island_round import IslandRound, run_island_round
from wann_edge.search.population import Population
from wann_edge.search.settings import Settings, preset
from wann_edge.search.strategy import OnePopulation, strategy
from wann_edge.sims.swingup import SwingUp

SMALL = preset(
    "fast", population=12, episodes=1, round_generations=2, stage_rounds=1, shared_weights=(1.0,)
)


def members_of(advance: Findings) -> list[tuple[Network, tuple[float, ...]]]:
    return [(member.network, member.scores) for member in advance.members]


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(SwingUp()) as made:
        yield made


@pytest.fixture(scope="module")
def three_workers() -> Iterator[Engine]:
    with Engine(SwingUp(), 3) as made:
        yield made


def test_a_race_halves_its_islands_and_starts_anew(engine: Engine) -> None:
    """Stages of 1, 2 and 4 rounds for 8, 4 and 2 islands; then 2, 4 and 8, and so on."""
    race = IslandRace(SMALL.model_copy(update={"bracket_doublings": 1}), engine)
    sizes = []
    for _ in range(7 + 2 * 14 + 1):
        sizes.append(len(race.islands))
        race.advance(engine, None)
    longer = [8] * 2 + [4] * 4 + [2] * 8
    assert sizes == [8] + [4] * 2 + [2] * 4 + longer + longer + [8]
    assert race.generation == 2 * len(sizes)


def test_the_better_half_stays_and_the_winner_meets_fresh_islands(engine: Engine) -> None:
    race = IslandRace(SMALL, engine)
    started = {island.island for island in race.islands}
    assert started == set(range(8))
    found = race.advance(engine, None)
    means = sorted((member.mean for member in found.members), reverse=True)
    assert max(island.best.mean for island in race.islands) == means[0]
    assert {island.island for island in race.islands} < started
    for _ in range(2 + 4):
        winner = max(race.islands, key=lambda island: island.best.mean)
        race.advance(engine, None)
    assert winner.island in {island.island for island in race.islands}
    assert {island.island for island in race.islands} - started == set(range(8, 15))
    assert sum(island.generation == 0 for island in race.islands) == 7


def test_islands_draw_different_numbers_and_repeat(engine: Engine) -> None:
    def networks(number: int) -> list[object]:
        population = Population(SMALL, engine.spec, number)
        leg = IslandRound(population, SMALL, 3, inf)
        return [member.network for member in run_island_round(SwingUp(), leg).unpacked()[0].members]

    assert networks(1) == networks(1)
    assert networks(1) != networks(2)


def test_the_best_of_each_size_is_remembered(engine: Engine) -> None:
    """Of all that were scored in the leg, not only of those that are left."""
    population = Population(SMALL, engine.spec)
    after, found = run_island_round(SwingUp(), IslandRound(population, SMALL, 30, inf)).unpacked()
    best = {len(member.network.edges): member.mean for member in found.best_of_size}
    for member in after.members:
        assert member.mean <= best[len(member.network.edges)]
    assert set(best) > {len(member.network.edges) for member in after.members}
    assert found.evaluations > len(best)
    assert found.evaluation_s > 0


@pytest.mark.parametrize("remembered", [True, False])
def test_a_packed_island_continues_in_the_same_way(engine: Engine, remembered: bool) -> None:
    """In the process where it ran before, and in another."""
    ran = run_island_round(SwingUp(), IslandRound(Population(SMALL, engine.spec), SMALL, 3, inf))
    found = []
    for island in (ran.unpacked()[0], ran.packed):
        if not remembered:
            island_round._ran_last.clear()
        after, _ = run_island_round(SwingUp(), IslandRound(island, SMALL, 3, inf)).unpacked()
        found.append(after.state())
    assert found[0] == found[1]
    assert found[0].generation == 6


def test_the_deadline_ends_a_leg_between_generations(engine: Engine) -> None:
    past = time.monotonic() - 1
    ran = run_island_round(SwingUp(), IslandRound(Population(SMALL, engine.spec), SMALL, 5, past))
    assert ran.unpacked()[0].generation == 0
    with pytest.raises(TimeoutError):
        IslandRace(SMALL, engine).advance(engine, past)
    soon = time.monotonic() + 0.2
    ran = run_island_round(
        SwingUp(), IslandRound(Population(SMALL, engine.spec), SMALL, 10**9, soon)
    )
    assert ran.unpacked()[0].generation > 0
    assert time.monotonic() < soon + 1


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_found_beyond_the_last_whole_round_is_not_lost(workers: int) -> None:
    """Rounds without end: what islands have done at the deadline is in none of them."""
    endless = SMALL.model_copy(update={"round_generations": 10**6})
    with Engine(SwingUp(), workers) as engine:
        # Workers need time to start.
        engine.map(
            run_island_round, [IslandRound(Population(SMALL, engine.spec), SMALL, 1, inf)] * workers
        )
        race = IslandRace(endless, engine)
        begun = race.state()
        with pytest.raises(TimeoutError):
            race.advance(engine, time.monotonic() + 1)
        assert engine.ready
    rest = race.rest()
    assert len(rest.validated) >= workers
    assert len(rest.members) == len(rest.validated) * SMALL.population
    assert rest.evaluations > len(rest.members)
    assert race.state() == begun
    assert race.rest().evaluations == 0


def test_the_next_race_begins_ahead_with_the_islands_that_it_would_have_anyway(
    engine: Engine,
) -> None:
    """Each race is as one that was restored before it, where nothing had begun ahead."""
    settings = SMALL.model_copy(update={"islands": 4})
    with Engine(SwingUp(), 3) as workers:
        race = IslandRace(settings, workers)
        for _ in range(3 + 6 + 1):
            other = IslandRace(settings, engine)
            other.restore(race.state())
            assert members_of(other.advance(engine, None)) == members_of(
                race.advance(workers, None)
            )
            assert other.state() == race.state()


@pytest.mark.parametrize("generations", [6, 7, 8, 9, 17, 18, 19, 23])
def test_nothing_begins_ahead_that_lies_beyond_the_end(
    generations: int, three_workers: Engine
) -> None:
    """So when a search has all its generations, no worker is busy with another."""
    settings = SMALL.model_copy(update={"islands": 4, "generations": generations})
    race = IslandRace(settings, three_workers)
    while race.generation < generations:
        race.advance(three_workers, None)
    assert three_workers.ready
    assert race.rest().evaluations == 0


def test_a_round_does_not_go_beyond_the_last_generation(engine: Engine) -> None:
    race = IslandRace(SMALL.model_copy(update={"generations": 3}), engine)
    race.advance(engine, None)
    race.advance(engine, None)
    assert race.generation == 3


def test_settings_choose_the_strategy(engine: Engine) -> None:
    assert isinstance(strategy(SMALL, engine), IslandRace)
    assert isinstance(strategy(preset("paper"), engine), OnePopulation)
    with pytest.raises(SettingsError, match="islands need fixed_episodes"):
        Settings(islands=2, generations=1)
