"""Networks: validation, dead nodes and derived forms."""

from __future__ import annotations

import dataclasses
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.networks import networks, random_network
from wann_edge.errors import NetworkError
from wann_edge.kernel import Floats, Links, Program, Wires
from wann_edge.network import (
    MAX_EDGES,
    MAX_NODES,
    Input,
    Network,
    Output,
    float32,
    named_channels,
    with_single_weights,
)

# Nodes: 0 the bias, 1 and 2 the inputs, 3 and 4 hidden, 5 and 6 the outputs.
SMALL = Network(
    inputs=(Input("a"), Input("b")),
    outputs=(Output("u", low=-1.0, high=1.0), Output("v")),
    activations=("tanh", "step", "linear", "cos"),
    edges=((0, 3), (1, 3), (3, 4), (4, 5), (2, 6), (3, 6)),
)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"inputs": ()}, "inputs, outputs: a network needs at least one input and one output"),
        ({"outputs": ()}, "inputs, outputs: a network needs at least one input and one output"),
        ({"inputs": (Input("a"), Input("a"))}, "inputs[1].name: two inputs are named 'a'"),
        ({"outputs": (Output("u"), Output("u"))}, "outputs[1].name: two outputs are named 'u'"),
        ({"inputs": (Input(""), Input("b"))}, "inputs[0].name: '' is not valid"),
        ({"inputs": (Input("a"), Input("b\n"))}, r"inputs[1].name: 'b\n' is not valid"),
        ({"inputs": (Input("a"), Input("b" * 65))}, "inputs[1].name: 'bbbb"),
        ({"inputs": (Input("a", ""), Input("b"))}, "inputs[0].unit: '' is not valid"),
        ({"inputs": (Input("a", low=1, high=0), Input("b"))}, "inputs[0]: the bounds 1.0..0.0"),
        ({"inputs": (Input("a", low=math.nan), Input("b"))}, "inputs[0]: the bounds nan..inf"),
        ({"inputs": (Input("a", low=math.inf), Input("b"))}, "inputs[0]: the bounds inf..inf"),
        ({"inputs": (Input("a", offset=math.inf), Input("b"))}, "inputs[0].offset: inf is not"),
        ({"inputs": (Input("a", scale=1e39), Input("b"))}, "inputs[0].scale: inf is not a finite"),
        ({"task": "a\nb"}, r"task: 'a\nb' is not valid"),
        ({"outputs": (Output("u", high=-1.0), Output("v"))}, "outputs[0]: the safe action 0.0"),
        ({"outputs": (Output("u", safe=math.nan), Output("v"))}, "outputs[0]: the safe action"),
        ({"outputs": (Output("u", safe=math.inf), Output("v"))}, "outputs[0]: the safe action"),
        ({"activations": ("cos",), "edges": ()}, "nodes: 1 nodes for 2 outputs"),
        ({"activations": ("tanh", "softmax", "cos", "cos")}, "nodes[1]: unknown activation 'soft"),
        (
            {"activations": ("cos",) * MAX_NODES},
            f"nodes, edges: the network is too large: {MAX_NODES + 3} nodes and 6 edges; use",
        ),
        (
            {"edges": ((0, 3),) * (MAX_EDGES + 1)},
            f"nodes, edges: the network is too large: 7 nodes and {MAX_EDGES + 1}",
        ),
        ({"edges": ((0, 2),)}, "edges[0]: from 0 to 2: nodes are numbered 0 to 6, computed nodes"),
        ({"edges": ((0, 0),)}, "edges[0]: from 0 to 0: nodes are numbered"),
        ({"edges": ((0, 7),)}, "edges[0]: from 0 to 7: nodes are numbered"),
        ({"edges": ((-1, 3),)}, "edges[0]: from -1 to 3: nodes are numbered"),
        ({"edges": ((3, 3),)}, "edges[0]: from 3 to 3: a source must come before"),
        ({"edges": ((0, 3), (4, 3))}, "edges[1]: from 4 to 3: a source must come before"),
        ({"edges": ((5, 6),)}, "edges[0]: from 5 to 6: an output cannot be a source"),
        ({"edges": ((0, 3), (0, 3))}, "edges[1]: from 0 to 3: edges must ascend"),
        ({"edges": ((1, 3), (0, 3))}, "edges[1]: from 0 to 3: edges must ascend"),
        ({"edges": ((0, 4), (0, 3))}, "edges[1]: from 0 to 3: edges must ascend"),
        ({"weights": (1.0,)}, "weights: 1 weights for 6 edges"),
        ({"weights": (1.0, math.nan) * 3}, "weights[1]: nan is not a finite float32"),
        (
            {"weights": (1.0, 0.1) * 3},
            "weights[1]: 0.1 is not a float32; use the nearest one, 0.1000",
        ),
        ({"shared_weight": 1e39}, "shared_weight: 1e+39 is not a finite float32"),
        ({"control_period_s": 0.0}, "control_period_s: 0.0 is not a time above 0 s"),
        ({"control_period_s": math.inf}, "control_period_s: inf is not a time above 0 s"),
        ({"control_period_s": math.nan}, "control_period_s: nan is not a time above 0 s"),
    ],
)
def test_rules(changes: dict[str, object], line: str) -> None:
    fields = {field.name: getattr(SMALL, field.name) for field in dataclasses.fields(SMALL)}
    with pytest.raises(NetworkError) as caught:
        Network(**(fields | changes))
    assert str(caught.value).startswith(line)
    assert len(str(caught.value)) < 200


def test_numbers_of_nodes() -> None:
    assert (SMALL.first_computed, SMALL.hidden_count, SMALL.node_count) == (3, 2, 7)


def test_the_largest_network() -> None:
    hidden = MAX_NODES - 1 - 2
    network = replace(SMALL, activations=("cos",) * hidden, edges=())
    assert network.node_count == MAX_NODES


def test_frozen_and_hashable() -> None:
    """The provenance of a network is not part of its identity."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        SMALL.shared_weight = 2.0  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        SMALL.inputs[0].scale = 2.0  # type: ignore[misc]
    other = replace(SMALL, provenance={"seed": 1})
    assert other == SMALL
    assert len({SMALL, other, replace(SMALL, shared_weight=2.0)}) == 2


def test_a_network_survives_pickling() -> None:
    seen, weight = np.ones((1, 2), np.float32), np.ones(1, np.float32)
    actions = SMALL.program.forward(seen, weight)
    again = pickle.loads(pickle.dumps(SMALL))
    assert again == SMALL
    assert again.program.forward(seen, weight).tobytes() == actions.tobytes()


@given(networks())
def test_sources_are_those_of_the_edges(network: Network) -> None:
    edges = [
        (source, target, weight)
        for target, found in enumerate(network.sources, network.first_computed)
        for source, weight in found
    ]
    weights = network.weights or (None,) * len(network.edges)
    assert edges == [(*edge, w) for edge, w in zip(network.edges, weights, strict=True)]


def run_whole(network: Network, observations: Floats, weights: Floats) -> Floats:
    """Return the kernel's actions with every node computed, dead ones too."""
    wires = Wires(Links.of(network.edges), network.first_computed, len(network.activations))
    program = Program(network.contract, network.activations, wires, network.weights)
    return program.forward(observations, weights)


def reaching(network: Network) -> set[int]:
    """Return the nodes from which a path leads to an output."""
    found = set(range(network.node_count - len(network.outputs), network.node_count))
    while new := {s for s, t in network.edges if t in found} - found:
        found |= new
    return found


@given(networks(), st.integers(0, 2**32 - 1))
def test_dead_nodes_are_dropped_and_no_bit_changes(network: Network, seed: int) -> None:
    rng = np.random.default_rng(seed)
    observations = rng.normal(scale=3, size=(40, len(network.inputs))).astype(np.float32)
    observations[rng.random(observations.shape) < 0.02] = np.nan
    weights = rng.normal(size=40).astype(np.float32)
    less = network.without_dead_nodes()
    whole = run_whole(network, observations, weights)
    for actions in (
        run_whole(less, observations, weights),
        network.program.forward(observations, weights),
    ):
        assert actions.tobytes() == whole.tobytes()
    hidden = range(network.first_computed, network.node_count - len(network.outputs))
    assert less.hidden_count == len(reaching(network).intersection(hidden))
    assert (less.inputs, less.outputs) == (network.inputs, network.outputs)
    assert less.without_dead_nodes() is less


@given(networks(), st.sampled_from([-2.0, -1.0, 0.5, 1.0, 4.0]), st.integers(0, 2**32 - 1))
def test_a_power_of_two_on_every_edge_equals_that_shared_weight(
    network: Network, weight: float, seed: int
) -> None:
    """Multiplying by a power of two is exact, so it may happen before or after the sum."""
    single = with_single_weights(network, [weight] * len(network.edges))
    assert single.shared_weight == 1.0
    rng = np.random.default_rng(seed)
    observations = rng.normal(size=(40, len(network.inputs))).astype(np.float32)
    shared = replace(network, weights=None).program.forward(
        observations, np.full(40, weight, np.float32)
    )
    assert np.array_equal(single.program.forward(observations, np.ones(40, np.float32)), shared)


def test_single_weights_are_rounded() -> None:
    tuned = with_single_weights(replace(SMALL, shared_weight=-2.0), [0.1] * 6)
    assert tuned.weights == (float32(0.1),) * 6
    assert tuned.shared_weight == 1.0
    with pytest.raises(NetworkError, match="5 weights for 6 edges"):
        with_single_weights(SMALL, [1.0] * 5)


def test_named_channels() -> None:
    inputs, outputs = named_channels(2, 1)
    assert inputs == (Input("input_0"), Input("input_1"))
    assert outputs == (Output("output_0", "1", -math.inf, math.inf, 0.0),)


def test_random_networks_are_diverse() -> None:
    """The random networks above include dead nodes and both kinds of weights."""
    drawn = [random_network(np.random.default_rng(seed)) for seed in range(20)]
    assert any(net.without_dead_nodes() is not net for net in drawn)


def test_declared_numbers_are_rounded_and_zeros_lose_their_sign() -> None:
    """Numbers that determine bits must be float32; numbers that people declare are rounded."""
    channel = Output("u", low=-0.1, high=0.1, safe=-0.0)
    assert (channel.low, channel.high) == (-float32(0.1), float32(0.1))
    assert math.copysign(1, channel.safe) == 1
    assert Input("a", low=-1e300).low == -math.inf
    assert dataclasses.replace(SMALL, control_period_s=0.01).control_period_s == float32(0.01)


def test_no_edges_have_no_weights() -> None:
    assert dataclasses.replace(SMALL, edges=(), weights=()).weights is None
