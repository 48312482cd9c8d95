"""Mutations: random changes of a genome, which return a new genome.

The operators are those of Gaier & Ha (2019), as in their published code; ``move_connection`` and
``remove_connection`` are added. An operator that finds nothing to change returns the genome as it
is: the others do not become likelier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ctypes import Array, c_int32

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import Link, Links
from wann_edge.search.genome import Genome
from wann_edge.search.settings import MutationOdds


def mutate(
    genome: Genome, odds: MutationOdds, activations: Sequence[str], rng: np.random.Generator
) -> Genome:
    """Return the genome after one mutation.

    Args:
        genome: the genome to mutate.
        odds: how often each operator is drawn.
        activations: the activations that new and changed nodes may have.
        rng: draws the operator and what it changes.
    """
    spin = rng.random() * odds.total
    for name in OPERATORS:
        spin -= getattr(odds, name)
        if spin < 0:
            break
    return OPERATORS[name](genome, activations, rng)


def add_connection(genome: Genome, rng: np.random.Generator) -> Genome:
    """Connect a node to one of a later layer that it has no link to, enabled or not."""
    layer = layers(genome)
    for source in rng.permutation(genome.first_output).tolist():
        free = genome.links.free_targets(source, layer)
        if free:
            return _connected(genome, (source, free[_pick(len(free), rng)]), layer)
    return genome


def add_node(genome: Genome, activations: Sequence[str], rng: np.random.Generator) -> Genome:
    """Split an enabled connection: disable it and put a new node with two links in its place."""
    split = _pick_where(genome.is_enabled, rng)
    if split is None:
        return genome
    source, target = genome.links[split]
    new = min(target, genome.first_output)
    hidden = new - genome.first_hidden
    activation = activations[_pick(len(activations), rng)]
    grown = Genome(
        inputs=genome.inputs,
        outputs=genome.outputs,
        hidden=(*genome.hidden[:hidden], activation, *genome.hidden[hidden:]),
        links=genome.links.with_room_for(new),
        enabled=_with_other(genome.enabled, split, 0),
    )
    return _with_link(_with_link(grown, (source, new)), (new, target + 1))


def enable(genome: Genome, rng: np.random.Generator) -> Genome:
    """Enable a disabled connection."""
    chosen = _pick_where(~genome.is_enabled, rng)
    if chosen is None:
        return genome
    return genome.with_links(genome.links, _with_other(genome.enabled, chosen, 1))


def change_activation(
    genome: Genome, activations: Sequence[str], rng: np.random.Generator
) -> Genome:
    """Change the activation of a hidden node."""
    if not genome.hidden:
        return genome
    node = _pick(len(genome.hidden), rng)
    others = [name for name in activations if name != genome.hidden[node]]
    if not others:
        return genome
    other = others[_pick(len(others), rng)]
    return genome.with_hidden((*genome.hidden[:node], other, *genome.hidden[node + 1 :]))


def remove_connection(genome: Genome, rng: np.random.Generator) -> Genome:
    """Delete an enabled connection from the genome."""
    gone = _pick_where(genome.is_enabled, rng)
    return genome if gone is None else _without(genome, gone)


def move_connection(genome: Genome, rng: np.random.Generator) -> Genome:
    """Change the source or, with the same probability, the target of an enabled connection."""
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


Operator = Callable[[Genome, Sequence[str], np.random.Generator], Genome]


def _of_links(change: Callable[[Genome, np.random.Generator], Genome]) -> Operator:
    """Return an operator that needs no activations."""
    return lambda genome, _activations, rng: change(genome, rng)


# In the order in which they are drawn; each has odds of the same name in MutationOdds.
OPERATORS: dict[str, Operator] = {
    "add_connection": _of_links(add_connection),
    "add_node": add_node,
    "enable": _of_links(enable),
    "change_activation": change_activation,
    "move_connection": _of_links(move_connection),
    "remove_connection": _of_links(remove_connection),
}


def layers(genome: Genome) -> Array[c_int32]:
    """Return each node's layer [nodes]: its longest path from the inputs, disabled links included.

    Bias and inputs are 0, hidden nodes 1 or more, all outputs one above the last hidden.
    """
    return genome.links.layers(genome.first_hidden, len(genome.hidden), genome.outputs)


def _in_layer_order(genome: Genome, layer: Array[c_int32]) -> tuple[Genome, list[int]]:
    """Return the genome with its nodes sorted by layer, and each node's new number."""
    order = sorted(range(len(layer)), key=layer.__getitem__)
    number = [0] * len(order)
    for new, old in enumerate(order):
        number[old] = new
    links = Links.of((number[source], number[target]) for source, target in genome.links)
    genes = links.keys.argsort()
    first, outputs = genome.first_hidden, genome.first_output
    ordered = Genome(
        inputs=genome.inputs,
        outputs=genome.outputs,
        hidden=tuple(genome.hidden[old - first] for old in order[first:outputs]),
        links=links[genes],
        enabled=genome.is_enabled[genes].tobytes(),
    )
    return ordered, number


def _connected(genome: Genome, link: Link, layer: Array[c_int32]) -> Genome:
    """Return the genome with this link, which leads to a later layer, enabled."""
    source, target = link
    if source > target:
        genome, number = _in_layer_order(genome, layer)
        return _with_link(genome, (number[source], number[target]))
    place = genome.links.place(link)
    if place < len(genome.links) and genome.links[place] == link:
        return genome.with_links(genome.links, _with_other(genome.enabled, place, 1))
    return _with_link(genome, link)


def _without(genome: Genome, place: int) -> Genome:
    """Return the genome without the link at a place."""
    return genome.with_links(
        genome.links[:place] + genome.links[place + 1 :],
        genome.enabled[:place] + genome.enabled[place + 1 :],
    )


def _with_link(genome: Genome, link: Link) -> Genome:
    """Return the genome with one more link, enabled, at its place in the order."""
    links, enabled = genome.links, genome.enabled
    place = links.place(link)
    return genome.with_links(
        links.with_one(place, link),
        enabled[:place] + b"\1" + enabled[place:],
    )


def _with_other(enabled: bytes, place: int, is_on: int) -> bytes:
    """Return the flags with the one at a place changed."""
    return enabled[:place] + bytes((is_on,)) + enabled[place + 1 :]


def _pick(count: int, rng: np.random.Generator) -> int:
    """Return a random number from 0 to ``count`` - 1."""
    return int(rng.random() * count)


def _pick_where(is_chosen: NDArray[np.bool_], rng: np.random.Generator) -> int | None:
    """Return a random place among those chosen; None where there is none."""
    (places,) = is_chosen.nonzero()
    return int(places[_pick(len(places), rng)]) if len(places) else None
