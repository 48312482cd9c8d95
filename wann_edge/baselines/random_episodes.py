"""What a task observes in episodes of random actions, to find out which input is which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wann_edge.system.seeds import Use, drawn_seeds, generator
from wann_edge.task import Spec, Task
from wann_edge.task.open_world import opened

Doubles = NDArray[np.float64]

EPISODES, MOST_STEPS = 8, 400
# Actions that change in every step would cancel each other out.
HELD_STEPS = 10


def action_bounds(spec: Spec) -> tuple[Doubles, Doubles]:
    """Return the bounds of the actions, float64 [outputs]; -1 and 1 where there are none."""
    low = np.array([channel.low for channel in spec.outputs], np.float64)
    high = np.array([channel.high for channel in spec.outputs], np.float64)
    return np.where(np.isfinite(low), low, -1.0), np.where(np.isfinite(high), high, 1.0)


def observed(task: Task, seed: int) -> list[Doubles]:
    """Return the observations of each episode, float64 [steps + 1, inputs].

    Args:
        task: the task.
        seed: determines episodes and actions.
    """
    rng, (low, high) = generator(seed, Use.LINEARISATION), action_bounds(task.spec)
    episodes, action = [], low.astype(np.float32)
    with opened(task.world()) as world:
        for episode in drawn_seeds(EPISODES, seed, Use.LINEARISATION):
            seen = [world.reset(episode)]
            for step in range(min(MOST_STEPS, task.spec.max_steps)):
                if step % HELD_STEPS == 0:
                    action = rng.uniform(low, high).astype(np.float32)
                observation, _, over = world.step(action)
                seen.append(observation)
                if over:
                    break
            episodes.append(np.array(seen, np.float64))
    return episodes


def correlation(one: Doubles, other: Doubles) -> float:
    """Return the correlation of two series; 0 where one of them is constant."""
    sizes = float(one.std() * other.std())
    covariance = float(np.mean((one - one.mean()) * (other - other.mean())))
    return covariance / sizes if sizes > 0 else 0.0
