"""Any task, disturbed: a world between a controller and the simulator's own."""

from __future__ import annotations

from typing import Protocol, TypeGuard, cast

import numpy as np

from wann_edge.kernel import AGE_ROOM, Disturbance, Floats
from wann_edge.system.needs import Need
from wann_edge.task import Picture, PicturedWorld, Spec, Task, World, draws_pictures
from wann_edge.task.disturbance_draws import draw
from wann_edge.task.disturbances import NONE, Disturbances

ZERO, HALF = np.float32(0), np.float32(0.5)


class VariableWorld(World, Protocol):
    """A world whose bodies can differ from the model's."""

    parameters: tuple[str, ...]

    def vary(self, factors: Floats) -> None:
        """Multiplies each of its parameters; the next reset has them so. float32 [parameters]."""
        ...


class DisturbableTask(Protocol):
    """A simulator of batches that can run them disturbed."""

    def disturbed(self, disturbances: Disturbances) -> Task:
        """The task with these disturbances."""
        ...


def _disturbs(task: Task) -> TypeGuard[DisturbableTask]:
    return hasattr(task, "disturbed")


def _varies(world: World) -> TypeGuard[VariableWorld]:
    return hasattr(world, "vary")


def parameters_of(world: World) -> tuple[str, ...]:
    """Names of what the world can vary."""
    return world.parameters if _varies(world) else ()


def disturbed(task: Task, disturbances: Disturbances) -> Task:
    """The task with disturbances; the task itself without any."""
    if disturbances == NONE:
        return task
    if _disturbs(task):
        return task.disturbed(disturbances)
    kind = PicturedDisturbedTask if draws_pictures(task) else DisturbedTask
    return kind(task, disturbances)


class DisturbedTask:
    """A task whose worlds are disturbed, a step at a time."""

    summary = "a task with disturbances"
    needs: tuple[Need, ...] = ()

    def __init__(self, task: Task, disturbances: Disturbances) -> None:
        self._task, self._disturbances = task, disturbances
        self.spec = task.spec

    def world(self) -> DisturbedWorld:
        """A world of its own for one caller."""
        return DisturbedWorld(self._task.world(), self.spec, self._disturbances)


class PicturedDisturbedTask(DisturbedTask):
    """One whose worlds draw themselves."""

    def pictured_world(self) -> DisturbedWorld:
        """A world with pictures, for one caller."""
        assert draws_pictures(self._task)
        return DisturbedWorld(self._task.pictured_world(), self.spec, self._disturbances)


class DisturbedWorld:
    """A world seen and driven as by a real machine.

    The steps are those of disturb.h, in the same order of operations, so that the lanes
    give the same bits. Raises TaskError as ``draws.draw`` does, when an episode starts.
    """

    def __init__(self, world: World, spec: Spec, disturbances: Disturbances) -> None:
        self._world, self._spec, self._given = world, spec, disturbances
        self._parameters = parameters_of(world)

    def reset(self, seed: int) -> Floats:
        """Starts the episode that this seed names; gives the first observation, as measured."""
        self._drawn: Disturbance = draw(self._given, self._spec, self._parameters, [seed])
        if self._given.vary:
            cast("VariableWorld", self._world).vary(self._drawn.factors[0])
        self._count = 0
        self._sent = np.zeros((AGE_ROOM, len(self._spec.outputs)), np.float32)
        self._seen = self._measured(self._world.reset(seed))
        return self._seen.copy()

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """One control period: the next observation, as measured, the reward, and the end."""
        observation, reward, over = self._world.step(self._driven(action))
        self._count += 1
        if not self._drawn.lost[0, self._count]:
            self._seen = self._measured(observation)
        return self._seen.copy(), reward, over

    def picture(self) -> Picture:
        """The world as it is now, if it draws itself."""
        return cast("PicturedWorld", self._world).picture()

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
