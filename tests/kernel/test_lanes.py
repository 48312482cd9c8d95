"""Every lane width gives the bits of one lane, and rollouts those of a loop over steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from helpers.kernel_builds import SPECIAL, bits
from helpers.networks import networks, random_network
from wann_edge.errors import SettingsError
from wann_edge.evaluate import KernelPolicy, run_episode
from wann_edge.kernel import (
    activate,
    activation_names,
    lanes,
    plant,
    program,
    rollouts_of,
    supported_lanes,
)
from wann_edge.network import Network, with_single_weights
from wann_edge.sims.swingup import SPEC, SwingUp

WIDER = [width for width in supported_lanes() if width > 1]
# Each test sets the environment variable; the examples of one test share it.
SHARED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def start_states(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    """Return starts of short and long episodes: some are close to the ends of the track."""
    sd = rng.choice([0.2, 2.0], (count, 1))
    return (np.array([0, 0, np.pi, 0]) + sd * rng.normal(size=(count, 4))).astype(np.float32)


@pytest.fixture(params=WIDER)
def width(request: pytest.FixtureRequest) -> int:
    """Return each width above 1 that this processor supports."""
    wide: int = request.param
    return wide


@pytest.mark.parametrize("name", activation_names())
def test_activations(name: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(width)
    every_kind = rng.integers(0, 2**32, 20_000, np.uint32).view(np.float32)
    x = np.concatenate([SPECIAL, every_kind, rng.normal(0, 5, 20_001).astype(np.float32)])
    monkeypatch.setenv("WANN_LANES", "1")
    expected = activate(name, x)
    monkeypatch.setenv("WANN_LANES", str(width))
    np.testing.assert_array_equal(bits(activate(name, x)), bits(expected))


@SHARED
@given(network=networks(), count=st.integers(1, 200), seed=st.integers(0, 2**32))
def test_forward(
    width: int, monkeypatch: pytest.MonkeyPatch, network: Network, count: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    seen = rng.normal(0, 10.0 ** rng.integers(-2, 5), (count, len(network.inputs)))
    seen[rng.random(seen.shape) < 0.01] = np.nan
    weights = rng.normal(0, 2, count)
    monkeypatch.setenv("WANN_LANES", "1")
    expected = network.program.forward_with_sums(seen, weights)
    monkeypatch.setenv("WANN_LANES", str(width))
    for got, want in zip(network.program.forward_with_sums(seen, weights), expected, strict=True):
        np.testing.assert_array_equal(bits(got), bits(want))


@SHARED
@given(
    count=st.integers(1, 200),
    max_steps=st.integers(1, 60),
    seed=st.integers(0, 2**32),
    weighted=...,
    own=...,
)
def test_rollouts(
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    max_steps: int,
    seed: int,
    weighted: bool,
    own: bool,
) -> None:
    rng = np.random.default_rng(seed)
    program = random_network(rng, inputs=5, outputs=1, single_weights=weighted).program
    states, weights = start_states(rng, count), rng.normal(0, 2, count)
    edges = rng.normal(0, 2, (count, program.edges)) if own else None
    monkeypatch.setenv("WANN_LANES", "1")
    returns, steps = program.rollouts(plant("swingup"), weights, states, max_steps, edges)
    monkeypatch.setenv("WANN_LANES", str(width))
    wide, lengths = program.rollouts(plant("swingup"), weights, states, max_steps, edges)
    np.testing.assert_array_equal(bits(wide), bits(returns))
    np.testing.assert_array_equal(lengths, steps)


def test_lengths_differ_within_a_batch() -> None:
    """A control of the test above: lanes take new jobs at different times."""
    rng = np.random.default_rng(0)
    program = random_network(rng, inputs=5, outputs=1).program
    states, weights = start_states(rng, 200), rng.normal(0, 2, 200)
    _, steps = program.rollouts(plant("swingup"), weights, states, 60)
    assert len(set(steps.tolist())) > 10


def test_a_job_has_the_same_result_alone_and_in_a_batch() -> None:
    rng = np.random.default_rng(5)
    program = random_network(rng, inputs=5, outputs=1).program
    states, weights = start_states(rng, 130), rng.normal(0, 2, 130)
    returns, steps = program.rollouts(plant("swingup"), weights, states, 300)
    for job in range(0, 130, 13):
        alone = program.rollouts(plant("swingup"), weights[[job]], states[[job]], 300)
        assert (bits(alone[0])[0], alone[1][0]) == (bits(returns)[job], steps[job])


@SHARED
@given(network=networks(inputs=5, outputs=1), count=st.integers(1, 60), seed=st.integers(0, 2**32))
def test_a_job_with_edge_weights_equals_a_network_with_them(
    network: Network, count: int, seed: int
) -> None:
    """Whatever weights the network has."""
    rng, alive = np.random.default_rng(seed), network.without_dead_nodes()
    states, shared = start_states(rng, count), rng.normal(0, 2, count)
    edges = rng.normal(0, 2, (count, len(alive.edges)))
    returns, steps = network.program.rollouts(plant("swingup"), shared, states, 100, edges)
    for job in range(count):
        has_them = with_single_weights(alive, edges[job]).program
        alone = has_them.rollouts(plant("swingup"), shared[[job]], states[[job]], 100)
        assert (bits(alone[0])[0], alone[1][0]) == (bits(returns)[job], steps[job])


@given(st.lists(networks(inputs=5, outputs=1), max_size=5), st.integers(0, 70), st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_programs_have_the_same_results_together_and_alone(
    found: list[Network], count: int, in_chunks: bool
) -> None:
    rng, swingup = np.random.default_rng(count), plant("swingup")
    weights = rng.uniform(-2, 2, count).astype(np.float32)
    states = start_states(rng, count)
    packed = [network.program for network in found]
    with pytest.MonkeyPatch.context() as patch:
        if in_chunks:
            patch.setattr(program, "_CALL_OPERATIONS", 1)
        totals, steps = rollouts_of(packed, swingup, weights, states, 50)
    assert totals.shape == steps.shape == (len(found), count)
    for one, total, length in zip(packed, totals, steps, strict=True):
        alone = one.rollouts(swingup, weights, states, 50)
        assert alone[0].tobytes() == total.tobytes()
        assert alone[1].tobytes() == length.tobytes()


@pytest.mark.parametrize("shape", [(3, 4), (2, 0), (2,)])
def test_edge_weights_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    program = random_network(np.random.default_rng(0), inputs=5, outputs=1).program
    assert program.edges > 4
    with pytest.raises(ValueError, match="edge_weights: shape"):
        program.rollouts(plant("swingup"), [1, 2], np.zeros((2, 4)), 5, np.zeros(shape))


@pytest.mark.parametrize("single_weights", [False, True])
def test_rollouts_equal_the_loop_over_steps(single_weights: bool) -> None:
    rng = np.random.default_rng(11)
    task, seeds, weights = SwingUp(), [3, 4], [-1.5, 0.7, 2.0]
    network = random_network(
        rng, inputs=5, outputs=1, single_weights=single_weights, scaled=single_weights
    )
    batch = task.rollouts(network, weights, seeds)
    world = task.world()
    for w, weight in enumerate(weights):
        policy = KernelPolicy(network, weight)
        for e, seed in enumerate(seeds):
            total, steps = run_episode(policy, world, seed, SPEC.max_steps)
            assert (total, steps) == (batch.returns[w, e], batch.steps[w, e])


def test_the_widest_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANN_LANES", raising=False)
    assert lanes() == max(supported_lanes())
    monkeypatch.setenv("WANN_LANES", "1")
    assert lanes() == 1


@pytest.mark.parametrize("asked", ["2", "0", "-1", "32", "eight", "8.0", " 4", "1e0", "04"])
def test_other_widths_are_refused_in_one_line(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANN_LANES", asked)
    with pytest.raises(SettingsError, match=r"WANN_LANES: .* use one of") as caught:
        activate("linear", [1.0])
    assert "\n" not in str(caught.value)
