"""Random genomes, and the invariants of every genome."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from wann_edge.kernel import activation_names
from wann_edge.network import named_channels
from wann_edge.search.genome import Genome, initial
from wann_edge.search.mutation import mutate
from wann_edge.search.settings import MutationOdds
from wann_edge.task import Spec

INPUTS, OUTPUTS = 3, 2
SPEC = Spec("toy", *named_channels(INPUTS, OUTPUTS), dt_s=0.02, max_steps=10)

# Every operator is frequent, so that few mutations create genomes of all kinds.
BUSY = MutationOdds(
    add_connection=3,
    add_node=3,
    enable=1,
    change_activation=1,
    remove_connection=1,
    move_connection=1,
)


def grown(rng: np.random.Generator, mutations: int) -> Genome:
    """Return a genome after a number of mutations of any kind."""
    genome = initial(INPUTS, OUTPUTS, 0.7, rng)
    for _ in range(mutations):
        genome = mutate(genome, BUSY, activation_names(), rng)
    return genome


@st.composite
def genomes(draw: st.DrawFn) -> Genome:
    """Draw a genome that a sequence of mutations creates."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return grown(rng, draw(st.integers(0, 60)))


def check_invariants(genome: Genome) -> None:
    """Check that links ascend by target and source, lead forward, and avoid inputs as targets
    and outputs as sources.
    """
    assert len(genome.links) == len(genome.enabled)
    assert {*genome.enabled} <= {0, 1}
    assert set(genome.hidden) <= set(activation_names())
    keys = [(target, source) for source, target in genome.links]
    assert keys == sorted(set(keys))
    for source, target in genome.links:
        assert 0 <= source < target < genome.first_output + genome.outputs
        assert source < genome.first_output
        assert target >= genome.first_hidden


def structure(genome: Genome, shapes: dict[object, int]) -> list[int]:
    """Return the shape of each node, those of hidden nodes sorted.

    Equal graphs have equal results, whatever the numbers of their nodes. The shape of a computed
    node is its activation and, per source, the source's shape and whether the link is enabled.
    ``shapes`` maps shapes to numbers; pass the same mapping for all genomes to compare.
    """

    def number(key: object) -> int:
        return shapes.setdefault(key, len(shapes))

    first, outputs = genome.first_hidden, genome.first_output
    found = [number(("input", node)) for node in range(first)]
    activations = (*genome.hidden, *["linear"] * genome.outputs)
    for node, activation in enumerate(activations, first):
        sources = sorted(
            (found[source], on)
            for (source, target), on in zip(genome.links, genome.enabled, strict=True)
            if target == node
        )
        found.append(number((activation, tuple(sources))))
    return [*sorted(found[first:outputs]), *found[outputs:]]
