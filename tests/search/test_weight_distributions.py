"""Distributions of weights: moments and bounds, and which draws a seed determines."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from helpers.networks import random_network
from wann_edge.errors import SettingsError
from wann_edge.kernel import Floats
from wann_edge.network import LARGEST, Network, float32
from wann_edge.search.drawn_weights import DrawnWeights, candidate_weights, validation_weights
from wann_edge.search.settings import Settings, preset
from wann_edge.search.weight_distributions import WeightDraws
from wann_edge.system.seeds import Use

COUNT = 4000
QUICK = settings(max_examples=50)
SEEDS = st.integers(0, 2**63)
NUMBERS = st.floats(-100, 100, width=32)


def draws(kind: str, first: float = -2.0, second: float = 2.0, **others: object) -> WeightDraws:
    """Return draws of a distribution with two numbers."""
    names = ("mean", "sd") if kind == "normal" else ("low", "high")
    distribution = {"kind": kind, names[0]: first, names[1]: second}
    return WeightDraws.model_validate({"distribution": distribution, **others})


def many(told: WeightDraws, seed: int) -> NDArray[np.float64]:
    """Return COUNT draws, each by one rollout, in float64."""
    found = DrawnWeights(told.model_copy(update={"count": 10}), seed, Use.CANDIDATE_WEIGHTS, 0)(
        net(5), COUNT // 10
    )
    assert found.dtype == np.float32
    return found.ravel().astype(np.float64)


def net(edges: int) -> Network:
    """Return a network of at least this many connections."""
    made = random_network(np.random.default_rng(0), inputs=edges, hidden=0, outputs=1, density=1.0)
    assert len(made.edges) == edges + 1
    return made


def check(values: NDArray[np.float64], expected: stats.distributions.rv_frozen) -> None:
    """Check mean and variance within 6 standard errors, and the Kolmogorov-Smirnov statistic."""
    mean, variance, kurtosis = (float(m) for m in expected.stats(moments="mvk"))
    assert abs(values.mean() - mean) < 6 * math.sqrt(variance / COUNT)
    spread = variance * math.sqrt((kurtosis + 2) / COUNT)
    assert abs(values.var() - variance) < 6 * spread
    assert stats.kstest(values, expected.cdf).statistic < 3 / math.sqrt(COUNT)


@QUICK
@given(low=NUMBERS, width=st.floats(0.01, 100), seed=SEEDS)
def test_uniform(low: float, width: float, seed: int) -> None:
    high = float32(low + width)
    found = many(draws("uniform", low, high), seed)
    check(found, stats.uniform(low, high - low))
    assert found.min() >= low
    assert found.max() <= high


@QUICK
@given(mean=NUMBERS, sd=st.floats(0.01, 100), seed=SEEDS)
def test_normal(mean: float, sd: float, seed: int) -> None:
    check(many(draws("normal", mean, sd), seed), stats.norm(mean, sd))


@QUICK
@given(low=st.floats(2.0**-7, 8, width=32), ratio=st.floats(1.1, 1000), seed=SEEDS)
def test_log_uniform_of_either_sign(low: float, ratio: float, seed: int) -> None:
    high = float32(low * ratio)
    found = many(draws("log-uniform", low, high), seed)
    check(np.abs(found), stats.loguniform(low, high))
    assert np.abs(found).min() >= low
    assert np.abs(found).max() <= high
    assert abs((found > 0).mean() - 0.5) < 3 / math.sqrt(COUNT)


@QUICK
@given(weights=st.lists(NUMBERS, min_size=1, max_size=10, unique=True), seed=SEEDS)
def test_a_list(weights: list[float], seed: int) -> None:
    told = WeightDraws.model_validate({"distribution": {"kind": "list", "weights": weights}})
    found = many(told, seed)
    shares = [np.mean(found == weight) for weight in weights]
    assert sum(shares) == pytest.approx(1)
    assert np.abs(np.array(shares) - 1 / len(weights)).max() < 3 / math.sqrt(COUNT)


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("uniform", (-LARGEST, LARGEST)),
        ("normal", (LARGEST, LARGEST)),
        ("log-uniform", (2.0**-149, LARGEST)),
    ],
)
def test_the_widest_distributions_are_finite(kind: str, numbers: tuple[float, float]) -> None:
    found = many(draws(kind, *numbers), 1)
    assert np.isfinite(found).all()
    assert (found != 0).all()
    assert len(np.unique(found)) > COUNT / 3


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"distribution": {"kind": "uniform", "low": 1, "high": 1}}, "low: 1 is not below 1"),
        ({"distribution": {"kind": "uniform", "low": 0, "high": 1e39}}, "high: "),
        ({"distribution": {"kind": "uniform", "low": 0}}, "high: is missing"),
        ({"distribution": {"kind": "normal", "mean": 0, "sd": 0}}, "sd: "),
        ({"distribution": {"kind": "normal", "mean": float("nan"), "sd": 1}}, "mean: "),
        ({"distribution": {"kind": "log-uniform", "low": 0, "high": 1}}, "low: 0 is not above 0"),
        ({"distribution": {"kind": "list", "weights": []}}, "weights: "),
        ({"distribution": {"kind": "cauchy"}}, "distribution: "),
        ({}, "distribution: is missing"),
        ({"count": 0}, "count: "),
        ({"per": "day"}, "per: "),
        ({"sampling": "all"}, "sampling: "),
    ],
)
def test_a_wrong_value_is_told_in_one_line(changes: dict[str, object], line: str) -> None:
    known = {"distribution": {"kind": "normal", "mean": 0, "sd": 1}} if changes else {}
    with pytest.raises(SettingsError) as raised:
        preset("paper", draws={**known, **changes})
    assert str(raised.value).startswith(line)
    assert "\n" not in str(raised.value)


def with_draws(**changes: object) -> Settings:
    """Return the paper's settings with uniform draws."""
    names = changes.keys() & WeightDraws.model_fields.keys()
    told = draws("uniform", **{name: changes.pop(name) for name in names})
    return preset("paper", draws=told, **changes)


def drawn_by(settings: Settings, generation: int, edges: int, episodes: int = 3) -> Floats:
    """Return the weights that candidates of a generation receive."""
    weights = candidate_weights(settings, generation)
    assert callable(weights)
    return weights(net(edges), episodes)


@pytest.mark.parametrize(("few", "all_of_them"), [(2, 5), (60, 63), (63, 64), (64, 300)])
@pytest.mark.parametrize("kind", ["uniform", "normal", "log-uniform"])
def test_a_connection_receives_the_same_draws_in_any_network(
    few: int, all_of_them: int, kind: str
) -> None:
    told = draws(kind, 0.5, 2.0, sampling="per-connection", count=4)
    drawn = DrawnWeights(told, 1, Use.CANDIDATE_WEIGHTS, 2)
    small, large = drawn(net(few), 3), drawn(net(all_of_them), 3)
    assert small.shape == (4, 3, few + 1)
    assert large.shape == (4, 3, all_of_them + 1)
    np.testing.assert_array_equal(small, large[..., : few + 1])
    assert len(np.unique(large)) == large.size


def test_a_rollout_has_draws_of_its_own_and_a_generation_keeps_them() -> None:
    rollout = drawn_by(with_draws(count=5), 0, 4)
    assert rollout.shape == (5, 3)
    assert len(np.unique(rollout)) == 15
    kept = candidate_weights(with_draws(count=5, per="generation"), 0)
    assert not callable(kept)
    assert len(set(kept)) == 5
    single = drawn_by(with_draws(count=5, per="generation", sampling="per-connection"), 0, 4)
    assert single.shape == (5, 3, 5)
    assert (single == single[:, :1]).all()
    assert len(np.unique(single)) == 25


@pytest.mark.parametrize("sampling", ["shared", "per-connection"])
def test_generations_seeds_and_uses_have_streams_of_their_own(sampling: str) -> None:
    def found(seed: int, generation: int, **changes: object) -> bytes:
        return drawn_by(
            with_draws(seed=seed, sampling=sampling, **changes), generation, 4
        ).tobytes()

    assert found(1, 2) == found(1, 2)
    assert len({found(1, 2), found(2, 2), found(1, 3)}) == 3
    assert found(1, 2, fixed_episodes=True) == found(1, 3, fixed_episodes=True) == found(1, 0)


def test_validation_has_weights_of_its_own_that_all_episodes_share() -> None:
    shared = with_draws(count=5)
    weights = validation_weights(shared)
    assert not callable(weights)
    assert len(set(weights)) == 5
    assert not set(weights) & set(drawn_by(shared, 0, 4).ravel().tolist())
    assert weights != candidate_weights(with_draws(count=5, per="generation"), 0)
    single = validation_weights(with_draws(count=5, sampling="per-connection"))
    assert callable(single)
    vectors = single(net(4), 3)
    assert (vectors == vectors[:, :1]).all()
    assert len(np.unique(vectors)) == 25


def test_without_draws_it_is_the_list_and_nothing_is_written_of_them() -> None:
    paper = preset("paper")
    assert candidate_weights(paper, 7) == validation_weights(paper) == paper.shared_weights
    assert "draws" not in paper.model_dump_json()
    told = with_draws()
    assert Settings.model_validate_json(told.model_dump_json()) == told
