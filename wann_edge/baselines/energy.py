"""An energy pump with linear feedback, for tasks that swing a pendulum up.

The action is a gain times angular velocity, cosine and energy of the pendulum, each saturated
(Astrom & Furuta 2000, "Swinging up a pendulum by energy control"), plus feedback of the other
inputs, plus near upright linear feedback of all inputs. A network has no products, but
``(cos(a - b) - cos(a + b)) / 2 = sin(a) sin(b)`` is one that saturates.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from wann_edge.baselines.kinds import Choices, Plan
from wann_edge.baselines.linearisation import linear_model
from wann_edge.baselines.lqr import gains
from wann_edge.baselines.pendulum_inputs import PendulumInputs, pendulum_in
from wann_edge.errors import TaskError
from wann_edge.network import Network, with_single_weights
from wann_edge.task import Spec, Task, final_task, has_plant

# The weight of each source of a node, 0 for the bias.
Terms = Mapping[int, float]

# Linear feedback is this times the sine of a share of it, which saturates the action long before
# the sine turns.
FEEDBACK_GAIN = 4.0
# The numbers to try first: the pump's gain, the share of the squared velocity in the energy, and
# the cosine from which on the pendulum is near upright.
PUMPS, ENERGIES, UPRIGHT = (-2.0, -1.0, 1.0, 2.0), (0.3, 0.6, 1.2), 0.9


def plan(task: Task, choices: Choices) -> Plan:
    """Return the plan of an energy pump with linear feedback.

    Its numbers are the pump's gain, the share of the squared velocity in the energy, the feedback
    of the other inputs, the feedback near upright of the others, the sine and the velocity, and
    the cosine from which on that acts.

    Raises:
        TaskError: the task has no pendulum, or not one continuous action.
    """
    spec, pendulum = task.spec, pendulum_in(task, choices.seed)
    if len(spec.outputs) > 1 or spec.outputs[0].choice:
        raise TaskError(
            "an energy pump has one continuous action",
            where=f"energy: {spec.name}",
            remedy="use another kind, such as --kind linear",
        )
    feedback = _first_feedback(task, pendulum, choices.seed)
    calm = [0.0] * len(pendulum.others)
    starts = [[pump, share, *calm, *feedback, UPRIGHT] for pump in PUMPS for share in ENERGIES]
    cosine, sine, velocity = (spec.inputs[place].name for place in pendulum[:3])
    note = f"the pendulum is {cosine}, {sine} and {velocity}"
    return Plan(partial(energy_pump, spec, pendulum), starts, note)


def energy_pump(spec: Spec, pendulum: PendulumInputs, numbers: Sequence[float]) -> Network:
    """Return the network of an energy pump with linear feedback.

    Args:
        spec: the task's description.
        pendulum: the places of its inputs.
        numbers: as ``plan`` lists them.
    """
    others = len(pendulum.others)
    pump, share, *feedback, upright = numbers
    calm, near = feedback[:others], feedback[others:]
    nodes, top = _Nodes(spec), spec.inputs[pendulum.velocity].high
    fastest = top if math.isfinite(top) and top > 0 else 1 / spec.inputs[pendulum.velocity].scale
    power = nodes.product(
        nodes.values({pendulum.velocity: 0.5 / fastest}), nodes.values({pendulum.cosine: 0.5})
    )
    slowness = nodes.add("cos", nodes.values({pendulum.velocity: 1 / fastest}))
    # 0 upright at rest, -0.5 hanging at rest.
    height = nodes.values({pendulum.cosine: 0.25})
    energy = _sum(height, {0: share - 0.25, slowness: -share})
    pumped = nodes.product(_times(power, 0.5), energy)
    is_near = nodes.add("step", _sum(nodes.values({pendulum.cosine: 1.0}), {0: -upright}))
    places = (*pendulum.others, pendulum.sine, pendulum.velocity)
    law = nodes.values(dict(zip(places, near, strict=True)))
    balanced = nodes.product(_times(law, 1 / (math.pi * FEEDBACK_GAIN)), {is_near: 0.5})
    centred = nodes.values(dict(zip(pendulum.others, calm, strict=True)))
    action = _sum(_times(pumped, pump), _times(balanced, FEEDBACK_GAIN), centred)
    nodes.add("linear", action)
    return nodes.network()


def _first_feedback(task: Task, pendulum: PendulumInputs, seed: int) -> list[float]:
    """Return the feedback of a regulator about upright; zeros where that is not to be had."""
    places = [*pendulum.others, pendulum.sine, pendulum.velocity]
    world = final_task(task)
    if not has_plant(world):
        return [0.0] * len(places)
    model = linear_model(world, seed)
    law = np.zeros(len(task.spec.inputs))
    ones = np.ones(len(model.a)), np.ones(len(model.outputs))
    law[model.is_used] = -gains(model.a, model.b, *ones)[0]
    return [float(law[place]) * task.spec.inputs[place].scale for place in places]


class _Nodes:
    """The computed nodes of a network under construction."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._activations: list[str] = []
        self._terms: list[Terms] = []

    def values(self, weights: Mapping[int, float]) -> Terms:
        """Return the terms of a weighted sum of observations; the keys are places of inputs."""
        inputs = self._spec.inputs
        found = {1 + place: weight / inputs[place].scale for place, weight in weights.items()}
        offset = sum(weight * inputs[place].offset for place, weight in weights.items())
        return {**found, 0: offset} if offset else found

    def add(self, activation: str, terms: Terms) -> int:
        """Add a node; return its number."""
        self._activations.append(activation)
        self._terms.append(terms)
        return len(self._spec.inputs) + len(self._terms)

    def product(self, one: Terms, other: Terms) -> Terms:
        """Add two nodes; return the terms of sin(pi * one) * sin(pi * other)."""
        difference = self.add("cos", _sum(one, _times(other, -1)))
        return {difference: 0.5, self.add("cos", _sum(one, other)): -0.5}

    def network(self) -> Network:
        """Return the network; the last node is its output."""
        first = 1 + len(self._spec.inputs)
        weights = {
            (source, first + index): weight
            for index, terms in enumerate(self._terms)
            for source, weight in sorted(terms.items())
        }
        bare = Network(
            inputs=self._spec.inputs,
            outputs=self._spec.outputs,
            activations=tuple(self._activations),
            edges=tuple(weights),
            control_period_s=self._spec.dt_s,
            task=self._spec.name,
        )
        return with_single_weights(bare, list(weights.values()))


def _times(terms: Terms, factor: float) -> Terms:
    return {source: factor * weight for source, weight in terms.items()}


def _sum(*several: Terms) -> Terms:
    sources = {source: None for terms in several for source in terms}
    return {source: sum(terms.get(source, 0.0) for terms in several) for source in sources}
