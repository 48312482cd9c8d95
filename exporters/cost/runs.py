"""What runs in a header on some observations: what an instruction count sees beside the code.

Activations leave early where their argument is far from 0, and a soft float's cost depends
on its operands: one that is 0 costs little, others are shifted until they can be added, and
a difference until it is normal.
"""

from __future__ import annotations

import numpy as np

from wann_edge.exporters.cost.counting import Counted, counted
from wann_edge.kernel import ACTIVATIONS, Floats, Integers, activate
from wann_edge.network import Network

# The x^2 from which an activation returns early.
FAR = {name: row.far_square for name, row in ACTIVATIONS.items() if row.far_square is not None}
NAMES = ("run:add", "run:shift", "run:cancel", "run:multiply", *(f"run:{name}" for name in FAR))
# A float32 that is smaller by so many places adds nothing.
PLACES = 25
# Beyond it differences of sums would not be exact.
LARGEST = 1e9

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def runs_of(
    network: Network, observations: Floats, found: Counted | None = None
) -> dict[str, float]:
    """How often each part that depends on values runs in a step, on average.

    run:add: additions of two numbers that are not 0; run:shift, run:cancel: places by which
    they are shifted before and after; run:multiply: products of sums that are not 0;
    run:gauss and so on: activations that do not leave early. found: what ``counted`` gives
    of the network without dead nodes, where that is known.
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
    """What every node gives, float32 [n, nodes]."""
    offset = np.array([channel.offset for channel in network.inputs], np.float32)
    scale = np.array([channel.scale for channel in network.inputs], np.float32)
    results = np.empty_like(given)
    for name in set(network.activations):
        nodes = [index for index, used in enumerate(network.activations) if used == name]
        results[:, nodes] = activate(name, given[:, nodes].ravel()).reshape(len(given), -1)
    bias = np.ones((len(observations), 1), np.float32)
    return np.concatenate([bias, (observations - offset) * scale, results], axis=1)


def _additions(network: Network, found: Counted, values: Floats) -> dict[str, float]:
    """The parts of additions, whose edges stand in ``found``."""
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
    """Summed over nodes or edges [n, count], the mean over observations."""
    return float(counts.sum() / max(1, len(counts)))
