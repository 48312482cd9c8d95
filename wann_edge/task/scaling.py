"""Scaling: a task's observations and actions become numbers of about -1 to 1 in its networks.

The scaling is a part of the inputs and outputs of the networks, and so of every export.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, Protocol, TypeGuard

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.kernel import Floats
from wann_edge.network import LARGEST, Input, Output, float32
from wann_edge.system.seeds import Use, drawn_seeds, generator
from wann_edge.task import Spec, Task, World
from wann_edge.task.open_world import opened

# none: as the task gives them. bounds: where both bounds are finite. auto: also the other
# observations, by their mean and standard deviation.
Scale = Literal["none", "bounds", "auto"]
# For each input the offset and the scale, or None for an input that was not measured.
Statistics = tuple[tuple[float, float] | None, ...]

EPISODES, MOST_STEPS = 8, 1000
# Actions that change in every step would cancel each other out.
HELD_STEPS = 8
# Larger bounds stand for none, as do the ends of 32-bit and 64-bit integers.
_LARGEST_BOUND = 1e30
_ENDS_OF_INTEGERS = frozenset((2.0**31, 2.0**32, 2.0**63, 2.0**64))


class ScalableTask(Protocol):
    """A task whose networks may scale.

    Attributes:
        flags: for each input whether it is 0 or 1 by its kind, and so needs no scaling.
    """

    spec: Spec
    flags: Sequence[bool]

    def with_spec(self, spec: Spec) -> Task:
        """Return the task with other inputs and outputs, equal in number."""
        ...

    def world(self) -> World:
        """Create a world."""
        ...


def is_scalable(task: object) -> TypeGuard[ScalableTask]:
    """Return whether the networks of a task may scale."""
    return hasattr(task, "with_spec")


def chosen_scale(task: Task, scale: Scale | None) -> Scale | None:
    """Return how a task is scaled by default or by request; None for a task that has no choice.

    Raises:
        SettingsError: the task cannot be scaled, and ``scale`` asks for it.
    """
    if is_scalable(task):
        return scale or "bounds"
    if scale not in (None, "none"):
        raise SettingsError(
            f"the observations and actions of {task.spec.name!r} are not scaled",
            where="--scale",
            remedy="leave it out; only gymnasium environments are scaled",
        )
    return None


def scaled(task: Task, scale: Scale | None, statistics: Statistics | None = None) -> Task:
    """Return the task with scaled inputs and outputs.

    Args:
        task: the task.
        scale: none, bounds or auto; None for none.
        statistics: of the inputs, for auto.

    Raises:
        SettingsError: there is not one of the statistics for each input.
    """
    if scale in (None, "none") or not is_scalable(task):
        return task
    spec = task.spec
    measured = statistics or (None,) * len(spec.inputs)
    if len(measured) != len(spec.inputs):
        raise SettingsError(
            f"{len(measured)} statistics for {len(spec.inputs)} inputs",
            where="input_statistics",
            remedy="start a new search, which measures them",
        )
    inputs = zip(spec.inputs, task.flags, measured, strict=True)
    made = replace(
        spec,
        inputs=tuple(c if is_flag else _scaled_input(c, pair) for c, is_flag, pair in inputs),
        outputs=tuple(map(_scaled_output, spec.outputs)),
    )
    return task.with_spec(made)


def measured_statistics(task: Task, seed: int) -> Statistics | None:
    """Return the statistics of the inputs without finite bounds, from episodes of random actions.

    Args:
        task: the task, not scaled.
        seed: determines episodes and actions.

    Returns:
        None where every input is a flag or has finite bounds.
    """
    if not is_scalable(task):
        return None
    asked = [
        not is_flag and _middle_and_half(channel) is None
        for channel, is_flag in zip(task.spec.inputs, task.flags, strict=True)
    ]
    if not any(asked):
        return None
    seen = _seen(task, seed)
    columns = zip(seen.T, asked, strict=True)
    return tuple(_statistics(column) if is_asked else None for column, is_asked in columns)


def _statistics(column: Floats) -> tuple[float, float]:
    values = column[np.isfinite(column)].astype(np.float64)
    if not len(values):
        return 0.0, 1.0
    mean, sd = float(values.mean()), float(values.std())
    scale = float32(1 / sd) if sd > 1e-6 * max(1.0, abs(mean)) else 1.0
    return float32(mean), scale


def _seen(task: ScalableTask, seed: int) -> Floats:
    """Return the observations of the episodes, float32 [steps, inputs]."""
    rng = generator(seed, Use.SCALING_ACTIONS)
    draw = _action_draws(task.spec.outputs, rng)
    steps, seen = min(task.spec.max_steps, MOST_STEPS), []
    with opened(task.world()) as world:
        for episode in drawn_seeds(EPISODES, seed, Use.SCALING_EPISODES):
            seen.append(world.reset(episode))
            action = draw()
            for step in range(steps):
                if step % HELD_STEPS == 0:
                    action = draw()
                observation, _, over = world.step(action)
                seen.append(observation)
                if over:
                    break
    return np.array(seen, np.float32)


def _action_draws(outputs: Sequence[Output], rng: np.random.Generator) -> Callable[[], Floats]:
    """Return a function that draws actions: uniform within finite bounds, else normal."""
    ranges = [_middle_and_half(output) for output in outputs]

    def draw() -> Floats:
        normal, uniform = rng.normal(size=len(ranges)), rng.uniform(-1, 1, len(ranges))
        drawn = [
            normal[index] if found is None else found[0] + found[1] * uniform[index]
            for index, found in enumerate(ranges)
        ]
        return np.array(drawn, np.float32)

    return draw


def _scaled_input(channel: Input, measured: tuple[float, float] | None) -> Input:
    """Scale the bounds to -1 and 1, or to the mean and standard deviation."""
    found = _middle_and_half(channel)
    if found is None:
        offset, scale = measured or (0.0, 1.0)
        return replace(channel, offset=offset, scale=scale)
    middle, half = found
    if half == 0 or not 1 / half <= LARGEST:
        return channel
    return replace(channel, offset=float32(middle), scale=float32(1 / half))


def _scaled_output(channel: Output) -> Output:
    """Scale -1 and 1 to the bounds, unless the output selects a discrete action."""
    found = _middle_and_half(channel)
    if channel.choice or found is None or float32(found[1]) == 0:
        return channel
    return replace(channel, offset=float32(found[0]), scale=float32(found[1]))


def _middle_and_half(channel: Input | Output) -> tuple[float, float] | None:
    """Return the middle and half the width of the bounds; None where one of them is missing."""
    if not (_is_bound(channel.low) and _is_bound(channel.high)):
        return None
    return (channel.low + channel.high) / 2, (channel.high - channel.low) / 2


def _is_bound(value: float) -> bool:
    return abs(value) < _LARGEST_BOUND and abs(value) not in _ENDS_OF_INTEGERS
