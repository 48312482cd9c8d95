"""Packed links behave as the sequence of pairs that they were made from."""

from __future__ import annotations

import pickle
from bisect import bisect_left

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from helpers.genomes import genomes
from wann_edge.kernel import Link, Links
from wann_edge.network import MAX_NODES
from wann_edge.search.genome import Genome

NODES = st.integers(0, MAX_NODES - 1)
PAIRS = st.lists(st.tuples(NODES, NODES), max_size=30)
ASCENDING = PAIRS.map(lambda pairs: sorted(set(pairs), key=order))


def order(link: Link) -> Link:
    """Return the sort key of a link: the target, then the source."""
    return link[1], link[0]


@given(PAIRS, st.data())
def test_links_are_a_sequence_of_their_pairs(pairs: list[Link], data: st.DataObject) -> None:
    links = Links.of(pairs)
    assert list(links) == pairs
    assert Links.of(links) is links
    assert (len(links), repr(links)) == (len(pairs), repr(tuple(pairs)))
    assert links == tuple(pairs)
    assert hash(links) == hash(tuple(pairs))
    assert [links[place] for place in range(len(pairs))] == pairs
    cut = data.draw(st.slices(len(pairs)))
    assert links[cut] == Links.of(pairs[cut])
    assert links + links[cut] == [*pairs, *pairs[cut]]
    chosen = data.draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    kept = [pair for pair, on in zip(pairs, chosen, strict=True) if on]
    assert links[np.array(chosen, bool)] == kept
    assert links != [*pairs, (0, 0)]
    assert links == pairs
    assert pickle.loads(pickle.dumps(links)) == links


def test_an_index_beyond_the_last_is_refused() -> None:
    with pytest.raises(IndexError):
        Links.of([(0, 1)])[1]


@given(ASCENDING, NODES, NODES)
def test_a_link_has_its_place_in_the_order(pairs: list[Link], source: int, target: int) -> None:
    links, link = Links.of(pairs), (source, target)
    place = links.place(link)
    assert place == bisect_left(pairs, order(link), key=order)
    assert links.with_one(place, link) == [*pairs[:place], link, *pairs[place:]]
    assert links.keys.tolist() == sorted(links.keys.tolist())


@given(ASCENDING, NODES.filter(lambda node: node < MAX_NODES - 1))
def test_room_for_a_node_renumbers_the_nodes_from_it_on(pairs: list[Link], node: int) -> None:
    moved = [(s + (s >= node), t + (t >= node)) for s, t in pairs]
    assert Links.of(pairs).with_room_for(node) == moved


@given(genomes())
def test_edges_end_where_their_node_does(genome: Genome) -> None:
    nodes = genome.first_output + genome.outputs
    computed = range(genome.first_hidden, nodes)
    ends = [sum(target <= node for _, target in genome.links) for node in computed]
    found = genome.links.ends(genome.first_hidden, len(computed))
    assert list(found) == [*ends, *(source for source, _ in genome.links)]


@given(genomes())
def test_a_genome_is_the_same_after_json(genome: Genome) -> None:
    adapter = TypeAdapter(Genome)
    assert adapter.validate_json(adapter.dump_json(genome)) == genome
