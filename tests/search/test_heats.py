"""Heats: a candidate that falls behind all others of its niche runs no more episodes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.networks import random_network
from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.search.heats import ends_of, run_heats
from wann_edge.search.population import Population
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset
from wann_edge.search.strategy import OnePopulation
from wann_edge.sims.swingup import SPEC
from wann_edge.task import Rollouts

EPISODES = 13
ANY = random_network(np.random.default_rng(0))
RESULTS = ("champion.json", "pareto.json")


def settings(**changes: object) -> Settings:
    few = {"population": 12, "episodes": 6, "shared_weights": (1.5, -1.0), "generations": 24}
    niches = {"width": 8.0, "count": 4, "size": 2}
    some = {"niches": niches, "first_heat": 1, "islands": 2, "seed": 3, "validation_episodes": 4}
    return preset("diverse", **{**few, **some, "time_limit_s": None, **changes})


@pytest.mark.parametrize(
    ("first", "episodes", "ends"),
    [(3, 24, (3, 6, 12, 24)), (5, 8, (5, 8)), (8, 8, (8,)), (9, 8, (8,)), (None, 8, (8,))],
)
def test_each_heat_doubles_the_episodes(
    first: int | None, episodes: int, ends: tuple[int, ...]
) -> None:
    assert ends_of(first, episodes) == ends


@given(st.integers(0, 2**32 - 1), st.integers(0, 9), st.integers(1, EPISODES))
def test_candidates_that_keep_up_run_all_heats_and_others_stop(
    seed: int, count: int, first: int
) -> None:
    rng = np.random.default_rng(seed)
    returns = rng.normal(0, 1, (count, 2, EPISODES)).astype(np.float32)
    steps = rng.integers(1, 9, returns.shape, np.int32)
    ends = ends_of(first, EPISODES)
    levels = rng.normal(-0.3, 0.3, (count, len(ends) - 1))
    bars = [() if i % 4 == 0 else tuple(level) for i, level in enumerate(levels.tolist())]
    candidates = [ANY] * count
    left = list(range(count))
    spent = 0

    def run(some: Sequence[Network], begin: int, end: int) -> list[Rollouts]:
        nonlocal left, spent
        # Those asked for are those that have kept up so far, worked out anew from the start.
        left = [
            i
            for i in range(count)
            if not bars[i]
            or all(
                returns[i, :, :before].mean(dtype=np.float64) >= bar
                for before, bar in zip(ends, bars[i], strict=False)
                if before <= begin
            )
        ]
        assert len(some) == len(left)
        assert (begin, end) in pairwise((0, *ends))
        spent += int(steps[left][..., begin:end].sum())
        return [Rollouts(returns[i][:, begin:end], steps[i][:, begin:end]) for i in left]

    found = run_heats(candidates, bars, ends, run)
    assert list(found.finished) == left
    assert found.steps == spent
    for i, result, means in zip(left, found.results, found.means, strict=True):
        np.testing.assert_array_equal(result.returns, returns[i])
        np.testing.assert_array_equal(result.steps, steps[i])
        expected = [returns[i, :, :end].mean(dtype=np.float64) for end in ends[:-1]]
        assert means == tuple(expected)


def test_the_bar_is_the_lowest_of_a_niche_that_is_full() -> None:
    population, rng = Population(settings(islands=1), SPEC), np.random.default_rng(0)
    asked: list[bool] = []
    for _ in range(8):
        candidates = population.ask()
        bars = population.bars()
        held = {m.mean: m for m in population.members if m.scores}.values()
        for network, bar in zip(candidates, bars, strict=True):
            niche = [m.heats for m in held if m.complexity // 8 == len(network.edges) // 8]
            assert bar == (tuple(np.min(niche, axis=0)) if len(niche) == 2 else ())
        asked += map(bool, bars)
        means = rng.random((len(candidates), 3))
        population.tell(rng.random(len(candidates)), list(map(tuple, means.tolist())))
    assert 0.2 < np.mean(asked) < 0.9


def test_a_candidate_that_falls_behind_leaves_the_population() -> None:
    population = Population(settings(islands=1), SPEC)
    first = population.ask()
    population.give_up([0, 3])
    assert population.ask() == [first[0], first[3]]
    population.tell([1.0, 2.0])
    assert [member.mean for member in population.members] == [1.0, 2.0]


def test_episodes_are_saved_and_all_that_stay_ran_all_of_theirs() -> None:
    with Engine("swingup") as engine:
        few, all_of_them = (
            OnePopulation(settings(islands=1, first_heat=n), engine) for n in (1, 6)
        )
        steps = [
            sum(one.advance(engine, None).steps for _ in range(12)) for one in (few, all_of_them)
        ]
        members = few.advance(engine, None).members
    assert steps[0] < 0.8 * steps[1]
    assert all(len(member.heats) == 3 for member in members)


@pytest.mark.parametrize("islands", [1, 2])
def test_neither_workers_nor_a_break_change_what_is_found(islands: int, tmp_path: Path) -> None:
    whole = settings(islands=islands)
    run_search("swingup", whole, tmp_path / "one")
    changes = {"workers": 2, "generations": 16}
    run_search("swingup", whole.model_copy(update=changes), tmp_path / "two")
    run_search("swingup", whole.model_copy(update={"workers": 2}), tmp_path / "two", resume=True)
    for name in RESULTS:
        one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
        assert one == two


@pytest.mark.parametrize(
    "changes",
    [{"niches": None}, {"draws": {"distribution": {"kind": "uniform", "low": 1, "high": 2}}}],
)
def test_heats_need_niches_and_a_list_of_weights(changes: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match="heats need niches"):
        settings(**changes)
