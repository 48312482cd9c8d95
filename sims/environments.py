"""The native tasks as gymnasium environments; importing this module registers them.

gymnasium imports the module where its name precedes that of the environment:
``gymnasium.make("wann_edge.sims.environments:wann_edge/SwingUp-v0")``. Environments have the
names of the task classes: ``wann_edge/CartPole-v0``, ``wann_edge/Furuta-v0`` and so on.
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

# Observations are unbounded, as a step can pass the bound that ends the episode. gymnasium
# requires finite bounds: the largest float32.
_LARGEST = float(np.finfo(np.float32).max)


class PlantEnv(gymnasium.Env[Floats, Floats]):
    """A native task as an environment.

    Observations, float32 [inputs], rewards and ends equal those of the task to the bit, as
    the same C code runs; actions are float32 [outputs]. ``reset(seed=n)`` starts the task's
    episode of seed n. The environment terminates where the task ends an episode;
    ``gymnasium.make`` truncates it after the task's longest episode.

    Args:
        task: the registered name of the task.
    """

    def __init__(self, task: str) -> None:
        self._task = cast("type[NativeTask]", load("tasks", task))()
        spec = self._task.spec
        self.dt = spec.dt_s  # The name that other environments use.
        ends = np.array([(channel.low, channel.high) for channel in spec.outputs], np.float32)
        self.observation_space = Box(-_LARGEST, _LARGEST, (len(spec.inputs),))
        self.action_space = Box(ends[:, 0], ends[:, 1])
        self._world = NativeWorld(self._task)
        self._over = True

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Start the episode of a seed, or of the next random number; options are ignored."""
        super().reset(seed=seed, options=options)
        self._over = False
        start = np.asarray(self._task.draw(self.np_random), np.float32)
        return self._world.start(start), {}

    def step(self, action: Floats) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Run one control period.

        Returns:
            Observation, reward, terminated, truncated (False), info (empty).

        Raises:
            ResetNeeded: the episode is over.
            InvalidAction: the action is not finite.
        """
        if self._over:
            raise ResetNeeded("the episode is over: call reset() before step()")
        if not np.all(np.isfinite(action)):
            raise InvalidAction(f"the action {action} is not finite")
        observation, reward, self._over = self._world.step(action)
        return observation, float(reward), self._over, False, {}


def environment_name(task: str) -> str:
    """Return the gymnasium name of a native task."""
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
