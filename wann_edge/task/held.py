"""When an episode of a task is held: the rule, and a world that counts it."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import Floats, Integers
from wann_edge.task.open_world import close
from wann_edge.task.protocols import Rollouts, Task, World

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Held:
    """The rule by which a task declares an episode held.

    Attributes:
        when: the rule in words, such as "upright within 10 degrees for the last 2 s".
        steps: the last steps of the episode, after each of which the world must be in a held
            state; 0 where the reward decides.
        reward: the least return of a held episode, where the reward decides.
    """

    when: str
    steps: int = 0
    reward: float = -np.inf

    def verdict(self, returns: Floats | np.float32, by_states: Integers | bool | None) -> Flags:
        """Return whether episodes are held.

        Args:
            returns: their returns, float32 of any shape.
            by_states: whether their states say so, of the same shape; not used where the
                reward decides.
        """
        if self.steps == 0:
            return np.asarray(returns >= np.float32(self.reward))
        assert by_states is not None, "a world or a judging task counted the states"
        return np.asarray(by_states, np.bool_)


def of_reward(reward: float) -> Held:
    """Return the rule that an episode is held from this return on."""
    return Held(f"a reward of at least {reward:g}", reward=reward)


class HeldWorld(World, Protocol):
    """A world that says whether its state is one to hold or to reach."""

    def is_held(self) -> bool:
        """Return whether the current state is one to hold or to reach."""
        ...


def held_rule(task: Task) -> Held | None:
    """Return the task's rule; None where it does not declare when an episode is held."""
    return cast("Held | None", getattr(task, "held", None))


def judging(task: Task) -> Task:
    """Return the task whose rollouts have ``held``, where states decide; else the task itself."""
    rule = held_rule(task)
    if rule is None or not rule.steps:
        return task
    other = cast("Any", copy(task))
    other.is_judging = True
    return cast("Task", other)


def judged_by(task: Task) -> Held | None:
    """Return the rule by which states are looked at; None unless ``judging`` made the task."""
    return held_rule(task) if getattr(task, "is_judging", False) else None


def held_episodes(rule: Held | None, found: Rollouts) -> Flags | None:
    """Return which episodes are held, bool [weights, episodes]; None without a rule.

    Args:
        rule: the task's rule, or another one on the reward.
        found: the rollouts of a task that ``judging`` returned.
    """
    return None if rule is None else np.asarray(rule.verdict(found.returns, found.held))


class WatchedWorld:
    """A world that counts for how many steps in a row its state has been held.

    Args:
        world: the world; it has ``is_held`` where the rule has ``steps``.
        rule: the task's rule; None to count nothing.
    """

    def __init__(self, world: World, rule: Held | None) -> None:
        self._world, self._streak = world, 0
        self._steps = 0 if rule is None else rule.steps

    @property
    def held(self) -> bool:
        """Whether the episode is held, if it ends now; False where the states don't decide."""
        return 0 < self._steps <= self._streak

    def reset(self, seed: int) -> Floats:
        """Start the episode of a seed; return the first observation, float32 [inputs]."""
        self._streak = 0
        return self._world.reset(seed)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period: return observation, reward, and whether the episode is over."""
        found = self._world.step(action)
        if self._steps:
            is_held = cast("HeldWorld", self._world).is_held()
            self._streak = self._streak + 1 if is_held else 0
        return found

    def close(self) -> None:
        """Close the world."""
        close(self._world)
