"""Genome: a network as the search varies it, with genes that are switched off."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_edge.errors import NetworkError
from wann_edge.kernel import Links
from wann_edge.network import Network
from wann_edge.search.model import PACKED, PackedLinks
from wann_edge.task import Spec

_YES, _NO = b"\1", b"\0"


class Wiring(NamedTuple):
    """A network's activations and edges. reaching: 1 for each hidden node of the genome that is
    in it, else 0.
    """

    activations: tuple[str, ...]
    edges: Links
    reaching: bytes


@dataclass(frozen=True)
class Genome:
    """A feed-forward topology: nodes with activations, connections on or off.

    Nodes are numbered as in Network: 0 the bias, then the inputs, then the hidden
    nodes in topological order, the outputs last. Outputs are linear.

    inputs, outputs: numbers of nodes.
    hidden: the activation of each hidden node.
    links: (source, target) of each connection, ascending by target, then by source;
    source < target, whether the connection is enabled or not.
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
        """Enabled connections, those of dead nodes too."""
        return self.enabled.count(1)

    @property
    def is_enabled(self) -> NDArray[np.bool_]:
        """``enabled`` as an array [links]."""
        return np.frombuffer(self.enabled, np.bool_)

    def with_hidden(self, hidden: tuple[str, ...]) -> Genome:
        """The same links between nodes of other activations."""
        return Genome(self.inputs, self.outputs, hidden, self.links, self.enabled)

    def with_links(self, links: Links, enabled: bytes) -> Genome:
        """The same nodes with other links."""
        return Genome(self.inputs, self.outputs, self.hidden, links, enabled)


def initial(
    inputs: int, outputs: int, enable_probability: float, rng: np.random.Generator
) -> Genome:
    """No hidden node; each link from the bias or an input to an output enabled by chance."""
    links = Links.of(
        (s, t) for t in range(1 + inputs, 1 + inputs + outputs) for s in range(1 + inputs)
    )
    enabled = rng.random(len(links)) < enable_probability
    return Genome(inputs, outputs, (), links, enabled.tobytes())


def as_published(genome: Genome) -> Genome:
    """The genome with all its links between hidden nodes enabled, as the published code runs it.

    There, sorting the nodes overwrites what marks such a link as disabled (``getNodeOrder``):
    a split one stays as a way around its new node. No published network has one that is off.
    """
    links = genome.links
    hidden = (links.sources >= genome.first_hidden) & (links.targets < genome.first_output)
    return genome.with_links(links, (genome.is_enabled | hidden).tobytes())


def wiring(genome: Genome) -> Wiring:
    """The network that the enabled connections make, without hidden nodes that reach no output."""
    first, hidden = genome.first_hidden, len(genome.hidden)
    marked = _YES * first + _NO * hidden + _YES * genome.outputs
    edges, reaching = genome.links.wired(genome.enabled, marked)
    reaching = reaching[first : first + hidden]
    return Wiring(activations_of(genome, reaching), edges, reaching)


def activations_of(genome: Genome, reaching: bytes) -> tuple[str, ...]:
    """Those of the hidden nodes that reach an output, and of the outputs."""
    return (*compress(genome.hidden, reaching), *("linear",) * genome.outputs)


def genome_of(network: Network) -> Genome:
    """The genome that makes this network's topology, all its connections enabled.

    Raises NetworkError where an output is not linear.
    """
    first, hidden = network.first_computed, network.hidden_count
    other = set(network.activations[hidden:]) - {"linear"}
    if other:
        raise NetworkError(f"an output is {min(other)}; those of a search are linear")
    return Genome(
        first - 1,
        len(network.outputs),
        network.activations[:hidden],
        Links.of(network.edges),
        _YES * len(network.edges),
    )


def check_shape(genome: Genome, spec: Spec) -> None:
    """Raises NetworkError when the genome has not the task's numbers of inputs and outputs."""
    has, needs = (genome.inputs, genome.outputs), (len(spec.inputs), len(spec.outputs))
    if has != needs:
        raise NetworkError(f"a genome for {has} inputs and outputs, where the task has {needs}")


def express(genome: Genome, spec: Spec) -> Network:
    """The network that a genome makes, for this task.

    Raises NetworkError when the genome has not the task's numbers of inputs and outputs.
    """
    check_shape(genome, spec)
    wired = wiring(genome)
    return network_of(wired.activations, wired.edges, spec)


def network_of(activations: tuple[str, ...], edges: Links, spec: Spec) -> Network:
    """The network of this topology, for this task. Raises NetworkError where they do not fit."""
    return Network(
        inputs=spec.inputs,
        outputs=spec.outputs,
        activations=activations,
        edges=edges,
        control_period_s=spec.dt_s,
        task=spec.name,
    )
