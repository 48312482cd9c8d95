"""Task: what a simulator promises, and how its worlds are driven."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple, Protocol, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray

from wann_edge.errors import TaskError
from wann_edge.kernel import Floats, Integers, Plant
from wann_edge.network import Input, Network, Output
from wann_edge.registry import load, registered
from wann_edge.system.needs import Listed, demand

# uint8 [height, width, 3], red, green and blue.
Picture = NDArray[np.uint8]


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
        """One control period: the next observation, the reward, whether the episode is over.

        Raises TaskError before a reset, or where the episode was over.
        """
        ...


class Task(Listed, Protocol):
    """A simulator that runs step by step."""

    spec: Spec

    def world(self) -> World:
        """A world of its own for one caller."""
        ...


class PicturedWorld(World, Protocol):
    """A world that draws itself."""

    def picture(self) -> Picture:
        """The world as it is now."""
        ...


class PicturedTask(Protocol):
    """A simulator whose worlds can draw themselves."""

    def pictured_world(self) -> PicturedWorld:
        """A world with pictures, for one caller."""
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


def draws_pictures(task: Task) -> TypeGuard[PicturedTask]:
    """Whether the task's worlds can draw themselves."""
    return hasattr(task, "pictured_world")


def final_task(task: Task) -> Task:
    """The task whose scores count: the task itself, or the one that it stands in for.

    A stand-in, such as EnvPool's batches for gymnasium, names it as ``final``.
    """
    return cast("Task", getattr(task, "final", task))


def has_plant(task: Task) -> TypeGuard[PlantTask]:
    """Whether the task is a native plant's."""
    return hasattr(task, "plant") and hasattr(task, "starts")


class Policy(Protocol):
    """What drives a world: the kernel, onnxruntime, a compiled header, a device."""

    def act(self, observation: Floats) -> Floats:
        """The action float32 [outputs] for an observation float32 [inputs]."""
        ...


def load_task(name: str) -> Task:
    """The task of this name: registered, a file such as ./my_plant.c, or ``simulator:rest``.

    Where the part before the colon is no simulator it is a module that registers a
    gymnasium environment. Raises SettingsError where there is none, and TaskError or
    MissingError where it can't be made.
    """
    before, colon, _ = name.partition(":")
    ending = PurePath(name).suffix
    if ending in registered("task_files"):
        return cast("Callable[[str], Task]", load("task_files", ending))(name)
    if colon and name not in registered("tasks"):
        simulator = before if before in registered("simulators") else "gymnasium"
        return cast("Callable[[str], Task]", load("simulators", simulator))(name)
    task = cast("Callable[[], Task]", load("tasks", name))()
    demand(getattr(task, "needs", ()))
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
