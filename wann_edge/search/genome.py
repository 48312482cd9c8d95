"""The genome: a network as the search varies it, with connections that may be disabled."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_edge.errors import NetworkError
from wann_edge.kernel import Links, activation_names
from wann_edge.network import MAX_NODES, Network
from wann_edge.search.packed_links import PACKED, PackedLinks
from wann_edge.task import Spec

_YES, _NO = b"\1", b"\0"


class Wiring(NamedTuple):
    """The topology that a genome makes.

    Attributes:
        activations: of hidden nodes and outputs.
        edges: the connections.
        reaching: 1 for each hidden node of the genome that is in the network, else 0.
    """

    activations: tuple[str, ...]
    edges: Links
    reaching: bytes


@dataclass(frozen=True)
class Genome:
    """A feed-forward topology: nodes with activations, and enabled or disabled connections.

    Nodes are numbered as in Network: 0 the bias, then the inputs, then the hidden nodes in
    topological order, the outputs last. Outputs are linear.

    Attributes:
        inputs: the number of inputs.
        outputs: the number of outputs.
        hidden: the activation of each hidden node.
        links: (source, target) of each connection, ascending by target, then by source, with
            source < target, enabled or not.
        enabled: 1 or 0 for each link.
    """

    __pydantic_config__ = PACKED

    inputs: int
    outputs: int
    hidden: tuple[str, ...]
    links: PackedLinks
    enabled: bytes

    @property
    def first_hidden(self) -> int:
        """The number of the first hidden node."""
        return 1 + self.inputs

    @property
    def first_output(self) -> int:
        """The number of the first output."""
        return 1 + self.inputs + len(self.hidden)

    @property
    def connections(self) -> int:
        """Enabled connections, those of dead nodes included."""
        return self.enabled.count(1)

    @property
    def is_enabled(self) -> NDArray[np.bool_]:
        """``enabled`` as an array [links]."""
        return np.frombuffer(self.enabled, np.bool_)

    def with_hidden(self, hidden: tuple[str, ...]) -> Genome:
        """Return the genome with other activations of its hidden nodes."""
        return Genome(
            inputs=self.inputs,
            outputs=self.outputs,
            hidden=hidden,
            links=self.links,
            enabled=self.enabled,
        )

    def with_links(self, links: Links, enabled: bytes) -> Genome:
        """Return the genome with other links."""
        return Genome(
            inputs=self.inputs,
            outputs=self.outputs,
            hidden=self.hidden,
            links=links,
            enabled=enabled,
        )


def initial(
    inputs: int, outputs: int, enable_probability: float, rng: np.random.Generator
) -> Genome:
    """Return a random genome without hidden nodes.

    Each link from the bias or an input to an output is enabled with this probability.
    """
    links = Links.of(
        (s, t) for t in range(1 + inputs, 1 + inputs + outputs) for s in range(1 + inputs)
    )
    enabled = rng.random(len(links)) < enable_probability
    return Genome(inputs=inputs, outputs=outputs, hidden=(), links=links, enabled=enabled.tobytes())


def as_published(genome: Genome) -> Genome:
    """Return the genome with all links between hidden nodes enabled, as the published code runs it.

    In that code, sorting the nodes overwrites the mark of a disabled link (``getNodeOrder``), so a
    link that was split stays enabled beside its new node. No published network has a disabled one.
    """
    links = genome.links
    hidden = (links.sources >= genome.first_hidden) & (links.targets < genome.first_output)
    return genome.with_links(links, (genome.is_enabled | hidden).tobytes())


def wiring(genome: Genome) -> Wiring:
    """Return the topology of the enabled connections, without dead nodes."""
    first, hidden = genome.first_hidden, len(genome.hidden)
    marked = _YES * first + _NO * hidden + _YES * genome.outputs
    edges, reaching = genome.links.wired(genome.enabled, marked)
    reaching = reaching[first : first + hidden]
    return Wiring(activations_of(genome, reaching), edges, reaching)


def activations_of(genome: Genome, reaching: bytes) -> tuple[str, ...]:
    """Return the activations of hidden nodes that reach an output, and of the outputs."""
    return (*compress(genome.hidden, reaching), *("linear",) * genome.outputs)


def genome_of(network: Network) -> Genome:
    """Return the genome of a network's topology, with all connections enabled.

    Raises:
        NetworkError: an output is not linear.
    """
    first, hidden = network.first_computed, network.hidden_count
    other = set(network.activations[hidden:]) - {"linear"}
    if other:
        raise NetworkError(
            f"an output is {min(other)}; those of a search are linear",
            where="start",
            remedy="start from a network with linear outputs",
        )
    return Genome(
        inputs=first - 1,
        outputs=len(network.outputs),
        hidden=network.activations[:hidden],
        links=Links.of(network.edges),
        enabled=_YES * len(network.edges),
    )


def check_shape(genome: Genome, spec: Spec) -> None:
    """Check that a genome has as many inputs and outputs as the task. Raises NetworkError."""
    has, needs = (genome.inputs, genome.outputs), (len(spec.inputs), len(spec.outputs))
    if has != needs:
        raise NetworkError(
            f"a genome for {has} inputs and outputs, where the task has {needs}",
            where=spec.name,
            remedy="start from networks of this task",
        )


def check_links(genome: Genome) -> Genome:
    """Return the genome of a file. Raises ValueError unless its links are those of ``Genome``."""
    links, nodes = genome.links, genome.first_output + genome.outputs
    if min(genome.inputs, genome.outputs) < 1 or nodes > MAX_NODES:
        raise ValueError("no inputs or outputs, or too many nodes")
    if not set(genome.hidden) <= set(activation_names()):
        raise ValueError("an unknown activation")
    if len(genome.enabled) != len(links) or genome.enabled.strip(_YES + _NO):
        raise ValueError("not one mark, 0 or 1, for each link")
    sources, targets = links.sources, links.targets
    if len(links) and not (
        (np.diff(links.keys) > 0).all()
        and (sources < np.minimum(targets, genome.first_output)).all()
        and genome.first_hidden <= targets.min()
        and targets.max() < nodes
    ):
        raise ValueError("links that do not ascend, or to other nodes")
    return genome


def express(genome: Genome, spec: Spec) -> Network:
    """Return the network of a genome, for this task.

    Raises:
        NetworkError: the genome does not have as many inputs and outputs as the task.
    """
    check_shape(genome, spec)
    wired = wiring(genome)
    return network_of(wired.activations, wired.edges, spec)


def network_of(activations: tuple[str, ...], edges: Links, spec: Spec) -> Network:
    """Return the network of a topology, for this task. Raises NetworkError if they do not fit."""
    return Network(
        inputs=spec.inputs,
        outputs=spec.outputs,
        activations=activations,
        edges=edges,
        control_period_s=spec.dt_s,
        task=spec.name,
    )
