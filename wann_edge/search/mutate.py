"""Mutation: one small change to a genome. The genome given is never written to.

The odds and the operators are those of Gaier & Ha (2019), as in their published code;
``remove_connection`` is added. An operator that finds nothing to act on leaves the
genome as it is: the others do not become likelier.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import compress
from operator import not_
from typing import TypeVar

import numpy as np

from wann_edge.search.genome import Genome, Link, link_order
from wann_edge.search.settings import MutationOdds

Item = TypeVar("Item")


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
    return remove_connection(genome, rng)


def add_connection(genome: Genome, rng: np.random.Generator) -> Genome:
    """Connects a node to one of a later layer that it has no link to, enabled or not."""
    layer = layers(genome)
    ends = range(genome.first_hidden, genome.first_output + genome.outputs)
    for source in rng.permutation(genome.first_output).tolist():
        linked = {t for s, t in genome.links if s == source}
        free = [t for t in ends if layer[t] > layer[source] and t not in linked]
        if free:
            target = free[_pick(len(free), rng)]
            if source < target:
                return _with_link(genome, (source, target))
            ordered, number = _in_layer_order(genome, layer)
            return _with_link(ordered, (number[source], number[target]))
    return genome


def add_node(genome: Genome, activations: Sequence[str], rng: np.random.Generator) -> Genome:
    """Splits an enabled connection: it is disabled, and a new node with two links replaces it."""
    split = _pick_where(genome.enabled, on=True, rng=rng)
    if split is None:
        return genome
    source, target = genome.links[split]
    new = min(target, genome.first_output)
    hidden = new - genome.first_hidden
    activation = activations[_pick(len(activations), rng)]
    # Links to the new node and on from it; those before are as they were.
    below = bisect_left(genome.links, (new, 0), key=link_order)
    number = [*range(new), *range(new + 1, genome.first_output + 1)]
    moved = [(number[s], t + 1) for s, t in genome.links[below:]]
    grown = Genome(
        genome.inputs,
        genome.outputs,
        hidden=_with_item(genome.hidden, hidden, activation),
        links=(*genome.links[:below], (source, new), *moved),
        enabled=_with_item(_with_other(genome.enabled, split, False), below, True),
    )
    return _with_link(grown, (new, target + 1))


def enable(genome: Genome, rng: np.random.Generator) -> Genome:
    """Switches a disabled connection on."""
    chosen = _pick_where(genome.enabled, on=False, rng=rng)
    if chosen is None:
        return genome
    return genome.with_links(genome.links, _with_other(genome.enabled, chosen, True))


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
    return genome.with_hidden(_with_other(genome.hidden, node, other))


def remove_connection(genome: Genome, rng: np.random.Generator) -> Genome:
    """Takes an enabled connection out of the genome."""
    gone = _pick_where(genome.enabled, on=True, rng=rng)
    if gone is None:
        return genome
    return genome.with_links(
        genome.links[:gone] + genome.links[gone + 1 :],
        genome.enabled[:gone] + genome.enabled[gone + 1 :],
    )


def layers(genome: Genome) -> list[int]:
    """Each node's layer: its longest path from the inputs, over disabled links too.

    Bias and inputs are 0, hidden nodes 1 or more, all outputs one above the last hidden.
    """
    outputs = genome.first_output
    layer = [0] * genome.first_hidden + [1] * len(genome.hidden)
    for source, target in genome.links:
        if target >= outputs:
            break
        if layer[source] >= layer[target]:
            layer[target] = layer[source] + 1
    return layer + [max(layer) + 1] * genome.outputs


def _in_layer_order(genome: Genome, layer: list[int]) -> tuple[Genome, list[int]]:
    """The genome with its nodes sorted by layer, and each node's new number."""
    order = sorted(range(len(layer)), key=layer.__getitem__)
    number = [0] * len(order)
    for new, old in enumerate(order):
        number[old] = new
    genes = sorted(
        (number[t], number[s], on) for (s, t), on in zip(genome.links, genome.enabled, strict=True)
    )
    first, outputs = genome.first_hidden, genome.first_output
    ordered = Genome(
        genome.inputs,
        genome.outputs,
        hidden=tuple(genome.hidden[old - first] for old in order[first:outputs]),
        links=tuple((s, t) for t, s, _ in genes),
        enabled=tuple(on for _, _, on in genes),
    )
    return ordered, number


def _with_link(genome: Genome, link: Link) -> Genome:
    """The genome with one more link, enabled, at its place in the order."""
    place = bisect_left(genome.links, link_order(link), key=link_order)
    return genome.with_links(
        _with_item(genome.links, place, link), _with_item(genome.enabled, place, True)
    )


def _with_item(items: tuple[Item, ...], place: int, item: Item) -> tuple[Item, ...]:
    """One more item, before the one at this place."""
    made = [*items]
    made.insert(place, item)
    return tuple(made)


def _with_other(items: tuple[Item, ...], place: int, item: Item) -> tuple[Item, ...]:
    """Another item at this place."""
    made = [*items]
    made[place] = item
    return tuple(made)


def _pick(count: int, rng: np.random.Generator) -> int:
    """A number below ``count``."""
    return int(rng.random() * count)


def _pick_where(enabled: Sequence[bool], *, on: bool, rng: np.random.Generator) -> int | None:
    """The place of a link that is enabled, or is not; None where there is none."""
    places = list(compress(range(len(enabled)), enabled if on else map(not_, enabled)))
    return places[_pick(len(places), rng)] if places else None
