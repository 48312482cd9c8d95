"""A dense network of fixed topology, and the paper's figures: what a search is held against."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from wann_edge.errors import SettingsError
from wann_edge.network import MAX_NODES, Network
from wann_edge.task import Spec

# Gaier & Ha 2019, table 1: mean and standard deviation of 100 episodes, by modes.MODES.
PAPER_WANN = {"swingup": ((57, 121), (515, 58), (723, 16), (932, 6))}
PAPER_FIXED = {"swingup": ((21, 43), (7, 2), (8, 1), (918, 7))}


def dense(spec: Spec, layers: Sequence[int]) -> Network:
    """A fully connected network with the task's inputs and outputs; no weights yet.

    layers: the sizes of the hidden layers, tanh; outputs are linear. Every node has a
    bias. Raises SettingsError where a size is not valid or the network is too large.
    """
    if not layers or min(layers) < 1 or sum(layers) > MAX_NODES:
        raise SettingsError(
            f"{','.join(map(str, layers))!r} are no sizes of hidden layers",
            where="layers",
            remedy="write for example 10, or 10,10",
        )
    sizes = [len(spec.inputs), *layers, len(spec.outputs)]
    first = list(accumulate(sizes, initial=1))
    edges = (
        (source, target)
        for before, layer in zip(range(len(sizes)), range(1, len(sizes)), strict=False)
        for target in range(first[layer], first[layer + 1])
        for source in (0, *range(first[before], first[before + 1]))
    )
    return Network(
        inputs=spec.inputs,
        outputs=spec.outputs,
        activations=("tanh",) * sum(layers) + ("linear",) * len(spec.outputs),
        edges=tuple(edges),
        control_period_s=spec.dt_s,
        task=spec.name,
    )
