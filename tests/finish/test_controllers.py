"""Which controller is handed over, and in which order runs go on, for all measurements."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wann_edge.exporters.cost.estimator import Estimate
from wann_edge.finish.controllers import RatedController, best_of, chosen, front_of
from wann_edge.finish.race import TunedRun, best_first
from wann_edge.network import Network
from wann_edge.robustness.fresh import Fresh
from wann_edge.sims.swingup import SPEC
from wann_edge.tune.core import CmaEsRun

EPISODES = 20


class Case(NamedTuple):
    """What a controller was measured to be."""

    connections: int
    plain: float
    disturbed: float
    held: int


CASES = st.lists(
    st.builds(
        Case,
        connections=st.integers(1, 6),
        plain=st.floats(-100, 1000),
        disturbed=st.floats(-100, 1000),
        held=st.integers(0, EPISODES),
    ),
    min_size=1,
    max_size=8,
)


def network(connections: int) -> Network:
    """Return a network of one to six connections."""
    edges = tuple((source, 6) for source in range(connections))
    return Network(SPEC.inputs, SPEC.outputs, ("linear",), edges, task="swingup")


def fresh(mean: float, held: int) -> Fresh:
    """Return episodes of this mean return."""
    returns = np.full(EPISODES, mean, np.float32)
    return Fresh(returns, range(EPISODES), np.arange(EPISODES) < held)


def rated(case: Case) -> RatedController:
    """Return a controller of these measurements."""
    return RatedController(
        origin="front, tuned",
        network=network(case.connections),
        plain=fresh(case.plain, case.held),
        disturbed=fresh(case.disturbed, EPISODES),
        cost=Estimate(10.0, 10.0 * case.connections),
    )


@given(CASES, st.sampled_from([0.0, 0.01, 0.2]))
def test_the_chosen_one_is_as_good_as_the_best_and_no_smaller_one_is(
    cases: list[Case], within: float
) -> None:
    all_rated = [rated(case) for case in cases]
    best = best_of(all_rated)
    assert best.value == max((one.plain.mean + one.conditions[1].mean) / 2 for one in all_rated)
    near = [
        one
        for one in all_rated
        if all(
            mine.mean >= theirs.mean - within * abs(theirs.mean)
            for mine, theirs in zip(one.conditions, best.conditions, strict=True)
        )
    ]
    most = max(one.held for one in near)
    one = chosen(all_rated, within)
    assert any(one is other for other in near)
    assert one.held >= most - within * EPISODES
    for other in near:
        if other.connections < one.connections:
            assert other.held < most - within * EPISODES


@given(CASES)
def test_the_front_has_what_no_smaller_controller_equals(cases: list[Case]) -> None:
    all_rated = [rated(case) for case in cases]
    front = front_of(all_rated)
    for one in all_rated:
        beaten = any(
            other.connections <= one.connections and other.value >= one.value
            for other in all_rated
            if (other.connections, -other.value) != (one.connections, -one.value)
        )
        twin = any((o.connections, o.value) == (one.connections, one.value) for o in front)
        assert twin is not beaten


@given(CASES, st.sampled_from([0.0, 0.01, 0.2]))
def test_runs_that_are_nearly_the_best_go_on_by_size(cases: list[Case], within: float) -> None:
    run = CmaEsRun(np.zeros(2), 1.0, 0)
    runs = [TunedRun(network(case.connections), run, case.plain) for case in cases]
    best = max(one.value for one in runs)
    order = best_first(runs, within)
    equal = [one for one in order if one.value >= best - within * abs(best)]
    assert order[: len(equal)] == equal
    assert [len(one.network.edges) for one in equal] == sorted(len(e.network.edges) for e in equal)
    rest = [one.value for one in order[len(equal) :]]
    assert rest == sorted(rest, reverse=True)


def test_a_controller_that_holds_less_is_not_chosen_for_its_size() -> None:
    small, large = Case(2, 900, 900, 10), Case(5, 900, 900, 20)
    assert chosen([rated(small), rated(large)], 0.01).connections == 5
    assert chosen([rated(small._replace(held=20)), rated(large)], 0.01).connections == 2
