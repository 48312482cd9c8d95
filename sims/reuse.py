"""Whether an environment can run one episode after another with the numbers of a new one."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from wann_edge.errors import TaskError, WannError
from wann_edge.kernel import Floats
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Spec

# So many episodes run in new environments before the trial, so a short command never runs it.
FRESH_EPISODES = 8
SEEDS = (0, 1, 2)
TRIAL_STEPS = 300
# Between them: many starts bring out what the memory of a physics engine carries over.
BETWEEN = range(100, 120)
BETWEEN_STEPS = 10
HELD_STEPS = 5
FIRST_CHECK = 8
REMEDY = 'restore everything in reset(), or set metadata "reusable" to False'


class TrialWorld(Protocol):
    """What a trial needs of a world."""

    def renew(self) -> None:
        """Close the environment and make a new one."""
        ...

    def begin(self, seed: int) -> Floats:
        """Start an episode in the environment that the world has; return the observation."""
        ...

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period."""
        ...


class Reuse:
    """The decision whether one environment serves all episodes of a task.

    Three episodes run in a new environment each, and again in the last of these after twenty
    short ones. Where any bit differs, as for BipedalWalker, every episode gets a new environment.
    The trial does not depend on the task's episodes, so all workers decide alike.

    Args:
        spec: the task's contract.
        is_allowed: whether the environment may be reused at all.

    Attributes:
        is_proven: whether the environment serves further episodes.
    """

    def __init__(self, spec: Spec, *, is_allowed: bool) -> None:
        self._spec = spec
        self._fresh = 0 if is_allowed else FRESH_EPISODES
        self._reused, self._check_at = 0, FIRST_CHECK
        self._first: dict[int, list[bytes]] = {}
        self.is_proven = False

    def is_due(self) -> bool:
        """Count an episode in a new environment; return whether to run the trial in it."""
        self._fresh += 1
        return self._fresh == FRESH_EPISODES

    def prove(self, world: TrialWorld) -> bool:
        """Run the trial; return and keep the decision."""
        try:
            for seed in SEEDS:
                world.renew()
                self._first[seed] = self._played(world, seed, TRIAL_STEPS)
            for seed in BETWEEN:
                self._played(world, seed, BETWEEN_STEPS)
            self.is_proven = all(self._agrees(world, seed) for seed in SEEDS)
        except WannError:  # Random actions may be more than a simulator bears.
            self.is_proven = False
        return self.is_proven

    def check(self, world: TrialWorld) -> None:
        """Count a reused episode, and repeat one of the trial at 8, 16, 32 and so on.

        Raises:
            TaskError: it gives other numbers now.
        """
        self._reused += 1
        if self._reused < self._check_at:
            return
        self._check_at *= 2
        seed = SEEDS[self._reused.bit_length() % len(SEEDS)]
        if not self._agrees(world, seed):
            raise TaskError(
                f"the environment carries state from one episode into the next: after "
                f"{self._reused} episodes, seed {seed} gives other numbers",
                where=self._spec.name,
                remedy=REMEDY,
            )

    def _agrees(self, world: TrialWorld, seed: int) -> bool:
        return self._played(world, seed, TRIAL_STEPS) == self._first[seed]

    def _played(self, world: TrialWorld, seed: int, most: int) -> list[bytes]:
        """Play an episode with random actions; return everything that came of it."""
        rng = generator(seed, Use.TRIAL_ACTIONS)
        low = np.clip([output.low for output in self._spec.outputs], -1e3, 1e3)
        high = np.clip([output.high for output in self._spec.outputs], -1e3, 1e3)
        seen = [world.begin(seed).tobytes()]
        for step in range(min(most, self._spec.max_steps)):
            if step % HELD_STEPS == 0:
                action = rng.uniform(low, high).astype(np.float32)
            observation, reward, over = world.step(action)
            seen += [observation.tobytes(), reward.tobytes()]
            if over:
                break
        return seen
