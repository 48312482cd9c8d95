"""NSGA-II against its definitions, written as loops over pairs."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from wann_edge.search.ranking import Objectives, crowding, fronts, ranked

# Few whole numbers make ties and equals; any float makes the rest.
values = st.one_of(
    st.integers(-3, 3).map(float), st.floats(-1e6, 1e6, allow_subnormal=False, width=32)
)
objectives = st.tuples(st.integers(1, 24), st.just(2)).flatmap(
    lambda shape: arrays.arrays(np.float64, shape, elements=values)
)


def dominates(a: list[float], b: list[float]) -> bool:
    return all(x >= y for x, y in zip(a, b, strict=True)) and a != b


def peeled(rows: list[list[float]]) -> list[int]:
    """Return fronts by repeatedly removing those that no remaining one dominates."""
    front = [-1] * len(rows)
    left, number = set(range(len(rows))), 0
    while left:
        best = {i for i in left if not any(dominates(rows[j], rows[i]) for j in left)}
        for i in best:
            front[i] = number
        left, number = left - best, number + 1
    return front


def textbook_crowding(rows: list[list[float]], front: list[int]) -> list[float]:
    """Return the crowding distance as in the paper's listing, front by front."""
    distance = [0.0] * len(rows)
    for number in set(front):
        members = [i for i in range(len(rows)) if front[i] == number]
        for k in range(len(rows[0])):
            members.sort(key=lambda i: (rows[i][k], i))
            span = rows[members[-1]][k] - rows[members[0]][k]
            distance[members[0]] = distance[members[-1]] = math.inf
            for before, i, after in zip(members, members[1:], members[2:], strict=False):
                distance[i] += (rows[after][k] - rows[before][k]) / span if span > 0 else 0.0
    return distance


def published_crowding(rows: list[list[float]], front: list[int]) -> list[float]:
    """Return the crowding distance as in the published code, with its error, front by front."""
    distance = [0.0] * len(rows)
    for number in set(front):
        members = [i for i in range(len(rows)) if front[i] == number]
        for k in range(len(rows[0])):
            members.sort(key=lambda i: (rows[i][k], i))
            low, high = rows[members[0]][k], rows[members[-1]][k]
            slip = abs((1 / high if high else 0.0) - low)
            distance[members[0]] = distance[members[-1]] = math.inf
            for before, i, after in zip(members, members[1:], members[2:], strict=False):
                distance[i] += (rows[after][k] - rows[before][k]) * slip
    return distance


@given(objectives)
def test_fronts_are_those_of_the_definition(found: Objectives) -> None:
    assert fronts(found).tolist() == peeled(found.tolist())


@given(objectives)
def test_crowding_is_that_of_the_textbook(found: Objectives) -> None:
    front = fronts(found)
    expected = textbook_crowding(found.tolist(), front.tolist())
    # Both add the same quotients in the same order: equal to the bit.
    assert crowding(found, front).tolist() == expected


@given(objectives)
def test_published_crowding_is_that_of_the_published_code(found: Objectives) -> None:
    front = fronts(found)
    expected = published_crowding(found.tolist(), front.tolist())
    assert crowding(found, front, published=True).tolist() == expected


def test_published_crowding_lets_reward_outweigh_size() -> None:
    rewards, sizes = [300.0, 305.0, 500.0, 600.0], [2, 20, 21, 40]
    front = np.array([[reward, 1 / size] for reward, size in zip(rewards, sizes, strict=True)])
    assert ranked(front)[2:].tolist() == [1, 2]
    assert ranked(front, published=True)[2:].tolist() == [2, 1]


@given(objectives)
def test_the_order_is_by_front_then_by_crowding(found: Objectives) -> None:
    order = ranked(found).tolist()
    front = peeled(found.tolist())
    distance = textbook_crowding(found.tolist(), front)
    assert order == sorted(range(len(front)), key=lambda i: (front[i], -distance[i], i))


def test_a_chain_of_fronts_and_a_single_front() -> None:
    chain = np.array([[i, i] for i in range(50)], np.float64)
    assert ranked(chain).tolist() == list(range(49, -1, -1))
    flat = np.array([[i, -i] for i in range(50)], np.float64)
    assert not fronts(flat).any()
    assert set(ranked(flat)[:2].tolist()) == {0, 49}
