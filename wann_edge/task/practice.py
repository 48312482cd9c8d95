"""Practice episodes: the rules that end an episode early or clamp rewards during a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from wann_edge.errors import SettingsError
from wann_edge.kernel import Floats
from wann_edge.network import LARGEST
from wann_edge.system.needs import Need
from wann_edge.task import Task, World, final_task
from wann_edge.task.held import HeldWorld
from wann_edge.task.open_world import close


@dataclass(frozen=True)
class Practice:
    """The rules of practice episodes; the defaults change nothing.

    Attributes:
        patience_steps: end an episode when this many steps in a row earn less than
            ``patience_reward`` together; checked every ``patience_steps`` steps; None for
            never.
        patience_reward: the sum of rewards that continues the episode.
        reward_floor: clamp each step's reward from below; None for no clamp.

    Raises:
        SettingsError: ``patience_steps`` is below 1 or above 2^31 - 1, or a reward is not finite.
    """

    patience_steps: int | None = None
    patience_reward: float = 0.0
    reward_floor: float | None = None

    def __post_init__(self) -> None:
        if self.patience_steps is not None and self.patience_steps < 1:
            raise SettingsError(
                f"must be at least 1, not {self.patience_steps}",
                where="patience_steps",
                remedy="set it to 1 or more, or leave it out",
            )
        for name, most in (
            ("patience_steps", 2**31 - 1),
            ("patience_reward", LARGEST),
            ("reward_floor", LARGEST),
        ):
            value = getattr(self, name)
            if value is not None and not abs(value) <= most:
                raise SettingsError(
                    f"must be at most {most:g}, not {value}",
                    where=name,
                    remedy="use a smaller number",
                )

    def counted(self, rewards: Floats) -> Floats:
        """Return the clamped rewards, of any shape."""
        return rewards if self.reward_floor is None else np.maximum(rewards, self.reward_floor)


class Patience:
    """The patience of episodes that run side by side from their start."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._steps = 0
        self._marks: Floats | np.float32 = np.float32(0)

    def is_spent(self, totals: Floats) -> NDArray[np.bool_]:
        """Return which episodes end now, from their returns after one more step."""
        self._steps += 1
        period = self._practice.patience_steps
        if period is None or self._steps % period:
            return np.zeros(totals.shape, np.bool_)
        gained = totals - self._marks
        self._marks = totals.copy()
        spent: NDArray[np.bool_] = gained < self._practice.patience_reward
        return spent


class PractisingTask(Protocol):
    """A simulator that applies the rules to whole batches itself."""

    def practised(self, practice: Practice) -> Task:
        """Return the task with these rules."""
        ...


def _practises(task: Task) -> TypeGuard[PractisingTask]:
    return hasattr(task, "practised")


def practised(task: Task, practice: Practice) -> Task:
    """Return the task with these rules; its ``final`` stays the task without rules."""
    if practice == Practice():
        return task
    return task.practised(practice) if _practises(task) else PracticeTask(task, practice)


class PracticeTask:
    """A task whose worlds follow the rules, step by step."""

    summary = "a task in practice"
    needs: tuple[Need, ...] = ()

    def __init__(self, task: Task, practice: Practice) -> None:
        self._task, self._practice = task, practice
        self.final = final_task(task)
        self.spec = task.spec

    def world(self) -> World:
        """Create a world."""
        return _PracticeWorld(self._task.world(), self._practice)


class _PracticeWorld:
    def __init__(self, world: World, practice: Practice) -> None:
        self._world, self._practice = world, practice

    def reset(self, seed: int) -> Floats:
        self._patience = Patience(self._practice)
        self._total = np.zeros(1, np.float32)
        return self._world.reset(seed)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        observation, reward, over = self._world.step(action)
        counted = self._practice.counted(np.array([reward], np.float32))
        self._total = self._total + counted
        spent = self._patience.is_spent(self._total)
        return observation, np.float32(counted[0]), over or bool(spent[0])

    def is_held(self) -> bool:
        return cast("HeldWorld", self._world).is_held()

    def close(self) -> None:
        close(self._world)
