"""A linear quadratic regulator about an equilibrium of a plant, as a linear network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wann_edge.baselines.kinds import Choices, Plan
from wann_edge.baselines.linear import linear
from wann_edge.baselines.linearisation import LinearModel, linear_model
from wann_edge.errors import TaskError
from wann_edge.network import Network, with_single_weights
from wann_edge.task import Task, final_task, has_plant

Doubles = NDArray[np.float64]

# Doublings of the horizon, of 4096 control periods in the end; and the size of a cost at which
# they stop, since a plant that no action stabilises has none.
DOUBLINGS, MOST_COST = 12, 1e9


def plan(task: Task, choices: Choices) -> Plan:
    """Return the plan of a regulator: the logarithms of its weights are tuned.

    There is one weight for each input that matters near the equilibrium, and one for each
    output but the first, whose weight is 1.

    Raises:
        TaskError: the task has no plant, or its plant no equilibrium.
    """
    world = final_task(task)
    if not has_plant(world) or any(output.choice for output in world.spec.outputs):
        raise TaskError(
            "there is no plant with continuous actions to linearise",
            where=f"lqr: {task.spec.name}",
            remedy="use --kind linear, or write the plant as a C file (docs/plants.md)",
        )
    model, network = linear_model(world, choices.seed), linear(task.spec)
    count = len(model.a) + len(model.outputs) - 1
    values = (
        (c.name, x / c.scale + c.offset) for c, x in zip(network.inputs, model.inputs, strict=True)
    )
    place = ", ".join(f"{name} {round(value, 4) + 0.0:g}" for name, value in values)
    return Plan(partial(regulator, network, model), [[0.0] * count], f"linearised at {place}")


def regulator(network: Network, model: LinearModel, logarithms: Sequence[float]) -> Network:
    """Return the linear network of a regulator.

    Args:
        network: of the task's contract, with a bias.
        model: of the plant.
        logarithms: to the base 10, of the weights of inputs and outputs; the first output has
            the weight 1.
    """
    weights = 10.0 ** np.clip(np.array([*logarithms, 0.0]), -12, 12)
    states = len(model.a)
    # The weight of the first output is the last one: 10 to the power of 0.
    gain = gains(model.a, model.b, weights[:states], np.roll(weights[states:], 1))
    full = np.zeros((len(model.outputs), len(model.inputs)))
    full[:, model.is_used] = -gain
    bias = model.outputs - full @ model.inputs
    return with_single_weights(network, np.column_stack([bias, full]).ravel().tolist())


def gains(a: Doubles, b: Doubles, inputs: Doubles, outputs: Doubles) -> Doubles:
    """Return the feedback u = -K x that minimises the sum of weighted squares, float64 [u, x].

    It solves the discrete Riccati equation by the structured doubling algorithm (Chu, Fan, Lin,
    Wang 2004, "Structure-preserving algorithms for periodic discrete-time algebraic Riccati
    equations", section 3).

    Args:
        a, b: of the model x(t + 1) = a x(t) + b u(t).
        inputs: the weight of each x, float64 [x].
        outputs: the weight of each u, float64 [u].
    """
    step, push, cost = a, b @ np.diag(1 / outputs) @ b.T, np.diag(inputs)
    eye = np.eye(len(a))
    for _ in range(DOUBLINGS):
        solved = np.linalg.solve(eye + push @ cost, np.hstack([step, push]))
        ahead, spread = np.split(solved, 2, axis=1)
        longer = cost + step.T @ cost @ ahead
        if not np.abs(longer).max() < MOST_COST * inputs.max():
            break
        push = push + step @ spread @ step.T
        step, cost = step @ ahead, longer
    weighted = np.diag(outputs) + b.T @ cost @ b
    return np.linalg.solve(weighted, b.T @ cost @ a).astype(np.float64)
