"""Tasks with disturbances: a world between a controller and a simulator's world."""

from __future__ import annotations

from typing import Protocol, TypeGuard, cast

import numpy as np

from wann_edge.kernel import AGE_ROOM, Disturbance, Floats
from wann_edge.system.needs import Need
from wann_edge.task import Picture, PicturedWorld, Spec, Task, World, draws_pictures
from wann_edge.task.disturbance_draws import draw
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.fingerprint import identity
from wann_edge.task.held import HeldWorld, held_rule
from wann_edge.task.open_world import close

ZERO, HALF = np.float32(0), np.float32(0.5)


class VariableWorld(World, Protocol):
    """A world whose masses, lengths and frictions can vary.

    Attributes:
        parameters: their names.
    """

    parameters: tuple[str, ...]

    def vary(self, factors: Floats) -> None:
        """Multiply each parameter by its factor, float32 [parameters], from the next reset on."""
        ...


class DisturbableTask(Protocol):
    """A simulator that applies disturbances to whole batches itself."""

    def disturbed(self, disturbances: Disturbances) -> Task:
        """Return the task with these disturbances."""
        ...


def _disturbs(task: Task) -> TypeGuard[DisturbableTask]:
    return hasattr(task, "disturbed")


def _varies(world: World) -> TypeGuard[VariableWorld]:
    return hasattr(world, "vary")


def parameters_of(world: World) -> tuple[str, ...]:
    """Return the names of the parameters that the world can vary."""
    return world.parameters if _varies(world) else ()


def disturbed(task: Task, disturbances: Disturbances) -> Task:
    """Return the task with disturbances; the task itself where there are none."""
    if disturbances == NONE:
        return task
    if _disturbs(task):
        return task.disturbed(disturbances)
    kind = PicturedDisturbedTask if draws_pictures(task) else DisturbedTask
    return kind(task, disturbances)


class DisturbedTask:
    """A task whose worlds have disturbances, step by step."""

    summary = "a task with disturbances"
    needs: tuple[Need, ...] = ()

    def __init__(self, task: Task, disturbances: Disturbances) -> None:
        self._task, self._disturbances = task, disturbances
        self.spec, self.held = task.spec, held_rule(task)

    @property
    def identity(self) -> dict[str, str]:
        """What the episodes of the task are computed from, without the disturbances."""
        return identity(self._task)

    def world(self) -> DisturbedWorld:
        """Create a world."""
        return DisturbedWorld(self._task.world(), self.spec, self._disturbances)


class PicturedDisturbedTask(DisturbedTask):
    """A task with disturbances whose worlds draw pictures."""

    def pictured_world(self) -> DisturbedWorld:
        """Create a world that draws pictures."""
        assert draws_pictures(self._task)
        return DisturbedWorld(self._task.pictured_world(), self.spec, self._disturbances)


class DisturbedWorld:
    """A world with disturbed observations and actions.

    It repeats the operations of disturb.h in their order, so that the kernel's lanes give
    the same bits. ``reset`` raises TaskError as ``disturbance_draws.draw`` does.
    """

    def __init__(self, world: World, spec: Spec, disturbances: Disturbances) -> None:
        self._world, self._spec, self._given = world, spec, disturbances
        self._parameters = parameters_of(world)

    def reset(self, seed: int) -> Floats:
        """Start the episode of a seed; return the first measured observation."""
        self._drawn: Disturbance = draw(self._given, self._spec, self._parameters, [seed])
        if self._given.vary:
            cast("VariableWorld", self._world).vary(self._drawn.factors[0])
        self._count = 0
        self._sent = np.zeros((AGE_ROOM, len(self._spec.outputs)), np.float32)
        self._seen = self._measured(self._world.reset(seed))
        return self._seen.copy()

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period: the next measured observation, the reward, and the end."""
        observation, reward, over = self._world.step(self._driven(action))
        self._count += 1
        if not self._drawn.lost[0, self._count]:
            self._seen = self._measured(observation)
        return self._seen.copy(), reward, over

    def is_held(self) -> bool:
        """Return whether the true state is one to hold or to reach, where the world says so."""
        return cast("HeldWorld", self._world).is_held()

    def picture(self) -> Picture:
        """Draw the current state, where the world draws pictures."""
        return cast("PicturedWorld", self._world).picture()

    def close(self) -> None:
        """Close the simulator's world."""
        close(self._world)

    def _measured(self, observation: Floats) -> Floats:
        noisy: Floats = observation + self._drawn.noise[0, self._count]
        if not self._given.adc:
            return noisy
        low, high, per_step, step = self._drawn.converters.T
        raised = np.where(noisy > low, noisy, low)
        clipped = np.where(raised < high, raised, high)
        steps = ((clipped - low) * per_step + HALF).astype(np.int32)
        coarse: Floats = steps.astype(np.float32) * step + low
        return coarse

    def _driven(self, action: Floats) -> Floats:
        rest, low, high, dead = self._drawn.actuators.T
        self._sent[self._count % AGE_ROOM] = action
        age = int(self._drawn.ages[0, self._count])
        taken = rest if age > self._count else self._sent[(self._count - age) % AGE_ROOM]
        off = taken - rest
        raised = np.where(taken > low, taken, low)
        clipped = np.where(raised < high, raised, high)
        driven: Floats = np.where((off <= dead) & (off >= ZERO - dead), rest, clipped)
        return driven
