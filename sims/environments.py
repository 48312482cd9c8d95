"""The native plants as gymnasium environments, registered when this module is imported.

gymnasium imports it itself where the module stands before the name:
``gymnasium.make("wann_edge.sims.environments:wann_edge/SwingUp-v0")``. Each plant's task
has one, of its class's name: ``wann_edge/CartPole-v0``, ``wann_edge/Furuta-v0`` and so on.
"""

from __future__ import annotations

from typing import Any, cast

import gymnasium
import numpy as np
from gymnasium.error import InvalidAction, ResetNeeded
from gymnasium.spaces import Box

from wann_edge.kernel import Floats, plant_names
from wann_edge.registry import load
from wann_edge.sims.native import NativeTask, NativeWorld

# Nothing bounds a velocity, and a step may lead beyond what ends an episode. gymnasium
# wants finite bounds: the largest float32.
_LARGEST = float(np.finfo(np.float32).max)


class PlantEnv(gymnasium.Env[Floats, Floats]):
    """A native plant's task, by the task's name.

    Observations float32 [inputs], actions float32 [outputs], rewards and ends are those of
    the task, bit for bit: the same C runs. ``reset(seed=n)`` starts the episode that seed n
    names there. Terminated where the task ends an episode; truncated after the task's
    longest where ``gymnasium.make`` made it.

    Raises InvalidAction on an action that is not finite, and ResetNeeded on a step
    after the end.
    """

    def __init__(self, task: str) -> None:
        self._task = cast("type[NativeTask]", load("tasks", task))()
        spec = self._task.spec
        self.dt = spec.dt_s  # As other environments call it.
        ends = np.array([(channel.low, channel.high) for channel in spec.outputs], np.float32)
        self.observation_space = Box(-_LARGEST, _LARGEST, (len(spec.inputs),))
        self.action_space = Box(ends[:, 0], ends[:, 1])
        self._world = NativeWorld(self._task)
        self._over = True

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Starts an episode, drawn from the seed where one is given; there are no options."""
        super().reset(seed=seed, options=options)
        self._over = False
        start = np.asarray(self._task.draw(self.np_random), np.float32)
        return self._world.start(start), {}

    def step(self, action: Floats) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """One control period: observation, reward, terminated, truncated (never), info (empty)."""
        if self._over:
            raise ResetNeeded("the episode is over: call reset() before step()")
        if not np.all(np.isfinite(action)):
            raise InvalidAction(f"the action {action} is not finite")
        observation, reward, self._over = self._world.step(action)
        return observation, float(reward), self._over, False, {}


def environment_name(task: str) -> str:
    """The gymnasium name of a native plant's task."""
    return f"wann_edge/{cast('type[NativeTask]', load('tasks', task)).__name__}-v0"


def _register() -> None:
    for name in plant_names():
        gymnasium.register(
            environment_name(name),
            f"{__name__}:PlantEnv",
            max_episode_steps=cast("type[NativeTask]", load("tasks", name)).spec.max_steps,
            kwargs={"task": name},
        )


_register()
