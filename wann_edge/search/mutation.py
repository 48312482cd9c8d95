"""Mutation: one small change to a genome. The genome given is never written to.

The odds and the operators are those of Gaier & Ha (2019), as in their published code;
``move_connection`` and ``remove_connection`` are added. An operator that finds nothing to
act on leaves the genome as it is: the others do not become likelier.
"""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import Array, c_int32

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import Link, Links
from wann_edge.search.genome import Genome
from wann_edge.search.settings import MutationOdds


def mutate(
    genome: Genome, odds: MutationOdds, activations: Sequence[str], rng: np.random.Generator
) -> Genome:
    """The genome after one mutation, drawn by the odds; new activations are among those given."""
    spin = rng.random() * odds.total
    if (spin := spin - odds.add_connection) < 0:
        return add_connection(genome, rng)
    if (spin := spin - odds.add_node) < 0:
        return add_node(genome, activations, rng)
    if (spin := spin - odds.enable) < 0:
        return enable(genome, rng)
    if (spin := spin - odds.change_activation) < 0:
        return change_activation(genome, activations, rng)
    if (spin := spin - odds.move_connection) < 0:
        return move_connection(genome, rng)
    return remove_connection(genome, rng)


def add_connection(genome: Genome, rng: np.random.Generator) -> Genome:
    """Connects a node to one of a later layer that it has no link to, enabled or not."""
    layer = layers(genome)
    for source in rng.permutation(genome.first_output).tolist():
        free = genome.links.free_targets(source, layer)
        if free:
            return _connected(genome, (source, free[_pick(len(free), rng)]), layer)
    return genome


def add_node(genome: Genome, activations: Sequence[str], rng: np.random.Generator) -> Genome:
    """Splits an enabled connection: it is disabled, and a new node with two links replaces it."""
    split = _pick_where(genome.is_enabled, rng)
    if split is None:
        return genome
    source, target = genome.links[split]
    new = min(target, genome.first_output)
    hidden = new - genome.first_hidden
    activation = activations[_pick(len(activations), rng)]
    grown = Genome(
        genome.inputs,
        genome.outputs,
        hidden=(*genome.hidden[:hidden], activation, *genome.hidden[hidden:]),
        links=genome.links.with_room_for(new),
        enabled=_with_other(genome.enabled, split, 0),
    )
    return _with_link(_with_link(grown, (source, new)), (new, target + 1))


def enable(genome: Genome, rng: np.random.Generator) -> Genome:
    """Switches a disabled connection on."""
    chosen = _pick_where(~genome.is_enabled, rng)
    if chosen is None:
        return genome
    return genome.with_links(genome.links, _with_other(genome.enabled, chosen, 1))


def change_activation(
    genome: Genome, activations: Sequence[str], rng: np.random.Generator
) -> Genome:
    """Gives a hidden node another activation."""
    if not genome.hidden:
        return genome
    node = _pick(len(genome.hidden), rng)
    others = [name for name in activations if name != genome.hidden[node]]
    if not others:
        return genome
    other = others[_pick(len(others), rng)]
    return genome.with_hidden((*genome.hidden[:node], other, *genome.hidden[node + 1 :]))


def remove_connection(genome: Genome, rng: np.random.Generator) -> Genome:
    """Takes an enabled connection out of the genome."""
    gone = _pick_where(genome.is_enabled, rng)
    return genome if gone is None else _without(genome, gone)


def move_connection(genome: Genome, rng: np.random.Generator) -> Genome:
    """Gives an enabled connection another source or, as likely, another target."""
    moved = _pick_where(genome.is_enabled, rng)
    if moved is None:
        return genome
    layer, (source, target) = layers(genome), genome.links[moved]
    enabled = genome.links[genome.is_enabled]
    if rng.random() < 0.5:
        taken = set(enabled)
        earlier = (node for node in range(genome.first_output) if layer[node] < layer[target])
        free = [(node, target) for node in earlier if (node, target) not in taken]
    else:
        free = [(source, node) for node in enabled.free_targets(source, layer)]
    if not free:
        return genome
    return _connected(_without(genome, moved), free[_pick(len(free), rng)], layer)


def layers(genome: Genome) -> Array[c_int32]:
    """Each node's layer [nodes]: its longest path from the inputs, over disabled links too.

    Bias and inputs are 0, hidden nodes 1 or more, all outputs one above the last hidden.
    """
    return genome.links.layers(genome.first_hidden, len(genome.hidden), genome.outputs)


def _in_layer_order(genome: Genome, layer: Array[c_int32]) -> tuple[Genome, list[int]]:
    """The genome with its nodes sorted by layer, and each node's new number."""
    order = sorted(range(len(layer)), key=layer.__getitem__)
    number = [0] * len(order)
    for new, old in enumerate(order):
        number[old] = new
    links = Links.of((number[source], number[target]) for source, target in genome.links)
    genes = links.keys.argsort()
    first, outputs = genome.first_hidden, genome.first_output
    ordered = Genome(
        genome.inputs,
        genome.outputs,
        hidden=tuple(genome.hidden[old - first] for old in order[first:outputs]),
        links=links[genes],
        enabled=genome.is_enabled[genes].tobytes(),
    )
    return ordered, number


def _connected(genome: Genome, link: Link, layer: Array[c_int32]) -> Genome:
    """The genome with this link enabled, which leads to a later layer."""
    source, target = link
    if source > target:
        genome, number = _in_layer_order(genome, layer)
        return _with_link(genome, (number[source], number[target]))
    place = genome.links.place(link)
    if place < len(genome.links) and genome.links[place] == link:
        return genome.with_links(genome.links, _with_other(genome.enabled, place, 1))
    return _with_link(genome, link)


def _without(genome: Genome, place: int) -> Genome:
    """The genome with one link less."""
    return genome.with_links(
        genome.links[:place] + genome.links[place + 1 :],
        genome.enabled[:place] + genome.enabled[place + 1 :],
    )


def _with_link(genome: Genome, link: Link) -> Genome:
    """The genome with one more link, enabled, at its place in the order."""
    links, enabled = genome.links, genome.enabled
    place = links.place(link)
    return genome.with_links(
        links.with_one(place, link),
        enabled[:place] + b"\1" + enabled[place:],
    )


def _with_other(enabled: bytes, place: int, is_on: int) -> bytes:
    """Another link enabled, or not."""
    return enabled[:place] + bytes((is_on,)) + enabled[place + 1 :]


def _pick(count: int, rng: np.random.Generator) -> int:
    """A number below ``count``."""
    return int(rng.random() * count)


def _pick_where(is_chosen: NDArray[np.bool_], rng: np.random.Generator) -> int | None:
    """One of the places where it holds; None where it does nowhere."""
    (places,) = is_chosen.nonzero()
    return int(places[_pick(len(places), rng)]) if len(places) else None
