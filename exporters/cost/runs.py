"""Count how often the parts of a header run whose cost depends on the observations.

Activations return early if their argument is far from 0. The cost of a soft float depends on
its operands: a 0 costs little, other operands are shifted until they can be added, and a
difference is shifted until it is normal.
"""

from __future__ import annotations

import numpy as np

from wann_edge.exporters.cost.counting import Counted, counted
from wann_edge.kernel import ACTIVATIONS, Floats, Integers, activate
from wann_edge.network import Network

# The x^2 from which an activation returns early.
FAR = {name: row.far_square for name, row in ACTIVATIONS.items() if row.far_square is not None}
NAMES = ("run:add", "run:shift", "run:cancel", "run:multiply", *(f"run:{name}" for name in FAR))
# An operand that is smaller by this many binary places does not change a float32 sum.
PLACES = 25
# Larger values would make differences of sums inexact.
LARGEST = 1e9

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def runs_of(
    network: Network, observations: Floats, found: Counted | None = None
) -> dict[str, float]:
    """Return how often each part that depends on values runs in a step, on average.

    ``run:add`` counts additions of two numbers other than 0; ``run:shift`` and ``run:cancel``
    the places by which they are shifted before and after; ``run:multiply`` products of sums
    other than 0; ``run:gauss`` and so on the activations that do not return early.

    Args:
        network: the network.
        observations: float32 [n, inputs].
        found: the result of ``counted`` for the network without dead nodes, if known.
    """
    network = network.without_dead_nodes()
    found = found or counted(network)
    shared = np.full(len(observations), network.shared_weight, np.float32)
    given = network.program.forward_with_sums(observations, shared)[1]
    first = network.first_computed
    parts = dict.fromkeys(NAMES, 0.0)
    for name, far in FAR.items():
        nodes = [node - first for node in found.uses.get(name, [])]
        parts[f"run:{name}"] = _mean(np.square(given[:, nodes]) < far)
    if network.shared_weight != 1:
        nodes = [node - first for used in found.uses.values() for node in used]
        parts["run:multiply"] = _mean(given[:, nodes] != 0)
    return parts | _additions(network, found, _values(network, observations, given))


def _values(network: Network, observations: Floats, given: Floats) -> Floats:
    """Return the value of every node, float32 [n, nodes]."""
    offset = np.array([channel.offset for channel in network.inputs], np.float32)
    scale = np.array([channel.scale for channel in network.inputs], np.float32)
    results = np.empty_like(given)
    for name in set(network.activations):
        nodes = [index for index, used in enumerate(network.activations) if used == name]
        results[:, nodes] = activate(name, given[:, nodes].ravel()).reshape(len(given), -1)
    bias = np.ones((len(observations), 1), np.float32)
    return np.concatenate([bias, (observations - offset) * scale, results], axis=1)


def _additions(network: Network, found: Counted, values: Floats) -> dict[str, float]:
    """Return the parts of the additions that ``found`` lists."""
    if not found.additions:
        return {}
    pairs = [pair for sources in network.sources for pair in sources]
    weights = [1.0 if weight is None else weight for _, weight in pairs]
    finite = np.clip(np.nan_to_num(values), -LARGEST, LARGEST).astype(np.float64)
    terms = finite[:, [source for source, _ in pairs]] * weights
    sums = np.cumsum(terms, axis=1)
    begins = np.cumsum([0, *map(len, network.sources)])
    node_of = np.repeat(np.arange(len(network.sources)), np.diff(begins))
    before_node = np.concatenate([np.zeros((len(values), 1)), sums], axis=1)[:, begins[node_of]]
    edges = found.additions
    term, result = terms[:, edges], (sums - before_node)[:, edges]
    before = result - term
    both = (np.abs(before) > 1e-30) & (term != 0)
    larger = np.maximum(_exponent(before), _exponent(term))
    shift = np.abs(_exponent(before) - _exponent(term))
    cancel = np.where(np.abs(result) > 1e-30, larger - _exponent(result), 0)
    return {
        "run:add": _mean(both),
        "run:shift": _mean(np.where(both, np.minimum(shift, PLACES), 0)),
        "run:cancel": _mean(np.where(both, np.clip(cancel, 0, PLACES), 0)),
    }


def _exponent(x: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Integers:
    return np.frexp(x)[1].astype(np.int32)


def _mean(counts: Flags | Integers) -> float:
    """Return the sum over nodes or edges [n, count], averaged over observations."""
    return float(counts.sum() / max(1, len(counts)))
