"""A linear network: every output is a weighted sum of the inputs, to compare a search with."""

from __future__ import annotations

from wann_edge.baselines.kinds import Choices, Plan, single_weights
from wann_edge.network import Network
from wann_edge.task import Spec, Task


def linear(spec: Spec, bias: bool = True) -> Network:
    """Return a network that connects all inputs to linear outputs, without weights.

    Args:
        spec: the task's description.
        bias: connect the bias to each output too.
    """
    first = 1 + len(spec.inputs)
    sources = range(0 if bias else 1, first)
    targets = range(first, first + len(spec.outputs))
    return Network(
        inputs=spec.inputs,
        outputs=spec.outputs,
        activations=("linear",) * len(spec.outputs),
        edges=tuple((source, target) for target in targets for source in sources),
        control_period_s=spec.dt_s,
        task=spec.name,
    )


def plan(task: Task, choices: Choices) -> Plan:
    """Return the plan of a linear network."""
    return single_weights(linear(task.spec, choices.bias))
