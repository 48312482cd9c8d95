"""Network: a topology with its contract, as it is searched, exported and proved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache

from wann_edge.errors import NetworkError
from wann_edge.kernel import Contract, Link, Links, Program, Wires, activation_names
from wann_edge.network.channels import (
    LARGEST,
    Input,
    Output,
    check_channel,
    check_finite,
    check_text,
    float32,
)

__all__ = [
    "LARGEST",
    "MAX_EDGES",
    "MAX_NODES",
    "Input",
    "Network",
    "Output",
    "float32",
    "named_channels",
    "with_single_weights",
]

MAX_NODES = 16_384
MAX_EDGES = 262_144


@dataclass(frozen=True)
class Network:
    """A feed-forward network in topological order.

    Nodes are numbered: 0 the bias (always 1), then the inputs, then the computed
    nodes, the outputs last. A computed node is ``activation(shared_weight * sum)``,
    the sum taken over its sources in the order of ``edges``; with single weights
    each source is multiplied by its own weight first. All numbers are float32.

    activations: names, one a computed node.
    edges: (source, target) pairs, ascending by target, then by source; source < target. They
    are kept as Links.
    weights: one an edge, or None where all are 1 (a weight agnostic network).
    control_period_s: the time between two actions, where one is prescribed; rounded to
    float32.

    Raises NetworkError when any of this does not hold.
    """

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    activations: tuple[str, ...]
    edges: Sequence[Link]
    weights: tuple[float, ...] | None = None
    shared_weight: float = 1.0
    control_period_s: float | None = None
    task: str | None = None
    provenance: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if self.control_period_s is not None:
            object.__setattr__(self, "control_period_s", float32(self.control_period_s))
        if not self.edges:
            object.__setattr__(self, "weights", None)
        _check_contract(self.inputs, self.outputs, self.task)
        _check_topology(self)
        object.__setattr__(self, "edges", Links.of(self.edges))
        _check_numbers(self)

    def __getstate__(self) -> dict[str, object]:
        """What is cached holds addresses of this process, and is made anew in another."""
        return {name: value for name, value in self.__dict__.items() if name in _FIELDS}

    @property
    def first_computed(self) -> int:
        """The number of the first computed node."""
        return 1 + len(self.inputs)

    @property
    def node_count(self) -> int:
        """All nodes: bias, inputs, hidden, outputs."""
        return self.first_computed + len(self.activations)

    @property
    def hidden_count(self) -> int:
        """Hidden nodes."""
        return len(self.activations) - len(self.outputs)

    @cached_property
    def sources(self) -> tuple[tuple[tuple[int, float | None], ...], ...]:
        """For each computed node its (source, weight or None) pairs, in order of summation."""
        found: list[list[tuple[int, float | None]]] = [[] for _ in self.activations]
        weights = self.weights or (None,) * len(self.edges)
        first = self.first_computed
        for (source, target), weight in zip(self.edges, weights, strict=True):
            found[target - first].append((source, weight))
        return tuple(map(tuple, found))

    @cached_property
    def program(self) -> Program:
        """The network as the kernel runs it; dead nodes are left out."""
        alive = self.without_dead_nodes()
        return Program(alive.contract, alive.activations, alive.wires, alive.weights)

    @cached_property
    def contract(self) -> Contract:
        """Inputs and outputs as the kernel reads them."""
        return _contract(self.inputs, self.outputs)

    @cached_property
    def wires(self) -> Wires:
        """The edges as the kernel reads them."""
        return Wires(Links.of(self.edges), self.first_computed, len(self.activations))

    @cached_property
    def has_dead_nodes(self) -> bool:
        """Whether hidden nodes reach no output."""
        # A source comes before its target: where each hidden node is one, all reach an output.
        hidden = range(self.first_computed, self.node_count - len(self.outputs))
        return not {source for source, _ in self.edges}.issuperset(hidden)

    def with_topology(self, activations: tuple[str, ...], edges: Links) -> Network:
        """The same contract around another topology without single weights, unchecked.

        For a search, which makes nothing but valid topologies without dead nodes, by the
        hundred thousand; half of them only change an activation.
        """
        made = object.__new__(Network)
        known = made.__dict__
        known.update(self.__dict__, activations=activations, edges=edges, weights=None)
        known["has_dead_nodes"] = False
        for stale in _OF_NODES if edges == self.edges else _OF_EDGES:
            known.pop(stale, None)
        return made

    def without_dead_nodes(self) -> Network:
        """The same function without the hidden nodes that reach no output."""
        if not self.has_dead_nodes:
            return self
        alive = _alive(self)
        number = {node: new for new, node in enumerate(alive)}
        kept = [i for i, (_, target) in enumerate(self.edges) if target in number]
        return replace(
            self,
            activations=tuple(
                self.activations[node - self.first_computed]
                for node in alive
                if node >= self.first_computed
            ),
            edges=tuple((number[self.edges[i][0]], number[self.edges[i][1]]) for i in kept),
            weights=None if self.weights is None else tuple(self.weights[i] for i in kept),
        )


_FIELDS = frozenset(field.name for field in fields(Network))
# What is cached and not the same with other activations, and with other edges.
_OF_NODES = ("program", "sources")
_OF_EDGES = (*_OF_NODES, "wires")


@lru_cache(maxsize=64)
def _contract(inputs: tuple[Input, ...], outputs: tuple[Output, ...]) -> Contract:
    return Contract(
        [channel.offset for channel in inputs],
        [channel.scale for channel in inputs],
        [channel.low for channel in outputs],
        [channel.high for channel in outputs],
        [channel.safe for channel in outputs],
    )


def _alive(network: Network) -> list[int]:
    """The nodes to keep, ascending: bias, inputs, outputs, and what reaches an output."""
    needed = [False] * network.node_count
    needed[network.node_count - len(network.outputs) :] = [True] * len(network.outputs)
    for source, target in reversed(network.edges):
        if needed[target]:
            needed[source] = True
    first = network.first_computed
    return [node for node, need in enumerate(needed) if need or node < first]


@lru_cache(maxsize=64)
def _check_contract(
    inputs: tuple[Input, ...], outputs: tuple[Output, ...], task: str | None
) -> None:
    if not inputs or not outputs:
        raise NetworkError("a network needs at least one input and one output")
    if task is not None:
        check_text(task, "task")
    kinds: dict[str, Sequence[Input | Output]] = {"inputs": inputs, "outputs": outputs}
    for kind, channels in kinds.items():
        names: set[str] = set()
        for index, channel in enumerate(channels):
            check_channel(channel, f"{kind}[{index}]")
            if channel.name in names:
                raise NetworkError(f"two are named {channel.name!r}", where=kind)
            names.add(channel.name)


def _check_topology(network: Network) -> None:
    if network.hidden_count < 0:
        raise NetworkError(
            f"{len(network.activations)} nodes for {len(network.outputs)} outputs", where="nodes"
        )
    if network.node_count > MAX_NODES or len(network.edges) > MAX_EDGES:
        raise NetworkError(
            f"{network.node_count} nodes and {len(network.edges)} edges",
            remedy=f"the limits are {MAX_NODES} and {MAX_EDGES}",
        )
    known = activation_names()
    for index, name in enumerate(network.activations):
        if name not in known:
            raise NetworkError(
                f"unknown activation {str(name)[:40]!r}",
                where=f"nodes[{index}]",
                remedy=f"use one of {', '.join(known)}",
            )
    _check_edges(network)


def _check_edges(network: Network) -> None:
    first, end = network.first_computed, network.node_count
    outputs = end - len(network.outputs)
    before = (-1, -1)
    for index, (source, target) in enumerate(network.edges):
        here = (target, source)
        if not (0 <= source < target < end and first <= target and source < outputs) or (
            here <= before
        ):
            raise NetworkError(
                f"from {source} to {target}: {_edge_fault(source, target, first, end, outputs)}",
                where=f"edges[{index}]",
            )
        before = here


def _edge_fault(source: int, target: int, first: int, end: int, outputs: int) -> str:
    if not (0 <= source < end and first <= target < end):
        return f"nodes are numbered 0 to {end - 1}, computed ones from {first}"
    if source >= target:
        return "a cycle, or nodes out of order: a source comes before its target"
    if source >= outputs:
        return "an output feeds no other node"
    return "edges ascend by target, then by source, none twice"


def _check_numbers(network: Network) -> None:
    if network.weights is not None:
        if len(network.weights) != len(network.edges):
            raise NetworkError(
                f"{len(network.weights)} weights for {len(network.edges)} edges", where="weights"
            )
        for index, weight in enumerate(network.weights):
            check_finite(weight, f"weights[{index}]")
    check_finite(network.shared_weight, "shared_weight")
    period_s = network.control_period_s
    if period_s is not None and not 0 < period_s <= LARGEST:
        raise NetworkError(f"{period_s} is not a time above 0", where="control_period_s")


def named_channels(inputs: int, outputs: int) -> tuple[tuple[Input, ...], tuple[Output, ...]]:
    """Channels without units or bounds, named ``input_0`` and on, for networks of no known task."""
    return (
        tuple(Input(f"input_{i}") for i in range(inputs)),
        tuple(Output(f"output_{i}") for i in range(outputs)),
    )


def with_single_weights(network: Network, weights: Sequence[float]) -> Network:
    """The network with a weight an edge, rounded to float32, and a shared weight of 1."""
    return replace(network, weights=tuple(map(float32, weights)), shared_weight=1.0)
