"""Genomes stay feed-forward, and express the network of their enabled connections."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from helpers.genomes import SPEC, check_invariants, genomes
from wann_edge.errors import NetworkError
from wann_edge.network import Network, float32, named_channels
from wann_edge.search.genome import Genome, as_published, express, initial


def reaching_an_output(genome: Genome) -> set[int]:
    """Return the nodes from which enabled connections lead to an output, by SciPy's search."""
    size = genome.first_output + genome.outputs
    backward = np.zeros((size, size), np.int8)
    for (source, target), on in zip(genome.links, genome.enabled, strict=True):
        backward[target, source] = on
    graph = csr_array(backward)
    found: set[int] = set()
    for output in range(genome.first_output, size):
        order = breadth_first_order(graph, output, return_predecessors=False)
        found.update(int(node) for node in order)
    return found


@given(genomes())
def test_every_genome_is_feed_forward_and_in_order(genome: Genome) -> None:
    check_invariants(genome)


@given(genomes())
def test_the_network_is_what_reaches_an_output(genome: Genome) -> None:
    network = express(genome, SPEC)
    first = genome.first_hidden
    alive = reaching_an_output(genome)
    kept = [*range(first), *(n for n in range(first, genome.first_output) if n in alive)]
    kept += range(genome.first_output, genome.first_output + genome.outputs)
    number = {node: new for new, node in enumerate(kept)}
    expected = {
        (number[source], number[target])
        for (source, target), on in zip(genome.links, genome.enabled, strict=True)
        if on and target in alive
    }
    assert set(network.edges) == expected
    assert len(network.edges) == len(expected)
    hidden = [genome.hidden[node - first] for node in kept if first <= node < genome.first_output]
    assert network.activations == (*hidden, *["linear"] * genome.outputs)


@given(genomes())
def test_the_network_carries_the_task_and_no_dead_node(genome: Genome) -> None:
    network = express(genome, SPEC)
    assert (network.inputs, network.outputs) == (SPEC.inputs, SPEC.outputs)
    assert (network.task, network.control_period_s) == (SPEC.name, float32(SPEC.dt_s))
    assert network.weights is None
    assert network.without_dead_nodes() is network
    assert len(network.edges) <= genome.connections


@given(genomes())
def test_as_published_no_link_between_hidden_nodes_is_off(genome: Genome) -> None:
    shown = as_published(genome)
    hidden = range(genome.first_hidden, genome.first_output)
    for (source, target), was, on in zip(genome.links, genome.enabled, shown.enabled, strict=True):
        assert on == (1 if source in hidden and target in hidden else was)
    assert replace(shown, enabled=genome.enabled) == genome


def test_no_published_network_has_a_link_between_hidden_nodes_that_is_off(data: Path) -> None:
    disabled = 0
    for name, first, outputs in (("champions/swing", 6, 1), ("champions/biped", 25, 4)):
        off = np.isnan(np.loadtxt(data / "wann-release" / f"{name}.out", delimiter=",")[:, :-1])
        assert not off[first:-outputs, first:-outputs].any()
        disabled += int(off.sum())
    assert disabled == 138


@pytest.mark.parametrize("probability", [0.0, 0.25, 1.0])
def test_the_first_genomes_enable_links_by_chance(probability: float) -> None:
    draws, rng = 400, np.random.default_rng(3)
    enabled = 0
    for _ in range(draws):
        genome = initial(5, 2, probability, rng)
        check_invariants(genome)
        assert genome.hidden == ()
        assert set(genome.links) == {(s, t) for s in range(6) for t in (6, 7)}
        enabled += genome.connections
    total = draws * 12
    # Five standard deviations of the binomial: chance exceeds them once in two million.
    bound = 5 * np.sqrt(total * probability * (1 - probability))
    assert abs(enabled - total * probability) <= bound


@given(st.integers(1, 4), st.integers(1, 4))
def test_a_genome_of_other_sizes_fits_no_task(inputs: int, outputs: int) -> None:
    genome = initial(inputs, outputs, 1.0, np.random.default_rng(0))
    channels = named_channels(inputs, outputs)
    spec = replace(SPEC, inputs=channels[0], outputs=channels[1])
    assert isinstance(express(genome, spec), Network)
    if (inputs, outputs) != (len(SPEC.inputs), len(SPEC.outputs)):
        with pytest.raises(NetworkError):
            express(genome, SPEC)
