"""The protocols of tasks, worlds and policies, and how a task is loaded by name."""

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
from wann_edge.system.needs import ListEntry, demand

# uint8 [height, width, 3]: red, green, blue.
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Spec:
    """The contract of a task.

    Attributes:
        name: of the task.
        inputs: one per observation.
        outputs: one per action.
        dt_s: the control period, s.
        max_steps: the length of an episode that nothing ends earlier.
    """

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    dt_s: float
    max_steps: int


class Rollouts(NamedTuple):
    """The results of episodes.

    Attributes:
        returns: float32 [weights, episodes].
        steps: int32 [weights, episodes], the lengths.
        held: int32 [weights, episodes], 1 for an episode that is held, else 0; None where the
            task does not count it (see ``task.held``).
    """

    returns: Floats
    steps: Integers
    held: Integers | None = None


class World(Protocol):
    """One running instance of a task."""

    def reset(self, seed: int) -> Floats:
        """Start the episode of a seed; return the first observation, float32 [inputs]."""
        ...

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period.

        Args:
            action: float32 [outputs]; the world clips it.

        Returns:
            The next observation, the reward, and whether the episode is over.

        Raises:
            TaskError: no episode is running.
        """
        ...


class Task(ListEntry, Protocol):
    """A task whose worlds run step by step; all else is optional."""

    spec: Spec

    def world(self) -> World:
        """Create a world."""
        ...


class PicturedWorld(World, Protocol):
    """A world that draws pictures."""

    def picture(self) -> Picture:
        """Draw the current state."""
        ...


class PicturedTask(Protocol):
    """A task whose worlds can draw pictures."""

    def pictured_world(self) -> PicturedWorld:
        """Create a world that draws pictures."""
        ...


class BatchTask(Protocol):
    """A task that also runs a whole batch of episodes in one call."""

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        """Run each shared weight in the episode of each seed."""
        ...


class ManyTask(Protocol):
    """A task that also runs batches of several networks in one call."""

    def rollouts_of(
        self, networks: Sequence[Network], weights: Sequence[float], seeds: Sequence[int]
    ) -> list[Rollouts]:
        """Run each network with each shared weight in the episode of each seed."""
        ...


class DrawTask(Protocol):
    """A task that also runs batches with different weights in each rollout."""

    def drawn_rollouts(self, network: Network, weights: Floats, seeds: Sequence[int]) -> Rollouts:
        """Run each row of weights in the episode of each seed.

        Args:
            network: without dead nodes.
            weights: float32 [weights, episodes], a shared weight per rollout, or [weights,
                episodes, edges], a weight per connection.
            seeds: one per episode.
        """
        ...


class PlantTask(Protocol):
    """A task of a plant that runs in the kernel."""

    spec: Spec
    plant: Plant

    def starts(self, seeds: Sequence[int]) -> Floats:
        """Return the starting state of each episode, float32 [episodes, plant.states]."""
        ...


class TryTask(Protocol):
    """A task of a user's code that can be tried out in a process apart."""

    def try_out(self) -> None:
        """Run short episodes. Raises TaskError for a fault of the code."""
        ...


def can_try_out(task: Task) -> TypeGuard[TryTask]:
    """Return whether the task can be tried out."""
    return hasattr(task, "try_out")


def is_batch(task: Task) -> TypeGuard[BatchTask]:
    """Return whether the task runs batches; must be fast, as it is called per network."""
    return hasattr(task, "rollouts")


def takes_many(task: Task) -> TypeGuard[ManyTask]:
    """Return whether the task runs batches of several networks."""
    return hasattr(task, "rollouts_of")


def takes_draws(task: Task) -> TypeGuard[DrawTask]:
    """Return whether the task runs batches with different weights in each rollout."""
    return hasattr(task, "drawn_rollouts")


def draws_pictures(task: Task) -> TypeGuard[PicturedTask]:
    """Return whether the task's worlds can draw pictures."""
    return hasattr(task, "pictured_world")


def final_task(task: Task) -> Task:
    """Return the task that final scores are measured on.

    It is the attribute ``final`` where a task has one, such as gymnasium's task behind
    EnvPool's batches; otherwise the task itself.
    """
    return cast("Task", getattr(task, "final", task))


def has_plant(task: Task) -> TypeGuard[PlantTask]:
    """Return whether the task has a plant that runs in the kernel."""
    return hasattr(task, "plant") and hasattr(task, "starts")


class Policy(Protocol):
    """A controller of a world: the kernel, onnxruntime, a compiled header, a device."""

    def act(self, observation: Floats) -> Floats:
        """Return the action, float32 [outputs], for an observation, float32 [inputs]."""
        ...


def file_ending(name: str) -> str:
    """Return the file extension of a task's name; "" for an environment with arguments."""
    environment, _, arguments = name.partition("@")
    return "" if ":" in environment and "=" in arguments else PurePath(name).suffix


def load_task(name: str) -> Task:
    """Load a task by its name.

    Args:
        name: a registered name, a file such as ./my_plant.c, or ``simulator:rest``. Where
            the part before the colon is not a simulator, it is a module that registers a
            gymnasium environment.

    Raises:
        SettingsError: there is no such task.
        TaskError: the task cannot be created.
        MissingError: a package that the task needs is not installed.
    """
    before, colon, _ = name.partition(":")
    ending = file_ending(name)
    if ending in registered("task_files"):
        return cast("Callable[[str], Task]", load("task_files", ending))(name)
    if colon and not all(name.split(":")):
        raise TaskError(
            f"{name!r} names no environment",
            where="task",
            remedy="write SIMULATOR:ENV-ID, such as gymnasium:CartPole-v1",
        )
    if colon and name not in registered("tasks"):
        simulator = before if before in registered("simulators") else "gymnasium"
        return cast("Callable[[str], Task]", load("simulators", simulator))(name)
    task = cast("Callable[[], Task]", load("tasks", name))()
    demand(getattr(task, "needs", ()))
    return task


def check_fit(network: Network, spec: Spec) -> None:
    """Raise TaskError unless the network has the task's numbers of inputs and outputs."""
    has = (len(network.inputs), len(network.outputs))
    needs = (len(spec.inputs), len(spec.outputs))
    if has != needs:
        raise TaskError(
            f"the network has {has[0]} inputs and {has[1]} outputs, "
            f"the task {spec.name!r} needs {needs[0]} and {needs[1]}",
            where="network",
            remedy="use a network that was searched for this task",
        )
