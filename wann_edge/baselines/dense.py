"""A dense network with a fixed topology, to compare a search with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from wann_edge.baselines.kinds import Choices, Plan, single_weights
from wann_edge.errors import SettingsError
from wann_edge.network import MAX_NODES, Network
from wann_edge.task import Spec, Task


def dense(spec: Spec, layers: Sequence[int]) -> Network:
    """Return a fully connected network with the inputs and outputs of a task, without weights.

    Hidden nodes are tanh, outputs linear, and every computed node has a bias.

    Args:
        spec: the task's description.
        layers: the sizes of the hidden layers.

    Raises:
        SettingsError: there is no layer, a size is below 1, or there are too many nodes.
    """
    if not layers or min(layers) < 1 or sum(layers) > MAX_NODES:
        raise SettingsError(
            f"{','.join(map(str, layers))!r} is not a list of layer sizes",
            where="layers",
            remedy=f"give 1 to {MAX_NODES} hidden nodes in all, for example 10 or 10,10",
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


def plan(task: Task, choices: Choices) -> Plan:
    """Return the plan of a dense network."""
    return single_weights(dense(task.spec, choices.layers))
