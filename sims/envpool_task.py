"""Gymnasium environments whose batches run in EnvPool, which is several times as fast."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Protocol

import numpy as np
from gymnasium.spaces import Box
from numpy.typing import NDArray

from wann_edge.errors import MissingError, TaskError
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.sims.gym_task import PREFIX, GymTask, GymWorld
from wann_edge.system.needs import Need
from wann_edge.task import Rollouts
from wann_edge.task.fingerprint import with_version
from wann_edge.task.practice import Patience, Practice

Flags = NDArray[np.bool_]

INSTALL = 'pip install "wann-edge[envpool]"'


class Pool(Protocol):
    """The n environments of an EnvPool, which step together; arrays are [n] or [n, ...]."""

    def reset(self) -> tuple[Floats, dict[str, object]]:
        """Return the first observations, and info."""
        ...

    def step(self, action: Floats) -> tuple[Floats, Floats, Flags, Flags, dict[str, object]]:
        """Return observations, rewards, terminated, truncated, and info."""
        ...

    def close(self) -> None:
        """Close the environments."""
        ...


class EnvpoolTask:
    """``envpool:EnvId``: batches of episodes in EnvPool, single worlds in gymnasium.

    EnvPool's episodes equal gymnasium's statistically, not to the bit. Final scores
    therefore come from ``final``, the task ``gymnasium:EnvId``.

    Args:
        name: ``envpool:EnvId``.
        practice: the rules of practice episodes; None for none.

    Raises:
        MissingError: EnvPool is not installed.
        TaskError: EnvPool or gymnasium has no such environment, or its actions are discrete.
    """

    summary = "batches of a gymnasium environment, from EnvPool"
    needs: tuple[Need, ...] = ()

    def __init__(self, name: str, practice: Practice | None = None) -> None:
        self._practice = practice or Practice()
        self._id = name.partition(":")[2]
        self._envpool = _envpool()
        if self._id not in self._envpool.list_all_envs():
            raise TaskError(
                "EnvPool has no such environment", where=name, remedy=f"try {PREFIX}{self._id}"
            )
        self.final = GymTask(PREFIX + self._id)
        spec = self.final.spec
        self.spec, self.held = replace(spec, name=name), self.final.held
        with closing(self.final.make(name)) as environment:
            is_box = isinstance(environment.action_space, Box)
        if not is_box:
            raise TaskError(
                "the actions are discrete", where=name, remedy=f"use {self.final.spec.name}"
            )

    @property
    def identity(self) -> dict[str, str]:
        """What its episodes are computed from."""
        return {**self.final.identity, "batches": with_version("envpool")}

    def __reduce__(self) -> tuple[object, ...]:
        """Return how to create the task again: EnvPool itself cannot be pickled."""
        return (type(self), (self.spec.name, self._practice))

    def practised(self, practice: Practice) -> EnvpoolTask:
        """Return the task with these rules in its batches."""
        return EnvpoolTask(self.spec.name, practice)

    def world(self) -> GymWorld:
        """Create gymnasium's world."""
        return self.final.world()

    def pictured_world(self) -> GymWorld:
        """Create gymnasium's world with pictures."""
        return self.final.pictured_world()

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        """Run each shared weight in the episode of each seed, all steps together."""
        pairs = np.repeat(np.array(weights, np.float32), len(seeds))
        found = self._run(network, pairs, list(seeds) * len(weights))
        shape = (len(weights), len(seeds))
        return Rollouts(found.returns.reshape(shape), found.steps.reshape(shape))

    def _run(self, network: Network, weights: Floats, seeds: list[int]) -> Rollouts:
        """Run each weight with the seed beside it, until the last episode ends."""
        with closing(self._pool(seeds)) as pool:
            return self._run_in(pool, network, weights)

    def _run_in(self, pool: Pool, network: Network, weights: Floats) -> Rollouts:
        patience = Patience(self._practice)
        running = np.ones(len(weights), np.bool_)
        returns, steps = np.zeros(len(weights), np.float32), np.zeros(len(weights), np.int32)
        observation = pool.reset()[0]
        for _ in range(self.spec.max_steps):
            action = network.program.forward(observation.astype(np.float32), weights)
            observation, reward, terminated, truncated, _ = pool.step(action)
            returns[running] += self._practice.counted(reward[running].astype(np.float32))
            steps[running] += 1
            running &= ~(terminated | truncated | patience.is_spent(returns))
            if not running.any():
                break
        return Rollouts(returns, steps)

    def _pool(self, seeds: list[int]) -> Pool:
        """Create a pool, as only the first episode of an environment depends on its seed alone.

        The pool has one thread, because worker processes use the cores. EnvPool's seeds have
        31 bits.
        """
        pool: Pool = self._envpool.make(
            self._id,
            env_type="gymnasium",
            num_envs=len(seeds),
            num_threads=1,
            env_seed=[seed % 2**31 for seed in seeds],
            max_episode_steps=self.spec.max_steps,
        )
        return pool


def _envpool() -> ModuleType:
    try:
        return import_module("envpool")
    except ImportError as error:
        raise MissingError("EnvPool is not installed", where="envpool", remedy=INSTALL) from error
