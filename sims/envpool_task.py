"""A gymnasium environment whose batches EnvPool answers, several times as fast."""

from __future__ import annotations

from collections.abc import Sequence
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
from wann_edge.task import Rollouts, Spec
from wann_edge.task.practice import Patience, Practice

Flags = NDArray[np.bool_]

INSTALL = 'pip install "wann-edge[envpool]"'


class Pool(Protocol):
    """Environments that step together, as EnvPool makes them; arrays of [n] or [n, ...]."""

    def reset(self) -> tuple[Floats, dict[str, object]]:
        """First observations, and what is known besides."""
        ...

    def step(self, action: Floats) -> tuple[Floats, Floats, Flags, Flags, dict[str, object]]:
        """Observations, rewards, terminated, truncated, and what is known besides."""
        ...

    def close(self) -> None:
        """Ends them."""
        ...


class EnvpoolTask:
    """``envpool:EnvId``: batches of episodes from EnvPool, single worlds from gymnasium.

    EnvPool's dynamics are statistically those of gymnasium, not to the bit: scores that
    count come from ``final``, the task ``gymnasium:EnvId``.

    Raises MissingError where EnvPool is not installed, and TaskError where it or
    gymnasium has no such environment, or one of discrete actions.
    """

    summary = "batches of a gymnasium environment, from EnvPool"
    needs: tuple[Need, ...] = ()

    def __init__(self, name: str, practice: Practice | None = None) -> None:
        self._practice = practice or Practice()
        self._id = name.partition(":")[2]
        self._envpool = _envpool()
        self.final = GymTask(PREFIX + self._id)
        spec = self.final.spec
        self.spec = Spec(name, spec.inputs, spec.outputs, spec.dt_s, spec.max_steps)
        if self._id not in self._envpool.list_all_envs():
            raise TaskError("EnvPool has no such environment", where=name, remedy=f"use {PREFIX}")
        if not isinstance(self.final.make(name).action_space, Box):
            raise TaskError(
                "actions are discrete", where=name, remedy=f"use {self.final.spec.name}"
            )

    def __reduce__(self) -> tuple[object, ...]:
        """EnvPool is found anew in another process."""
        return (type(self), (self.spec.name, self._practice))

    def practised(self, practice: Practice) -> EnvpoolTask:
        """The task whose batches follow these rules."""
        return EnvpoolTask(self.spec.name, practice)

    def world(self) -> GymWorld:
        """gymnasium's world."""
        return self.final.world()

    def pictured_world(self) -> GymWorld:
        """gymnasium's world, with pictures."""
        return self.final.pictured_world()

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        """Every shared weight with the episode of every seed, all stepped together."""
        pairs = np.repeat(np.array(weights, np.float32), len(seeds))
        returns, steps = self._run(network, pairs, list(seeds) * len(weights))
        shape = (len(weights), len(seeds))
        return Rollouts(returns.reshape(shape), steps.reshape(shape))

    def _run(self, network: Network, weights: Floats, seeds: list[int]) -> Rollouts:
        """Every weight with the seed beside it; those that are over wait for the last."""
        pool, patience = self._pool(seeds), Patience(self._practice)
        running = np.ones(len(seeds), np.bool_)
        returns, steps = np.zeros(len(seeds), np.float32), np.zeros(len(seeds), np.int32)
        observation = pool.reset()[0]
        for _ in range(self.spec.max_steps):
            action = network.program.forward(observation.astype(np.float32), weights)
            observation, reward, terminated, truncated, _ = pool.step(action)
            returns[running] += self._practice.counted(reward[running].astype(np.float32))
            steps[running] += 1
            running &= ~(terminated | truncated | patience.is_spent(returns))
            if not running.any():
                break
        pool.close()
        return Rollouts(returns, steps)

    def _pool(self, seeds: list[int]) -> Pool:
        """A new pool: only the first episode of an environment is its seed's alone.

        One thread: worker processes are what uses the cores. EnvPool's seeds have 31 bits.
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
        raise MissingError("not installed: envpool", remedy=INSTALL) from error
