"""Each mutation changes exactly one thing, and occurs with its probability."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.genomes import BUSY, check_invariants, genomes, grown, structure
from wann_edge.kernel import Links, activation_names
from wann_edge.search.genome import Genome, initial
from wann_edge.search.mutation import (
    add_connection,
    add_node,
    change_activation,
    enable,
    layers,
    move_connection,
    mutate,
    remove_connection,
)
from wann_edge.search.settings import MutationOdds

NAMES = activation_names()
rngs = st.integers(0, 2**32 - 1).map(np.random.default_rng)


def states(genome: Genome) -> dict[tuple[int, int], bool]:
    """Return whether each link is enabled."""
    return dict(zip(genome.links, genome.is_enabled.tolist(), strict=True))


def longest_path(genome: Genome, node: int) -> int:
    """Return a node's layer by its definition."""
    if node < genome.first_hidden:
        return 0
    if node >= genome.first_output:
        hidden = range(genome.first_hidden, genome.first_output)
        return 1 + max((longest_path(genome, other) for other in hidden), default=0)
    sources = [source for source, target in genome.links if target == node]
    return 1 + max((longest_path(genome, source) for source in sources), default=0)


def connectable(genome: Genome) -> set[tuple[int, int]]:
    """Return the pairs of nodes that a new connection may join."""
    size = genome.first_output + genome.outputs
    layer = [longest_path(genome, node) for node in range(size)]
    pairs = {(s, t) for s in range(size) for t in range(size) if layer[s] < layer[t]}
    return pairs - set(genome.links)


@given(genomes(), rngs)
def test_a_mutation_leaves_the_parent_and_makes_a_valid_child(
    parent: Genome, rng: np.random.Generator
) -> None:
    before = repr(parent)
    check_invariants(mutate(parent, BUSY, NAMES, rng))
    assert repr(parent) == before


@given(st.integers(0, 2**32 - 1), st.integers(0, 12))
def test_layers_are_longest_paths(seed: int, mutations: int) -> None:
    genome = grown(np.random.default_rng(seed), mutations)
    size = genome.first_output + genome.outputs
    assert list(layers(genome)) == [longest_path(genome, node) for node in range(size)]


@given(genomes(), rngs)
def test_a_new_node_splits_an_enabled_connection(parent: Genome, rng: np.random.Generator) -> None:
    child = add_node(parent, NAMES, rng)
    if not any(parent.enabled):
        assert child is parent
        return
    check_invariants(child)
    hidden = range(child.first_hidden, child.first_output)
    assert any(joins(child, node, parent) for node in hidden)
    assert child.connections == parent.connections + 1


def joins(child: Genome, new: int, parent: Genome) -> bool:
    """Return whether the child is the parent with node ``new`` inserted into a connection."""

    def shifted(node: int) -> int:
        return node + (node >= new)

    links = states(child)
    around = [link for link in links if new in link]
    if len(around) != 2 or not all(links.pop(link) for link in around):
        return False
    split = (around[0][0], around[1][1])
    expected = {(shifted(s), shifted(t)): on for (s, t), on in states(parent).items()}
    place = new - child.first_hidden
    return (
        expected.get(split) is True
        and links == expected | {split: False}
        and child.hidden[:place] + child.hidden[place + 1 :] == parent.hidden
    )


def one_less(genome: Genome) -> list[Genome]:
    """Return the genomes that can result from removing an enabled link."""
    return [
        replace(
            genome,
            links=genome.links[:i] + genome.links[i + 1 :],
            enabled=genome.enabled[:i] + genome.enabled[i + 1 :],
        )
        for i, on in enumerate(genome.enabled)
        if on
    ]


def one_off(genome: Genome) -> list[Genome]:
    """Return the genomes with one enabled link disabled."""
    return [
        replace(genome, enabled=genome.enabled[:i] + b"\0" + genome.enabled[i + 1 :])
        for i, on in enumerate(genome.enabled)
        if on
    ]


@settings(max_examples=40)
@given(genomes(), rngs)
def test_a_moved_connection_keeps_an_end_and_leads_to_a_later_layer(
    parent: Genome, rng: np.random.Generator
) -> None:
    shapes: dict[object, int] = {}
    child = move_connection(parent, rng)
    if child is parent:
        return
    check_invariants(child)
    assert child.connections == parent.connections
    left = [structure(genome, shapes) for genome in one_less(parent)]
    before = [structure(genome, shapes) for genome in one_less(child) + one_off(child)]
    assert any(genome in left for genome in before)
    if child.hidden == parent.hidden and len(new := enabled(child) - enabled(parent)) == 1:
        (gone,) = enabled(parent) - enabled(child)
        assert new <= connectable(parent) | set(parent.links)
        assert len({*gone, *min(new)}) == 3


def enabled(genome: Genome) -> set[tuple[int, int]]:
    """Return the enabled links."""
    return {link for link, on in states(genome).items() if on}


def test_a_connection_can_be_moved_to_all_places_that_share_an_end() -> None:
    """Two inputs and a hidden node before one output; the disabled link is a place too."""
    links = Links.of([(1, 3), (1, 4), (2, 4), (3, 4)])
    parent = Genome(2, 1, ("sin",), links, bytes([1, 0, 1, 1]))
    rng = np.random.default_rng(17)
    found = {frozenset(enabled(move_connection(parent, rng))) for _ in range(400)}
    start = enabled(parent)
    moves = {
        (1, 3): [(0, 3), (2, 3), (1, 4)],
        (2, 4): [(0, 4), (1, 4), (2, 3)],
        (3, 4): [(0, 4), (1, 4)],
    }
    assert found == {
        *(frozenset(start - {gone} | {new}) for gone, all_new in moves.items() for new in all_new),
        frozenset(start),
    }


@given(genomes(), rngs)
def test_a_new_connection_leads_to_a_later_layer_and_changes_nothing_else(
    parent: Genome, rng: np.random.Generator
) -> None:
    shapes: dict[object, int] = {}
    child = add_connection(parent, rng)
    if child is parent:
        assert add_connection(parent, rng) is parent
        return
    check_invariants(child)
    assert len(child.links) == len(parent.links) + 1
    assert structure(parent, shapes) in [structure(genome, shapes) for genome in one_less(child)]


@given(st.integers(0, 2**32 - 1), st.integers(0, 10))
def test_connections_can_be_added_until_there_are_no_more_pairs(seed: int, mutations: int) -> None:
    rng = np.random.default_rng(seed)
    genome = grown(rng, mutations)
    while (pairs := connectable(genome)) and len(genome.links) < 40:
        child = add_connection(genome, rng)
        assert len(child.links) == len(genome.links) + 1
        if child.hidden == genome.hidden and set(genome.links) < set(child.links):
            assert set(child.links) - set(genome.links) <= pairs
        genome = child
    if not pairs:
        assert add_connection(genome, rng) is genome


@given(genomes(), rngs)
def test_enabling_and_removing_touch_one_link(parent: Genome, rng: np.random.Generator) -> None:
    before = states(parent)
    after = states(enable(parent, rng))
    changed = {link for link in before if before[link] != after[link]}
    assert len(changed) == (not all(before.values()))
    assert all(after[link] for link in changed)
    left = states(remove_connection(parent, rng))
    gone = set(before) - set(left)
    assert len(gone) == any(before.values())
    assert all(before[link] for link in gone)
    assert left.items() <= before.items()


@given(genomes(), rngs)
def test_an_activation_changes_to_another(parent: Genome, rng: np.random.Generator) -> None:
    child = change_activation(parent, NAMES, rng)
    assert replace(child, hidden=parent.hidden) == parent
    changed = [a != b for a, b in zip(parent.hidden, child.hidden, strict=True)]
    assert sum(changed) == bool(parent.hidden)


def test_only_allowed_activations_are_drawn() -> None:
    rng = np.random.default_rng(5)
    genome = initial(3, 1, 1.0, rng)
    for _ in range(200):
        genome = mutate(genome, MutationOdds(), ("sin", "relu"), rng)
    assert set(genome.hidden) == {"sin", "relu"}
    alone = replace(genome, hidden=("sin",) * len(genome.hidden))
    assert change_activation(alone, ("sin",), rng) is alone


def kind(parent: Genome, child: Genome) -> str:
    """Return the mutation that made the child, inferred from the difference."""
    links = len(child.links) - len(parent.links)
    if len(child.hidden) > len(parent.hidden):
        return "add_node"
    if links > 0:
        return "add_connection"
    if child.connections < parent.connections:
        return "remove_connection"
    if child.connections == parent.connections and child.links != parent.links:
        return "move_connection"
    return "change_activation" if child.hidden != parent.hidden else "enable"


@pytest.mark.parametrize(("removal", "move"), [(0.0, 0.0), (0.3, 0.0), (0.15, 0.35)])
def test_operators_are_drawn_by_their_odds(removal: float, move: float) -> None:
    rng = np.random.default_rng(11)
    parent = next(
        genome
        for genome in (grown(rng, 30) for _ in range(100))
        if connectable(genome) and not all(genome.enabled) and genome.hidden
    )
    odds, draws = MutationOdds(remove_connection=removal, move_connection=move), 4000
    drawn = Counter(kind(parent, mutate(parent, odds, NAMES, rng)) for _ in range(draws))
    for name, weight in odds.model_dump().items():
        share = weight / (1 + removal + move)
        # Five standard deviations of the binomial: chance exceeds them once in two million.
        assert abs(drawn[name] - draws * share) <= 5 * np.sqrt(draws * share * (1 - share))


def test_choices_are_even() -> None:
    rng = np.random.default_rng(13)
    genome = initial(3, 2, 1.0, rng)
    draws, links = 4000, len(genome.links)
    left = (remove_connection(genome, rng).links for _ in range(draws))
    gone = Counter(min(set(genome.links) - set(kept)) for kept in left)
    split = Counter(add_node(genome, NAMES, rng).hidden[0] for _ in range(draws))
    for counts, choices in ((gone, links), (split, len(NAMES))):
        assert len(counts) == choices
        share = 1 / choices
        bound = 5 * np.sqrt(draws * share * (1 - share))
        assert max(abs(count - draws * share) for count in counts.values()) <= bound
