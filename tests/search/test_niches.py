"""Niches: the best few networks of each range of complexity stay, and all breed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wann_edge.errors import SettingsError
from wann_edge.search.niches import Niches
from wann_edge.search.population import Population
from wann_edge.search.settings import preset
from wann_edge.sims.swingup import SPEC


class Sized(NamedTuple):
    """A stand-in for a network."""

    complexity: float
    mean: float


MEMBERS = st.lists(st.builds(Sized, st.integers(0, 40), st.integers(-5, 5)), min_size=1)
NICHES = st.builds(Niches, width=st.floats(1, 9), count=st.integers(1, 6), size=st.integers(1, 3))


@given(NICHES, MEMBERS)
def test_a_niche_has_the_best_of_its_range(niches: Niches, members: list[Sized]) -> None:
    ceiling = niches.width * niches.count
    fits = [member for member in members if member.complexity < ceiling]
    best = niches.best(members)
    if not fits:
        assert best == [[min(members, key=lambda member: member.complexity)]]
        return
    numbers = [{int(member.complexity // niches.width) for member in niche} for niche in best]
    assert all(len(number) == 1 for number in numbers)
    assert numbers == sorted(numbers, key=min)
    for niche, (number,) in zip(best, numbers, strict=True):
        inside = {m.mean for m in fits if int(m.complexity // niches.width) == number}
        assert [member.mean for member in niche] == sorted(inside, reverse=True)[: niches.size]


def test_a_population_of_niches_keeps_its_best_and_stays_within_them() -> None:
    niches = {"width": 2.0, "count": 8, "size": 2}
    settings = preset("diverse", population=30, niches=niches, seed=5)
    population, rng = Population(settings, SPEC), np.random.default_rng(0)
    best = -np.inf
    for _ in range(12):
        candidates = population.ask()
        assert len(candidates) <= settings.population
        population.tell([float(len(one.edges) % 5) + rng.uniform() for one in candidates])
        assert population.best.mean >= best
        best = population.best.mean
        assert len(population.members) <= 30 + 8 * 2
    population.ask()
    kept = [member for member in population.members if member.scores]
    assert max(member.complexity for member in kept) < 2 * 8
    assert len({member.complexity // 2 for member in kept}) > 2


def test_niches_need_scores_that_stay() -> None:
    with pytest.raises(SettingsError, match="niches need fixed_episodes"):
        preset("slow", niches={})
