"""Task: what a simulator promises, and how its worlds are driven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeGuard

import numpy as np

from wann_edge.errors import TaskError
from wann_edge.kernel import Floats, Integers, Plant
from wann_edge.needs import Listed
from wann_edge.network import Input, Network, Output
from wann_edge.registry import load


@dataclass(frozen=True)
class Spec:
    """What a task promises of its observations, actions and time.

    dt_s: the control period. max_steps: an episode's length when nothing ends it.
    """

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    dt_s: float
    max_steps: int


class Rollouts(NamedTuple):
    """Results of episodes, [weights, episodes] each: returns float32, lengths int32 in steps."""

    returns: Floats
    steps: Integers


class World(Protocol):
    """One running simulation.

    Observations are float32 [inputs], actions float32 [outputs].
    """

    def reset(self, seed: int) -> Floats:
        """Starts the episode that this seed names; gives the first observation."""
        ...

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """One control period: the next observation, the reward, whether the episode is over."""
        ...


class Task(Listed, Protocol):
    """A simulator that runs step by step."""

    spec: Spec

    def world(self) -> World:
        """A world of its own for one caller."""
        ...


class BatchTask(Protocol):
    """A simulator that also answers whole batches of episodes in one call."""

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        """Every shared weight with the episode of every seed."""
        ...


class ManyTask(Protocol):
    """A simulator that also answers batches of several networks in one call."""

    def rollouts_of(
        self, networks: Sequence[Network], weights: Sequence[float], seeds: Sequence[int]
    ) -> list[Rollouts]:
        """For each network, every shared weight with the episode of every seed."""
        ...


class DrawTask(Protocol):
    """A simulator that also answers batches whose rollouts have weights of their own."""

    def drawn_rollouts(self, network: Network, weights: Floats, seeds: Sequence[int]) -> Rollouts:
        """Every row of weights with the episode of every seed; the network has no dead nodes.

        weights: float32 [weights, episodes], a shared weight a rollout, or [weights,
        episodes, edges], a weight a connection.
        """
        ...


class PlantTask(Protocol):
    """A simulator that is one of the kernel's native plants."""

    spec: Spec
    plant: Plant

    def starts(self, seeds: Sequence[int]) -> Floats:
        """The starting state of every episode, float32 [episodes, plant.states]."""
        ...


def is_batch(task: Task) -> TypeGuard[BatchTask]:
    """Whether the task answers batches; quick, for it is asked for every network."""
    return hasattr(task, "rollouts")


def takes_many(task: Task) -> TypeGuard[ManyTask]:
    """Whether the task answers batches of several networks."""
    return hasattr(task, "rollouts_of")


def takes_draws(task: Task) -> TypeGuard[DrawTask]:
    """Whether the task answers batches of drawn weights."""
    return hasattr(task, "drawn_rollouts")


def has_plant(task: Task) -> TypeGuard[PlantTask]:
    """Whether the task is a native plant's."""
    return hasattr(task, "plant") and hasattr(task, "starts")


class Policy(Protocol):
    """What drives a world: the kernel, onnxruntime, a compiled header, a device."""

    def act(self, observation: Floats) -> Floats:
        """The action float32 [outputs] for an observation float32 [inputs]."""
        ...


def load_task(name: str) -> Task:
    """The task registered under this name. Raises SettingsError where there is none."""
    kind = load("tasks", name)
    task: Task = kind()  # type: ignore[operator]
    return task


def check_fit(network: Network, spec: Spec) -> None:
    """Raises TaskError unless the network has the task's numbers of inputs and outputs."""
    has = (len(network.inputs), len(network.outputs))
    needs = (len(spec.inputs), len(spec.outputs))
    if has != needs:
        raise TaskError(
            f"the network has {has[0]} inputs and {has[1]} outputs, "
            f"the task {spec.name!r} needs {needs[0]} and {needs[1]}"
        )
