"""Count the operations that no compiler removes: each value once, if it depends on an input."""

from __future__ import annotations

from typing import NamedTuple

from wann_edge.network import Network


class Counted(NamedTuple):
    """The operations of a network.

    Attributes:
        value: a number for each node's value, equal for equal values; 0 for a constant or a
            value that is not needed.
        uses: for each activation, the nodes that are computed.
        additions: the indices of edges that cause an addition, in the order of all edges.
        products: the number of products with single weights.
    """

    value: list[int]
    uses: dict[str, list[int]]
    additions: list[int]
    products: int


def counted(network: Network) -> Counted:
    """Count the operations of a network; of equal values only the first, as compilers do.

    A linear node equals its sum if the shared weight is 1.
    """
    needed, first = _needed(network), network.first_computed
    value = [index if needed[index] else 0 for index in range(first)]
    known: dict[object, int] = {}
    uses: dict[str, list[int]] = {}
    additions: list[int] = []
    products, edge = 0, -1
    free = ("linear",) if network.shared_weight == 1 else ()
    nodes = zip(network.activations, network.sources, strict=True)
    for node, (activation, sources) in enumerate(nodes, first):
        total: object = None
        for source, weight in sources:
            edge += 1
            term: object = value[source]
            if not needed[node]:
                continue
            if not term:
                term = (source, weight)  # a constant
            elif weight is not None and abs(weight) != 1:
                key: object = (term, weight, "*")
                products += key not in known
                term = known.setdefault(key, len(known) + first)
            if total is None:
                total = term
            elif type(total) is type(term) is tuple:
                total = (total, term)  # the compiler adds constants
            else:
                key = (total, term)
                if key not in known:
                    additions.append(edge)
                total = known.setdefault(key, len(known) + first)
        if not needed[node]:
            value.append(0)
            continue
        key = total if activation in free else (activation, total)
        if type(key) is tuple and key not in known:
            uses.setdefault(activation, []).append(node)
        value.append(key if type(key) is int else known.setdefault(key, len(known) + first))
    return Counted(value, uses, additions, products)


def _needed(network: Network) -> bytearray:
    """Return 1 for each node that depends on an input and reaches an output, else 0."""
    first, count = network.first_computed, network.node_count
    outputs = count - len(network.outputs)
    varies, needed = bytearray(count), bytearray(count)
    varies[1:first] = b"\1" * (first - 1)
    for source, target in network.edges:
        if varies[source]:
            varies[target] = 1
    needed[outputs:] = varies[outputs:]
    for source, target in reversed(network.edges):
        if needed[target] and varies[source]:
            needed[source] = 1
    return needed
