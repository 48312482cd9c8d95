"""The tasks as gymnasium environments, registered when this module is imported.

gymnasium imports it itself where the module stands before the name:
``gymnasium.make("wann_edge.sims.environments:wann_edge/SwingUp-v0")``.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium.error import InvalidAction, ResetNeeded
from gymnasium.spaces import Box

from wann_edge.kernel import Floats
from wann_edge.sims.swingup import SPEC, SwingUp

# Nothing bounds a velocity, and a cart may leave the track by a step's way. gymnasium
# wants finite bounds: the largest float32. The kernel's sine may exceed 1 by an ulp.
_LARGEST = np.finfo(np.float32).max
_ONE = np.nextafter(np.float32(1), np.float32(2))
_HIGH = np.array([_LARGEST, _LARGEST, _ONE, _ONE, _LARGEST])


class SwingUpEnv(gymnasium.Env[Floats, Floats]):
    """Swing a pole up from hanging and balance it.

    Observations float32 [5], actions float32 [1], rewards and ends are those of the
    task ``swingup``, bit for bit: the same C runs. ``reset(seed=n)`` starts the
    episode that seed n names there. Terminated when the cart leaves the track;
    truncated after 1000 steps of 0.01 s where ``gymnasium.make`` made it.

    Raises InvalidAction on an action that is not finite, and ResetNeeded on a step
    after the end.
    """

    metadata = {  # noqa: RUF012
        "render_modes": [],
        "render_fps": round(1 / SPEC.dt_s),
    }

    def __init__(self) -> None:
        self.observation_space = Box(-_HIGH, _HIGH)
        self.action_space = Box(-1.0, 1.0, (1,))
        self._task = SwingUp()
        self._world = self._task.world()
        self._over = True

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Starts an episode, drawn from the seed where one is given; there are no options."""
        super().reset(seed=seed, options=options)
        self._over = False
        return self._world.start(self._task.draw(self.np_random)), {}

    def step(self, action: Floats) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """One control period: observation, reward, terminated, truncated (never), info (empty)."""
        if self._over:
            raise ResetNeeded("the episode is over: call reset() before step()")
        if not np.all(np.isfinite(action)):
            raise InvalidAction(f"the action {action} is not finite")
        observation, reward, self._over = self._world.step(action)
        return observation, float(reward), self._over, False, {}


gymnasium.register(
    "wann_edge/SwingUp-v0", f"{__name__}:SwingUpEnv", max_episode_steps=SPEC.max_steps
)
