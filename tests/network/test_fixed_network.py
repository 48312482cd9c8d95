"""Networks in fixed point: formats, exact sums, and the loss of reward."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.fixed_networks import any_words, biped, champion, fixed_of
from helpers.fixed_oracle import walk
from helpers.networks import networks, random_network
from wann_edge.errors import NetworkError
from wann_edge.evaluate import PAPER_WEIGHTS, score
from wann_edge.fixed_point.precision import compare, in_fixed_point
from wann_edge.fixed_point.ranges import (
    Ranges,
    drawn_observations,
    measured_ranges,
    weights_of_interest,
)
from wann_edge.kernel import Floats, Integers, plant
from wann_edge.network import Input, Network, Output, float32, named_channels
from wann_edge.network.fixed_network import FixedNetwork, quantise
from wann_edge.network.number_formats import WORDS
from wann_edge.sims.swingup import SwingUp


@settings(max_examples=40)
@given(networks(), st.sampled_from(list(WORDS)), st.integers(0, 2**32))
def test_the_walk_equals_the_oracle_and_never_overflows(
    network: Network, dtype: str, seed: int
) -> None:
    fixed = fixed_of(network, dtype)
    observations, weights = any_words(fixed, 20, seed)
    found = fixed.program.walk(observations, weights)
    for row, weight, got in zip(observations, weights, found, strict=True):
        assert walk(fixed, row.tolist(), int(weight)) == got.tolist()


@settings(max_examples=40)
@given(networks(), st.sampled_from(list(WORDS)), st.integers(0, 2**32))
def test_floats_go_through_the_same_walk(network: Network, dtype: str, seed: int) -> None:
    fixed = fixed_of(network, dtype)
    observations, weights = any_words(fixed, 20, seed)
    # A float32 represents these words exactly, and they do not saturate.
    observations, weights = (
        words >> 9 if dtype == "q31" else words for words in (observations, weights)
    )
    observations, weights = np.maximum(observations, -32767), np.maximum(weights, -32767)
    plain = replace(fixed, inputs=tuple(replace(c, offset=0.0, scale=1.0) for c in fixed.inputs))
    seen = observations * np.exp2(-np.array(fixed.input_bits, np.float64))
    shared = weights * 2.0**-fixed.weight_bits
    actions = plain.program.forward(seen.astype(np.float32), shared.astype(np.float32))
    expected = physical(fixed, fixed.program.walk(observations, weights))
    np.testing.assert_array_equal(actions, expected)


def physical(fixed: FixedNetwork, words: Integers) -> Floats:
    """Return the actions of words, float32 [n, outputs], each operation rounded."""
    columns = []
    for output, bits, column in zip(fixed.outputs, fixed.output_bits, words.T, strict=True):
        value = column.astype(np.float32) * np.float32(output.scale * 2.0**-bits)
        columns.append(value + np.float32(output.offset) if output.offset else value)
    return np.array(columns, np.float32).T


@settings(max_examples=40)
@given(networks(), st.sampled_from(list(WORDS)), st.integers(0, 2**32))
def test_observations_become_the_kernels_words(network: Network, dtype: str, seed: int) -> None:
    fixed = fixed_of(network, dtype)
    rng = np.random.default_rng(seed)
    seen = rng.normal(0, 10.0 ** rng.integers(-3, 9), (30, len(network.inputs)))
    weights = np.full(30, network.shared_weight, np.float32)
    own = np.full(30, fixed.weight_word(network.shared_weight), np.int32)
    words = fixed.program.walk(fixed.words(seen), own)
    expected = physical(fixed, words)
    np.testing.assert_array_equal(fixed.program.forward(seen, weights), expected)
    np.testing.assert_array_equal(fixed.actions(words), expected)
    for output, column in zip(fixed.outputs, expected.T, strict=True):
        assert ((output.low <= column) & (column <= output.high)).all()


@pytest.mark.parametrize("dtype", WORDS)
def test_words_are_the_nearest_numbers_and_halves_round_away_from_0(dtype: str) -> None:
    """Also where adding half a unit gives no float32: from 2^23 on, and just below a half."""
    plain = Network((Input("x"),), (Output("y"),), ("linear",), ((1, 2),))
    fixed = replace(fixed_of(plain, dtype), input_bits=(0,))
    edges = [0.5, np.nextafter(np.float32(0.5), np.float32(0)), 1.5, 2.5, 8388609, 15647297]
    x = np.array([*edges, *np.random.default_rng(1).uniform(0, 2e7, 2000)], np.float32)
    x = np.concatenate([x, -x])
    most = 32767 if dtype == "q15" else 2147483520
    exact = [math.floor(abs(float(one)) + 0.5) for one in x]
    expected = np.copysign(np.minimum(exact, most), x).astype(np.int64)
    np.testing.assert_array_equal(fixed.words(x[:, np.newaxis])[:, 0], expected)
    shared = np.array([fixed.weight_word(1.0)] * len(x), np.int32)
    np.testing.assert_array_equal(
        fixed.program.forward(x[:, np.newaxis], np.ones(len(x), np.float32)),
        (
            fixed.program.walk(expected[:, np.newaxis].astype(np.int32), shared)
            * 2.0 ** -fixed.output_bits[0]
        ).astype(np.float32),
    )


@settings(max_examples=60)
@given(networks(), st.integers(0, 2**32))
def test_wide_words_are_near_floats(network: Network, seed: int) -> None:
    """Except for steps, whose rounded argument may cross 0, and for steep networks."""
    smooth = tuple(
        "tanh" if name in {"step", "sin", "cos"} else name for name in network.activations
    )
    network = replace(network, activations=smooth)
    seen = drawn_observations(network, np.random.default_rng(seed))[:50]
    weights = np.full(len(seen), network.shared_weight, np.float32)
    exact = network.program.forward(seen, weights)
    found = fixed_of(network, "q31").program.forward(seen, weights)
    assert np.abs(found - exact).max() < 1e-4


@pytest.mark.parametrize("dtype", WORDS)
def test_an_observation_that_is_not_finite_gives_the_safe_action(dtype: str) -> None:
    network = random_network(np.random.default_rng(3))
    fixed = fixed_of(network, dtype)
    seen = np.zeros((3, 3), np.float32)
    seen[[0, 1, 2], [0, 1, 2]] = np.nan, np.inf, -np.inf
    safe = [[output.safe for output in network.outputs]] * 3
    np.testing.assert_array_equal(fixed.program.forward(seen, [1.0] * 3), np.float32(safe))


def test_a_fixed_network_survives_pickling() -> None:
    fixed = fixed_of(random_network(np.random.default_rng(6), single_weights=True), "q31")
    again = pickle.loads(pickle.dumps(fixed))
    assert again == fixed
    seen = drawn_observations(fixed, np.random.default_rng(0))
    weights = np.ones(len(seen), np.float32)
    expected = fixed.program.forward(seen, weights)
    np.testing.assert_array_equal(again.program.forward(seen, weights), expected)


def test_drawn_edge_weights_are_refused() -> None:
    made = random_network(np.random.default_rng(7), inputs=5, outputs=1)
    program = fixed_of(made, "q15").program
    drawn = np.ones((2, program.edges))
    with pytest.raises(ValueError, match="formats of a fixed-point network fit its own weights"):
        program.rollouts(plant("swingup"), [1.0, 1.0], np.zeros((2, 4)), 10, drawn)


@pytest.mark.parametrize("dtype", WORDS)
def test_sums_are_the_arguments_of_activations(dtype: str) -> None:
    network = replace(random_network(np.random.default_rng(4), hidden=3), shared_weight=0.75)
    network = replace(network, activations=("tanh",) * len(network.activations))
    seen = drawn_observations(network, np.random.default_rng(0))[:40] * np.float32(0.5)
    weights = np.full(len(seen), 0.75, np.float32)
    _, exact = network.program.forward_with_sums(seen, weights)
    _, found = fixed_of(network, dtype).program.forward_with_sums(seen, weights)
    assert np.abs(found - exact).max() < (2e-3 if dtype == "q15" else 1e-6)


def test_actions_stay_within_bounds_between_words() -> None:
    inputs, outputs = named_channels(1, 2)
    outputs = (
        Output("a", low=float32(-0.1), high=float32(0.1)),
        Output("b", low=0.3, high=0.3, safe=0.3),
    )
    network = Network(inputs, outputs, ("linear", "linear"), ((1, 2), (1, 3)))
    for dtype in WORDS:
        found = fixed_of(network, dtype).program.forward([[-9.0], [0.0], [9.0]], [1.0] * 3)
        assert np.all(np.abs(found[:, 0]) <= np.float32(0.1))
        np.testing.assert_allclose(found[:, 0], [-0.1, 0, 0.1], atol=1e-4)
        np.testing.assert_allclose(found[:, 1], 0.3, atol=1e-4)


def test_too_large_numbers_are_refused_for_small_words() -> None:
    inputs, outputs = named_channels(1, 1)
    network = Network((replace(inputs[0], low=-1e6, high=1e6),), outputs, ("sin",), ((1, 2),))
    with pytest.raises(NetworkError, match=r"nodes\[0\]: .* too large for 16-bit words; use --dty"):
        fixed_of(network, "q15")
    assert fixed_of(network, "q31").formats
    chosen, _ = in_fixed_point(network, "auto", None)
    assert chosen.dtype == "q31"


def test_formats_follow_the_measured_ranges() -> None:
    """The formats follow the ranges: half the range gives one bit more."""
    network = random_network(np.random.default_rng(5))
    ranges = measured_ranges(network, None)
    half = Ranges(
        ranges.weight,
        *([x / 2 for x in part] for part in (ranges.inputs, ranges.sums, ranges.arguments)),
    )
    pairs = zip(
        quantise(network, ranges, "q15").input_bits,
        quantise(network, half, "q15").input_bits,
        strict=True,
    )
    assert all(fine == coarse + 1 for coarse, fine in pairs)


@pytest.mark.parametrize("tuned", [False, True])
def test_the_champion_keeps_its_reward_in_16_bits(data: Path, tuned: bool) -> None:
    network = champion(data, tuned=tuned)
    fixed, found = in_fixed_point(network, "auto", SwingUp())
    assert (fixed.dtype, found.ok, found.episodes) == ("q15", True, 100)
    assert found.loss <= 0.02
    assert found.interval is not None
    low, high = found.interval
    assert low <= found.fixed_reward - found.float_reward <= high
    weights = weights_of_interest(network)[1:]
    if weights:
        assert weights == PAPER_WEIGHTS
        ours = score(network, SwingUp(), weights, 100, 1).mean_of_weights
        theirs = score(fixed, SwingUp(), weights, 100, 1).mean_of_weights
        assert abs(theirs - ours) <= 0.02 * ours


def test_the_bipeds_actions_agree(data: Path) -> None:
    """Over random observations within the bounds."""
    network = biped(data)
    fixed, found = in_fixed_point(network, "auto", None)
    assert (fixed.dtype, found.ok) == ("q15", True)
    assert found.loss < 1e-3
    _, wide = in_fixed_point(network, "q31", None)
    assert wide.loss < 1e-6


def test_rewards_are_those_of_the_same_episodes(data: Path) -> None:
    network = champion(data)
    fixed = quantise(network, measured_ranges(network, SwingUp()), "q15")
    found = compare(network, fixed, SwingUp(), 20, 3, 0.02)
    assert found.float_reward == score(network, SwingUp(), [1.0], 20, 3).per_weight[0].mean
    assert found.fixed_reward == score(fixed, SwingUp(), [1.0], 20, 3).per_weight[0].mean
    assert found.difference == pytest.approx(found.fixed_reward - found.float_reward)


def test_a_loss_is_detected_and_auto_chooses_wider_words(data: Path) -> None:
    """A control: ranges of a hundredth of the true ones saturate everything."""
    network, task = champion(data), SwingUp()
    ranges = measured_ranges(network, task)
    tiny = replace(ranges, sums=tuple(x / 100 for x in ranges.sums))
    found = compare(network, quantise(network, tiny, "q15"), task, 10, 0, 0.02)
    assert found.loss > 0.02
    assert not found.ok
    fixed, cost = in_fixed_point(network, "auto", task, max_loss=-1.0)
    assert (fixed.dtype, cost.ok) == ("q31", False)
