"""Tasks of native plants, which run in the kernel's lanes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.errors import TaskError
from wann_edge.kernel import Disturbance, Floats, Integers, Plant, Rules, plant, rollouts_of
from wann_edge.kernel.plant_text import native_text
from wann_edge.network import Network
from wann_edge.system.needs import Need
from wann_edge.task import Rollouts, Spec, World
from wann_edge.task.disturbance_draws import draw
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.disturbed import DisturbedWorld
from wann_edge.task.fingerprint import sha256_of
from wann_edge.task.held import Held
from wann_edge.task.practice import Practice, PracticeTask


class NativeTask:
    """A task of a native plant.

    A subclass sets ``spec``, with the name of the plant, and ``summary``, and draws the
    starting states of episodes in ``draw``.

    Attributes:
        spec: the contract.
        summary: one line for lists.
        needs: packages that must be installed; none.
        plant: the kernel's plant.
        disturbances: of all episodes.
        practice: the rules of practice episodes, for batches and worlds.
        held_state: the states to hold or to reach, in words, without the time.
        is_judging: whether rollouts say which episodes are held; ``task.held.judging`` sets it.
    """

    spec: Spec
    summary: str
    needs: tuple[Need, ...] = ()
    disturbances: Disturbances = NONE
    practice = Practice()
    held_state: str
    is_judging = False

    def __init__(self) -> None:
        self.plant: Plant = plant(self.spec.name)

    def __reduce__(self) -> tuple[object, ...]:
        """Return how to create the task again: addresses of plants cannot be pickled."""
        more = self.disturbances, self.practice, self.is_judging
        return (_made, (type(self), self._arguments(), *more))

    def _arguments(self) -> tuple[object, ...]:
        """Return the arguments that create the task again."""
        return ()

    def disturbed(self, disturbances: Disturbances) -> NativeTask:
        """Return the task with these disturbances, which the kernel applies."""
        other = copy(self)
        other.disturbances = disturbances
        return other

    def practised(self, practice: Practice) -> NativeTask:
        """Return the task with these rules, which the kernel applies."""
        other = copy(self)
        other.practice = practice
        return other

    @property
    def held(self) -> Held | None:
        """When an episode is held; None where the plant does not say."""
        steps = self.plant.held_steps
        if not steps:
            return None
        last = (
            f" for the last {steps * self.spec.dt_s:g} s" if steps > 1 else " after the last step"
        )
        return Held(self.held_state + last, steps)

    @property
    def final(self) -> NativeTask:
        """The task that final scores are measured on: without rules of practice."""
        return self if self.practice == Practice() else self.practised(Practice())

    @property
    def _rules(self) -> Rules:
        floor, steps = self.practice.reward_floor, self.practice.patience_steps
        return Rules(-np.inf if floor is None else floor, steps or 0, self.practice.patience_reward)

    @property
    def identity(self) -> dict[str, str]:
        """The SHA-256 of the plant's text in the kernel."""
        return {"plant": sha256_of(native_text(self.spec.name))}

    def draw(self, rng: np.random.Generator) -> ArrayLike:
        """Draw a starting state [states]."""
        raise NotImplementedError

    def start(self, seed: int) -> Floats:
        """Return the starting state of a seed, float32 [states]."""
        return np.asarray(self.draw(np.random.default_rng(seed)), np.float32)

    def starts(self, seeds: Sequence[int]) -> Floats:
        """Return the starting state of each seed, float32 [episodes, states]."""
        return _starts(self, tuple(seeds))

    def world(self) -> World:
        """Create a world."""
        if self.practice != Practice():
            return PracticeTask(self.final, self.practice).world()
        world = self.bare_world()
        if self.disturbances == NONE:
            return world
        return DisturbedWorld(world, self.spec, self.disturbances)

    def bare_world(self) -> NativeWorld:
        """Create a world without disturbances."""
        return NativeWorld(self)

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        """Run each shared weight in the episode of each seed, in lanes."""
        return self.rollouts_of([network], weights, seeds)[0]

    def rollouts_of(
        self, networks: Sequence[Network], weights: Sequence[float], seeds: Sequence[int]
    ) -> list[Rollouts]:
        """Run each network with each shared weight in the episode of each seed, in lanes."""
        shape = (len(networks), len(weights), len(seeds))
        jobs = _jobs(self, np.array(weights, np.float32).tobytes(), tuple(seeds))
        programs = [network.program for network in networks]
        disturbed = _disturbed(self, tuple(seeds), len(weights))
        held = self._room((shape[0], shape[1] * shape[2]))
        returns, steps = rollouts_of(
            programs, self.plant, *jobs, self.spec.max_steps, None, disturbed, self._rules, held
        )
        found = [array.reshape(shape) for array in (returns, steps)]
        flags = [None] * len(networks) if held is None else held.reshape(shape)
        return [Rollouts(*arrays) for arrays in zip(*found, flags, strict=True)]

    def _room(self, shape: tuple[int, ...]) -> Integers | None:
        """Return room for which episodes are held, int32 of a shape; None if nobody asks."""
        return np.empty(shape, np.int32) if self.is_judging else None

    def drawn_rollouts(self, network: Network, weights: Floats, seeds: Sequence[int]) -> Rollouts:
        """Run rollouts with different weights, in lanes; ``DrawTask`` has the shapes."""
        shape = weights.shape[:2]
        states = np.tile(self.starts(seeds), (shape[0], 1))
        shared, single = weights.reshape(-1), None
        if weights.ndim == 3:
            shared = np.ones(len(states), np.float32)
            single = weights.reshape(len(states), -1)
        disturbed = _disturbed(self, tuple(seeds), shape[0])
        held = self._room((1, len(states)))
        returns, steps = network.program.rollouts(
            self.plant, shared, states, self.spec.max_steps, single, disturbed, self._rules, held
        )
        flags = None if held is None else held.reshape(shape)
        return Rollouts(returns.reshape(shape), steps.reshape(shape), flags)


@lru_cache(maxsize=8)
def _starts(task: NativeTask, seeds: tuple[int, ...]) -> Floats:
    """Return the starting state of each seed [episodes, states]."""
    starts = [task.start(seed) for seed in seeds]
    return np.array(starts, np.float32).reshape(-1, task.plant.states)


@lru_cache(maxsize=8)
def _jobs(task: NativeTask, weights: bytes, seeds: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Return the weight and the starting state of each pair, cached for a generation.

    ``weights`` are the bytes of float32 numbers, because 0.0 equals -0.0 as a key.
    """
    shared = np.frombuffer(weights, np.float32)
    return np.repeat(shared, len(seeds)), np.tile(_starts(task, seeds), (len(shared), 1))


@lru_cache(maxsize=8)
def _disturbed(
    task: NativeTask, seeds: tuple[int, ...], weights: int
) -> tuple[Disturbance, Integers] | None:
    """Return the episodes' disturbances, and the row of each (weight, episode) pair."""
    if task.disturbances == NONE:
        return None
    drawn = draw(task.disturbances, task.spec, task.plant.parameters, seeds)
    return drawn, np.tile(np.arange(len(seeds), dtype=np.int32), weights)


def _made(
    kind: type[NativeTask],
    arguments: tuple[object, ...],
    disturbances: Disturbances,
    practice: Practice,
    is_judging: bool,
) -> NativeTask:
    task = kind(*arguments)
    task.disturbances, task.practice, task.is_judging = disturbances, practice, is_judging
    return task


class NativeWorld:
    """A world of a native plant, a control period at a time.

    Attributes:
        state: float32 [states], as the plant's header in kernel/plants defines it.
    """

    def __init__(self, task: NativeTask) -> None:
        self.state: Floats = np.zeros(task.plant.states, np.float32)
        self._task = task
        self._observation = task.plant.observe(self.state)
        self._factors: Floats | None = None
        self._over = True

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters that can vary."""
        return self._task.plant.parameters

    def vary(self, factors: Floats) -> None:
        """Multiply each parameter by its factor, float32 [parameters]."""
        self._factors = factors

    def reset(self, seed: int) -> Floats:
        """Start the episode of a seed; return the first observation, float32 [inputs]."""
        return self.start(self._task.start(seed))

    def start(self, state: Floats) -> Floats:
        """Start from a state, float32 [states]; return its observation."""
        self.state, self._over = state, False
        self._observation = self._task.plant.observe(state)
        return self._observation.copy()

    def is_held(self) -> bool:
        """Return whether the current state is one to hold or to reach."""
        return self._task.plant.is_held(self.state, self._observation)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period: return observation, reward, and whether the episode is over.

        Raises:
            TaskError: no episode is running.
        """
        if self._over:
            raise TaskError(
                "no episode is running", where=self._task.spec.name, remedy="call reset() first"
            )
        self.state, self._observation, reward, self._over = self._task.plant.step(
            self.state, self._observation, action, self._factors
        )
        return self._observation.copy(), reward, self._over
