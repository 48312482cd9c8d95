"""PID control: each output is a weighted sum of an input, its derivative, its integral and 1.

The derivative and the integral are inputs too, where the task has them: a network has no memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann_edge.baselines.kinds import Choices, Pair, Plan, single_weights
from wann_edge.baselines.random_episodes import correlation, observed
from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.task import Spec, Task, final_task

# The correlation from which on one input is the derivative of another.
LEAST_CORRELATION = 0.9


def plan(task: Task, choices: Choices) -> Plan:
    """Return the plan of a PID controller for the chosen pairs.

    Where a pair names one input, its derivative and its integral are the inputs whose values, or
    whose changes, follow its changes, or its values, in episodes of random actions.

    Raises:
        SettingsError: there is no pair, or a pair names no input or output of the task.
    """
    spec = task.spec
    if not choices.pairs:
        raise SettingsError(
            "a PID controller needs a pair of input and output",
            where="--pair",
            remedy=f"give some, such as --pair {spec.inputs[0].name}:{spec.outputs[0].name}",
        )
    for pair in choices.pairs:
        _check_pair(pair, spec)
    rates = derivatives(task, choices.seed)
    pairs = [
        pair
        if len(pair.inputs) > 1
        else Pair(_with_terms(pair.inputs[0], spec, rates), pair.output)
        for pair in choices.pairs
    ]
    note = "; ".join(f"{', '.join(pair.inputs)} to {pair.output}" for pair in pairs)
    return single_weights(pid(spec, pairs), note)


def pid(spec: Spec, pairs: Sequence[Pair]) -> Network:
    """Return a network that connects the bias and the inputs of pairs to their outputs.

    Args:
        spec: the task's description.
        pairs: names of its inputs and outputs; several pairs may have the same output.
    """
    first = 1 + len(spec.inputs)
    numbers = {channel.name: 1 + index for index, channel in enumerate(spec.inputs)}
    targets = {channel.name: first + index for index, channel in enumerate(spec.outputs)}
    edges = {(numbers[name], targets[pair.output]) for pair in pairs for name in pair.inputs}
    edges |= {(0, targets[pair.output]) for pair in pairs}
    return Network(
        inputs=spec.inputs,
        outputs=spec.outputs,
        activations=("linear",) * len(spec.outputs),
        edges=tuple(sorted(edges, key=lambda edge: (edge[1], edge[0]))),
        control_period_s=spec.dt_s,
        task=spec.name,
    )


def derivatives(task: Task, seed: int) -> dict[str, str]:
    """Return the names of inputs with the names of those that are their derivatives.

    Args:
        task: the task.
        seed: determines the episodes and the random actions.
    """
    episodes = observed(final_task(task), seed)
    changes = np.concatenate([np.diff(one, axis=0) for one in episodes])
    values = np.concatenate([(one[1:] + one[:-1]) / 2 for one in episodes])
    names = [channel.name for channel in task.spec.inputs]
    found = {}
    for index, name in enumerate(names):
        alike = [correlation(changes[:, index], column) for column in values.T]
        # The values of an unstable input may follow its own changes.
        alike[index] = 0.0
        best = int(np.argmax(alike))
        if alike[best] >= LEAST_CORRELATION:
            found[name] = names[best]
    return found


def _with_terms(name: str, spec: Spec, rates: dict[str, str]) -> tuple[str, ...]:
    """Return the input's name with those of its derivative and its integral, where they exist."""
    integrals = [one.name for one in spec.inputs if rates.get(one.name) == name]
    return (name, *([rates[name]] if name in rates else []), *integrals[:1])


def _check_pair(pair: Pair, spec: Spec) -> None:
    kinds = ("inputs", spec.inputs, pair.inputs), ("outputs", spec.outputs, (pair.output,))
    for kind, channels, asked in kinds:
        known = [channel.name for channel in channels]
        for name in asked:
            if name not in known:
                raise SettingsError(
                    f"{name!r} is not one of the {kind} of {spec.name!r}",
                    where="--pair",
                    remedy=f"use some of {', '.join(known)}",
                )
