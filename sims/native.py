"""Tasks that run in the kernel's lanes: a native plant, a Spec, and where episodes start."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.errors import TaskError
from wann_edge.kernel import Disturbance, Floats, Integers, Plant, Rules, plant, rollouts_of
from wann_edge.network import Network
from wann_edge.system.needs import Need
from wann_edge.task import Rollouts, Spec, World
from wann_edge.task.disturbance_draws import draw
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.disturbed import DisturbedWorld
from wann_edge.task.practice import Practice, PracticeTask


class NativeTask:
    """A task whose worlds are one of the kernel's plants.

    A subclass has a ``spec``, named as the plant is, and says in ``draw`` where
    episodes start. plant: the kernel's. disturbances: those of all its episodes.
    practice: rules of its batches.
    """

    spec: Spec
    summary: str
    needs: tuple[Need, ...] = ()
    disturbances: Disturbances = NONE
    practice = Practice()

    def __init__(self) -> None:
        self.plant: Plant = plant(self.spec.name)

    def __reduce__(self) -> tuple[object, ...]:
        """A plant is found anew in another process."""
        return (_made, (type(self), self._arguments(), self.disturbances, self.practice))

    def _arguments(self) -> tuple[object, ...]:
        """What another process makes the task with."""
        return ()

    def disturbed(self, disturbances: Disturbances) -> NativeTask:
        """The task with disturbances, in the kernel's lanes."""
        other = copy(self)
        other.disturbances = disturbances
        return other

    def practised(self, practice: Practice) -> NativeTask:
        """The task whose batches follow these rules, in the kernel's lanes."""
        other = copy(self)
        other.practice = practice
        return other

    @property
    def final(self) -> NativeTask:
        """The task whose scores count: itself without rules of practice."""
        return self if self.practice == Practice() else self.practised(Practice())

    @property
    def _rules(self) -> Rules:
        floor, steps = self.practice.reward_floor, self.practice.patience_steps
        return Rules(-np.inf if floor is None else floor, steps or 0, self.practice.patience_reward)

    def draw(self, rng: np.random.Generator) -> ArrayLike:
        """A starting state [states]."""
        raise NotImplementedError

    def start(self, seed: int) -> Floats:
        """The starting state [states] that a seed names, float32."""
        return np.asarray(self.draw(np.random.default_rng(seed)), np.float32)

    def starts(self, seeds: Sequence[int]) -> Floats:
        """The starting state of every episode, float32 [episodes, states]."""
        return _starts(self, tuple(seeds))

    def world(self) -> World:
        """A world of its own for one caller."""
        if self.practice != Practice():
            return PracticeTask(self.final, self.practice).world()
        world = NativeWorld(self)
        if self.disturbances == NONE:
            return world
        return DisturbedWorld(world, self.spec, self.disturbances)

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        """Every shared weight with the episode of every seed, in the kernel's lanes."""
        return self.rollouts_of([network], weights, seeds)[0]

    def rollouts_of(
        self, networks: Sequence[Network], weights: Sequence[float], seeds: Sequence[int]
    ) -> list[Rollouts]:
        """The rollouts of each network."""
        shape = (len(networks), len(weights), len(seeds))
        jobs = _jobs(self, np.array(weights, np.float32).tobytes(), tuple(seeds))
        programs = [network.program for network in networks]
        disturbed = _disturbed(self, tuple(seeds), len(weights))
        returns, steps = rollouts_of(
            programs, self.plant, *jobs, self.spec.max_steps, None, disturbed, self._rules
        )
        pairs = zip(returns.reshape(shape), steps.reshape(shape), strict=True)
        return [Rollouts(*pair) for pair in pairs]

    def drawn_rollouts(self, network: Network, weights: Floats, seeds: Sequence[int]) -> Rollouts:
        """Rollouts with weights of their own, in the kernel's lanes."""
        shape = weights.shape[:2]
        states = np.tile(self.starts(seeds), (shape[0], 1))
        shared, single = weights.reshape(-1), None
        if weights.ndim == 3:
            shared = np.ones(len(states), np.float32)
            single = weights.reshape(len(states), -1)
        disturbed = _disturbed(self, tuple(seeds), shape[0])
        returns, steps = network.program.rollouts(
            self.plant, shared, states, self.spec.max_steps, single, disturbed, self._rules
        )
        return Rollouts(returns.reshape(shape), steps.reshape(shape))


@lru_cache(maxsize=8)
def _starts(task: NativeTask, seeds: tuple[int, ...]) -> Floats:
    """The starting state of every episode [episodes, states]."""
    starts = [task.start(seed) for seed in seeds]
    return np.array(starts, np.float32).reshape(-1, task.plant.states)


@lru_cache(maxsize=8)
def _jobs(task: NativeTask, weights: bytes, seeds: tuple[int, ...]) -> tuple[Floats, Floats]:
    """The weight and the starting state of every pair; the same for a whole generation.

    weights: the bytes of float32 numbers, for 0.0 and -0.0 are equal but not the same.
    """
    shared = np.frombuffer(weights, np.float32)
    return np.repeat(shared, len(seeds)), np.tile(_starts(task, seeds), (len(shared), 1))


@lru_cache(maxsize=8)
def _disturbed(
    task: NativeTask, seeds: tuple[int, ...], weights: int
) -> tuple[Disturbance, Integers] | None:
    """The episodes' disturbances, and the row of each (weight, episode) pair."""
    if task.disturbances == NONE:
        return None
    drawn = draw(task.disturbances, task.spec, task.plant.parameters, seeds)
    return drawn, np.tile(np.arange(len(seeds), dtype=np.int32), weights)


def _made(
    kind: type[NativeTask],
    arguments: tuple[object, ...],
    disturbances: Disturbances,
    practice: Practice,
) -> NativeTask:
    task = kind(*arguments)
    task.disturbances, task.practice = disturbances, practice
    return task


class NativeWorld:
    """One world of a native plant, a control period at a time.

    state: float32 [states], as the plant's header in kernel/plants has it.
    """

    def __init__(self, task: NativeTask) -> None:
        self.state: Floats = np.zeros(task.plant.states, np.float32)
        self._task = task
        self._observation = task.plant.observe(self.state)
        self._factors: Floats | None = None
        self._over = True

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of what can differ from the model."""
        return self._task.plant.parameters

    def vary(self, factors: Floats) -> None:
        """Multiplies each of its parameters, float32 [parameters]."""
        self._factors = factors

    def reset(self, seed: int) -> Floats:
        """Starts the episode that this seed names; gives the first observation."""
        return self.start(self._task.start(seed))

    def start(self, state: Floats) -> Floats:
        """Starts from a state [states]; gives its observation."""
        self.state, self._over = state, False
        self._observation = self._task.plant.observe(state)
        return self._observation.copy()

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """One control period: the next observation, the reward, whether the episode is over.

        Raises TaskError where it was over before, or never started.
        """
        if self._over:
            raise TaskError(
                "no episode is running", where=self._task.spec.name, remedy="call reset() first"
            )
        self.state, self._observation, reward, self._over = self._task.plant.step(
            self.state, self._observation, action, self._factors
        )
        return self._observation.copy(), reward, self._over
