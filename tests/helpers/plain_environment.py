"""A small gymnasium environment, whose properties tests replace."""

from __future__ import annotations

import gymnasium
import numpy as np
from gymnasium import spaces

from wann_edge.sims.gym_task import GymTask


class Plain(gymnasium.Env[np.ndarray, object]):
    """Counts up to 3; tests set further properties on the class."""

    observation_space: spaces.Space = spaces.Box(-1, np.inf, (1,))
    action_space: spaces.Space = spaces.Box(-2, 5, (2,))
    metadata = {"render_modes": []}  # noqa: RUF012
    dt: float | None = 0.25
    reward = 1.0
    taken: object = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, object] | None = None
    ) -> tuple[np.ndarray, dict[str, object]]:
        super().reset(seed=seed)
        self.count = 0
        return np.zeros(1, np.float32), {}

    def step(self, action: object) -> tuple[np.ndarray, float, bool, bool, dict[str, object]]:
        type(self).taken = action
        self.count += 1
        return np.full(1, self.count, np.float32), self.reward, self.count == 3, False, {}


def plain_task(kind: type[Plain] = Plain, **changes: object) -> GymTask:
    """Return a task of an environment that is registered here."""
    made = type("Changed", (kind,), changes)
    gymnasium.registry.pop("Plain-v0", None)
    gymnasium.register("Plain-v0", made)
    return GymTask("gymnasium:Plain-v0")
