"""ONNX models in two engines, compared with the kernel and the float64 oracle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx.reference import ReferenceEvaluator

from helpers import oracle
from helpers.networks import networks, random_network
from wann_edge.evaluate import KernelPolicy
from wann_edge.exporters import export
from wann_edge.kernel import activation_names
from wann_edge.network import LARGEST, Network, Output, named_channels
from wann_edge.network.published import read_published
from wann_edge.sims.swingup import SPEC, SwingUp

Floats = NDArray[np.float32]

# Permitted error of an engine's tanh, sine or exponential; test_activation_alone checks it.
ACTIVATION_ERROR = 1e-6

BATCHES = (1, 1024)


def in_onnxruntime(network: Network, observations: Floats, weight: float | None = None) -> Floats:
    """Return the actions of onnxruntime on the CPU; the shared weight is passed only if given."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3  # it warns about each default that a caller may override
    content = export(network, "onnx", weight_input=weight is not None)
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    feeds = {"observation": observations}
    if weight is not None:
        feeds["shared_weight"] = np.array([weight], np.float32)
    actions: Floats = session.run(["action"], feeds)[0]
    return actions


def in_reference(network: Network, observations: Floats, weight: float) -> Floats:
    """Return the actions of the onnx package's reference evaluator, which uses numpy."""
    evaluator = ReferenceEvaluator(
        onnx.load_from_string(export(network, "onnx", weight_input=True))
    )
    with np.errstate(all="ignore"):  # numpy warns about results that IEEE arithmetic defines
        feeds = {"observation": observations, "shared_weight": np.array([weight], np.float32)}
        actions: Floats = np.asarray(evaluator.run(["action"], feeds))[0]
    return actions


def in_kernel(network: Network, observations: Floats, weight: float) -> Floats:
    """Return the kernel's actions."""
    return network.program.forward(observations, np.full(len(observations), weight, np.float32))


def with_exact_activations(network: Network) -> Network:
    """Replace each activation by one that does not round."""
    kinds = (oracle.EXACT[activation_names().index(a) % 5] for a in network.activations)
    return replace(network, activations=tuple(kinds))


def single_node(kind: str) -> Network:
    """Return a network with one input, one output and one edge."""
    return Network(*named_channels(1, 1), (kind,), ((1, 2),))


def observations(network: Network, seed: int, count: int) -> Floats:
    """Return standard normal observations [count, inputs]."""
    shape = (count, len(network.inputs))
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.fixture(scope="module", autouse=True)
def engines_error() -> Iterator[None]:
    """Let the oracle use the engines' error of activations in place of the kernel's."""
    kernels = oracle.contract
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(oracle, "contract", lambda y: np.maximum(kernels(y), ACTIVATION_ERROR))
        yield


@given(st.integers(0, 2**32 - 1), st.booleans(), st.sampled_from((-2.0, -1.0, 0.5, 1.0)))
@settings(max_examples=60)
def test_whole_numbers_give_the_kernels_numbers(
    seed: int, single_weights: bool, weight: float
) -> None:
    """Sums of small whole numbers are exact in any order, so no tolerance is needed."""
    rng = np.random.default_rng(seed)
    exact = with_exact_activations(
        random_network(rng, inputs=4, hidden=4, outputs=2, density=0.7, scaled=False)
    )
    exact = replace(exact, outputs=named_channels(1, 2)[1])
    if single_weights:
        exact = replace(exact, weights=tuple(map(float, rng.integers(-3, 4, len(exact.edges)))))
    seen = rng.integers(-8, 9, (9, 4)).astype(np.float32)
    expected = in_kernel(exact, seen, weight)
    for actions in (in_onnxruntime, in_reference):
        np.testing.assert_array_equal(actions(exact, seen, weight), expected)


@given(networks(), st.integers(0, 2**32 - 1), st.floats(-2, 2, width=32))
@settings(max_examples=40)
def test_near_the_oracle(network: Network, seed: int, weight: float) -> None:
    """Within the oracle's running error bound; near 0 a step may give either value."""
    seen = observations(network, seed, 4)
    near = [oracle.forward(network, row.tolist(), weight)[1] for row in seen]
    value = np.array([[output.value for output in row] for row in near])
    error = np.array([[output.error for output in row] for row in near])
    for actions in (in_onnxruntime, in_reference):
        assert np.all(np.abs(actions(network, seen, weight) - value) <= error)


@pytest.mark.parametrize("batch", BATCHES)
def test_near_the_kernel(batch: int) -> None:
    """The bounds are tight: nine in ten are below 1e-3."""
    tight = []
    for seed in range(8):
        network = random_network(np.random.default_rng(seed), inputs=5, hidden=12, scaled=True)
        seen = observations(network, seed, batch)
        actions, expected = in_onnxruntime(network, seen, 0.5), in_kernel(network, seen, 0.5)
        for row in range(0, batch, 64):
            near = oracle.forward(network, seen[row].tolist(), 0.5)[1]
            # Each may be off by the bound, in opposite directions.
            bound = np.array([2 * output.error for output in near])
            assert np.all(np.abs(actions[row] - expected[row]) <= bound)
            tight += list(bound < 1e-3)
    assert np.mean(tight) > 0.9


@pytest.mark.parametrize("weight", [-2.0, 0.5, 1.0])
def test_the_published_champion_in_its_world(data: Path, weight: float) -> None:
    """Over one episode, within the oracle's bound."""
    champion = data / "wann-release" / "champions" / "swing.out"
    network = read_published(champion, 5, 1, task=SPEC)
    world, policy = SwingUp().world(), KernelPolicy(network, weight)
    path = [world.reset(1)]
    for _ in range(400):
        path.append(world.step(policy.act(path[-1]))[0])
    seen = np.array(path[::8], np.float32)
    near = [oracle.forward(network, row.tolist(), weight)[1][0] for row in seen]
    for actions in (in_onnxruntime, in_kernel):
        found = zip(actions(network, seen, weight)[:, 0], near, strict=True)
        assert all(abs(action - output.value) <= output.error for action, output in found)


@pytest.mark.parametrize("kind", activation_names())
def test_activation_alone(kind: str) -> None:
    network = single_node(kind)
    x = np.concatenate(
        [
            np.linspace(-20, 20, 40_001),
            np.arange(-64, 65) / 2,
            *(sign * np.geomspace(1e-30, 1e30, 2000) for sign in (-1, 1)),
            *(sign * 2.0**22 + np.arange(-40, 40) / 2 for sign in (-1, 1)),
        ]
    ).astype(np.float32)[:, np.newaxis]
    expected = in_kernel(network, x, 1.0)
    tolerance = 0.0 if kind in oracle.EXACT else ACTIVATION_ERROR
    for actions in (in_onnxruntime(network, x), in_reference(network, x, 1.0)):
        np.testing.assert_allclose(actions, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("kind", activation_names())
@pytest.mark.parametrize("seen", [(1, 1, -1, -1), (1, 1, 0, 0), (-1, -1, 0, 0)])
def test_overflow_inside_gives_the_safe_action(kind: str, seen: tuple[int, ...]) -> None:
    """A hidden sum of 6.8e38 exceeds float32; the action is safe, whatever follows."""
    inputs, _ = named_channels(4, 1)
    edges = ((1, 5), (2, 5), (3, 6), (4, 6), (5, 7), (6, 7), (7, 8))
    outputs = (Output("y", safe=0.25),)
    network = Network(inputs, outputs, ("linear", "linear", kind, "linear"), edges)
    row = np.array([seen], np.float32) * np.float32(LARGEST)
    for actions in (in_onnxruntime(network, row), in_reference(network, row, 1.0)):
        assert actions == 0.25


@pytest.mark.parametrize("kind", ["sin", "cos", "gauss", "sigmoid"])
def test_step_after_a_zero(kind: str) -> None:
    """If the kernel gives 0, so must the engine, because a following step would jump."""
    inputs, outputs = named_channels(1, 1)
    network = Network(inputs, outputs, (kind, "step"), ((1, 2), (2, 3)))
    whole = np.arange(-9, 10)
    far = {"sin": whole, "cos": whole + 0.5, "gauss": [-40, -8, 8, 40], "sigmoid": [-40, -20]}
    x = np.array(far[kind], np.float32)[:, np.newaxis]
    for actions in (in_onnxruntime, in_reference, in_kernel):
        np.testing.assert_array_equal(actions(network, x, 1.0), np.zeros_like(x))


@given(networks(), st.integers(0, 2**32 - 1), st.sampled_from((math.nan, math.inf, -math.inf)))
@settings(max_examples=30)
def test_safe_action_where_an_observation_is_not_finite(
    network: Network, seed: int, fault: float
) -> None:
    seen = observations(network, seed, 6)
    before = in_onnxruntime(network, seen)
    seen[2, seed % len(network.inputs)] = fault
    safe = [channel.safe for channel in network.outputs]
    after = in_onnxruntime(network, seen)
    np.testing.assert_array_equal(after[2], np.array(safe, np.float32))
    np.testing.assert_array_equal(np.delete(after, 2, 0), np.delete(before, 2, 0))


@given(networks(), st.integers(0, 2**32 - 1), st.sampled_from((1e30, LARGEST)))
@settings(max_examples=30)
def test_extreme_observations_give_actions_in_bounds(
    network: Network, seed: int, size: float
) -> None:
    seen = np.sign(observations(network, seed, 8)) * np.float32(size)
    actions = in_onnxruntime(network, seen)
    low, high = network.outputs[0].low, network.outputs[0].high
    assert np.all((actions >= low) & (actions <= high))


def test_shared_weight_has_a_default() -> None:
    network = replace(single_node("linear"), shared_weight=-0.75)
    seen = np.array([[2.0]], np.float32)
    assert in_onnxruntime(network, seen) == -1.5
    assert in_onnxruntime(network, seen, 3.0) == 6.0


def test_no_rows() -> None:
    network = random_network(np.random.default_rng(3), inputs=4, outputs=3)
    assert in_onnxruntime(network, np.empty((0, 4), np.float32)).shape == (0, 3)


@pytest.mark.parametrize("kind", activation_names())
def test_without_edges(kind: str) -> None:
    network = replace(single_node(kind), edges=())
    expected = oracle.DEFINITIONS[kind](np.zeros(1))
    assert in_onnxruntime(network, np.ones((1, 1), np.float32)) == expected
