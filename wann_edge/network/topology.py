"""The network: a topology with its contract, as it is searched, exported and verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache

from wann_edge.errors import NetworkError
from wann_edge.kernel import Link, Links, PackedContract, Program, Wires, activation_names
from wann_edge.network.channels import (
    LARGEST,
    Input,
    Output,
    check_channel,
    check_finite,
    check_text,
    float32,
)

MAX_NODES = 16_384
MAX_EDGES = 262_144


@dataclass(frozen=True)
class Network:
    """A feed-forward network in topological order.

    Node 0 is the bias, which is always 1; then come the inputs, then the computed nodes, the
    outputs last. A computed node is ``activation(shared_weight * sum)`` with the sum of its
    sources in the order of ``edges``; with single weights each source is first multiplied by
    its own weight. All numbers are float32.

    Attributes:
        inputs: at least one.
        outputs: at least one.
        activations: names, one for each computed node.
        edges: (source, target) pairs with source < target, ascending by target, then by
            source; stored as Links.
        weights: one for each edge; None if all are 1 (a weight agnostic network).
        shared_weight: the weight of all connections; default 1.
        control_period_s: the time between two actions, rounded to float32; None if open.
        task: the name of the task; None if unknown.
        provenance: how the network was made; comparisons ignore it.
        hashes: "network", "contract" and "task" with the SHA-256 that its file states, as far as
            it was read from one; comparisons ignore them. Files have new ones but for the task's.

    Raises:
        NetworkError: a value is not valid.
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
    hashes: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

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
        """Leave cached values out: they hold memory addresses of this process."""
        return {name: value for name, value in self.__dict__.items() if name in _FIELDS}

    @property
    def first_computed(self) -> int:
        """The number of the first computed node."""
        return 1 + len(self.inputs)

    @property
    def node_count(self) -> int:
        """The number of all nodes: bias, inputs, hidden nodes and outputs."""
        return self.first_computed + len(self.activations)

    @property
    def hidden_count(self) -> int:
        """The number of hidden nodes."""
        return len(self.activations) - len(self.outputs)

    @cached_property
    def sources(self) -> tuple[tuple[tuple[int, float | None], ...], ...]:
        """For each computed node the (source, weight or None) pairs, in order of summation."""
        found: list[list[tuple[int, float | None]]] = [[] for _ in self.activations]
        weights = self.weights or (None,) * len(self.edges)
        first = self.first_computed
        for (source, target), weight in zip(self.edges, weights, strict=True):
            found[target - first].append((source, weight))
        return tuple(map(tuple, found))

    @cached_property
    def program(self) -> Program:
        """The network packed for the kernel, without dead nodes."""
        alive = self.without_dead_nodes()
        return Program(alive.contract, alive.activations, alive.wires, alive.weights)

    @cached_property
    def contract(self) -> PackedContract:
        """Inputs and outputs, packed for the kernel."""
        return _contract(self.inputs, self.outputs)

    @cached_property
    def wires(self) -> Wires:
        """The edges, packed for the kernel."""
        return Wires(Links.of(self.edges), self.first_computed, len(self.activations))

    @cached_property
    def has_dead_nodes(self) -> bool:
        """Whether some hidden nodes reach no output."""
        # Sources come before their targets, so if all hidden nodes are sources, all reach one.
        hidden = range(self.first_computed, self.node_count - len(self.outputs))
        return not {source for source, _ in self.edges}.issuperset(hidden)

    def with_topology(self, activations: tuple[str, ...], edges: Links) -> Network:
        """Return a network with this contract and another topology, without any checks.

        For a search, which makes hundreds of thousands of topologies, all valid and without
        dead nodes. The result has no single weights.

        Args:
            activations: names, one for each computed node.
            edges: ascending by target, then by source.
        """
        made = object.__new__(Network)
        known = made.__dict__
        known.update(self.__dict__, activations=activations, edges=edges, weights=None)
        known["has_dead_nodes"] = False
        for stale in _OF_NODES if edges == self.edges else _OF_EDGES:
            known.pop(stale, None)
        return made

    def without_dead_nodes(self) -> Network:
        """Return the same network without the hidden nodes that reach no output."""
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
# The cached values that depend on the activations, and those that depend on the edges too.
_OF_NODES = ("program", "sources")
_OF_EDGES = (*_OF_NODES, "wires")


@lru_cache(maxsize=64)
def _contract(inputs: tuple[Input, ...], outputs: tuple[Output, ...]) -> PackedContract:
    return PackedContract(
        input_offset=[channel.offset for channel in inputs],
        input_scale=[channel.scale for channel in inputs],
        output_low=[channel.low for channel in outputs],
        output_high=[channel.high for channel in outputs],
        output_safe=[channel.safe for channel in outputs],
        output_offset=[channel.offset for channel in outputs],
        output_scale=[channel.scale for channel in outputs],
    )


def _alive(network: Network) -> list[int]:
    """Return the nodes to keep, ascending: bias, inputs, outputs, and all that reach an output."""
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
        raise NetworkError(
            "a network needs at least one input and one output",
            where="inputs, outputs",
            remedy="add what is missing",
        )
    if task is not None:
        # It may contain the arguments of an environment.
        check_text(task, "task", longest=512)
    kinds: dict[str, Sequence[Input | Output]] = {"inputs": inputs, "outputs": outputs}
    for kind, channels in kinds.items():
        names: set[str] = set()
        for index, channel in enumerate(channels):
            check_channel(channel, f"{kind}[{index}]")
            if channel.name in names:
                raise NetworkError(
                    f"two {kind} are named {channel.name!r}",
                    where=f"{kind}[{index}].name",
                    remedy="give each its own name",
                )
            names.add(channel.name)


def _check_topology(network: Network) -> None:
    if network.hidden_count < 0:
        raise NetworkError(
            f"{len(network.activations)} nodes for {len(network.outputs)} outputs",
            where="nodes",
            remedy="list the activation of each hidden node and of each output",
        )
    if network.node_count > MAX_NODES or len(network.edges) > MAX_EDGES:
        raise NetworkError(
            f"the network is too large: {network.node_count} nodes and {len(network.edges)} edges",
            where="nodes, edges",
            remedy=f"use at most {MAX_NODES} nodes and {MAX_EDGES} edges",
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
                remedy="docs/network-file.md tells how edges are numbered and ordered",
            )
        before = here


def _edge_fault(source: int, target: int, first: int, end: int, outputs: int) -> str:
    if not (0 <= source < end and first <= target < end):
        return f"nodes are numbered 0 to {end - 1}, computed nodes from {first}"
    if source >= target:
        return "a source must come before its target, without cycles"
    if source >= outputs:
        return "an output cannot be a source"
    return "edges must ascend by target, then by source, without duplicates"


def _check_numbers(network: Network) -> None:
    if network.weights is not None:
        if len(network.weights) != len(network.edges):
            raise NetworkError(
                f"{len(network.weights)} weights for {len(network.edges)} edges",
                where="weights",
                remedy="give one weight for each edge",
            )
        for index, weight in enumerate(network.weights):
            check_finite(weight, f"weights[{index}]")
    check_finite(network.shared_weight, "shared_weight")
    period_s = network.control_period_s
    if period_s is not None and not 0 < period_s <= LARGEST:
        raise NetworkError(
            f"{period_s} is not a time above 0 s",
            where="control_period_s",
            remedy="give the time between two actions in seconds",
        )


def with_single_weights(network: Network, weights: Sequence[float]) -> Network:
    """Return the network with a shared weight of 1 and other single weights.

    Args:
        network: the network to copy.
        weights: one for each edge, rounded to float32.
    """
    return replace(network, weights=tuple(map(float32, weights)), shared_weight=1.0)
