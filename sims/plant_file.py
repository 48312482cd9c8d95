"""A task from one C file that fills the struct of ``wann_plant.h``."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from wann_edge.errors import NetworkError, TaskError
from wann_edge.kernel import Floats
from wann_edge.kernel.compiled_plant import Channel, CompiledPlant
from wann_edge.kernel.plant_text import file_text
from wann_edge.network import Input, Network, Output, with_single_weights
from wann_edge.network.channels import check_channel
from wann_edge.sims.native import NativeTask, NativeWorld
from wann_edge.sims.plant_trial import try_plant
from wann_edge.task import Rollouts, Spec
from wann_edge.task.fingerprint import sha256_of

LONGEST = 64


class PlantFileTask(NativeTask):
    """The task that a C file defines; docs/plants.md describes the file.

    Args:
        path: of the file; it is also the task's name.

    Raises:
        MissingError: no C compiler is installed.
        TaskError: the file does not define a plant.
    """

    summary = "your own plant, in one C file"
    held_state = "held() of the file is true"

    def __init__(self, path: str) -> None:
        self._path = path
        compiled = CompiledPlant(Path(path))
        self.plant = compiled.plant
        self._compiled = compiled
        self.spec = _spec(path, compiled)

    @property
    def identity(self) -> dict[str, str]:
        """The SHA-256 of the preprocessed source, as it is now."""
        return {"source": sha256_of(file_text(Path(self._path)))}

    def _arguments(self) -> tuple[object, ...]:
        """Return the path: another process compiles the file again."""
        return (self._path,)

    def try_out(self) -> None:
        """Run short episodes in a process apart. Raises TaskError for a fault of the code."""
        try_plant(Path(self._path))

    def start(self, seed: int) -> Floats:
        """Return the starting state [states] that the file's ``reset`` gives for a seed."""
        return self._compiled.start(seed)

    def bare_world(self) -> PlantFileWorld:
        """Create a world without disturbances, which checks every number."""
        return PlantFileWorld(self)

    def rollouts_of(
        self, networks: Sequence[Network], weights: Sequence[float], seeds: Sequence[int]
    ) -> list[Rollouts]:
        """Run batches as a native task does. Raises TaskError where a reward is not finite."""
        found = super().rollouts_of(networks, weights, seeds)
        for network, rollouts in zip(networks, found, strict=True):
            self._check(network, np.array(weights, np.float32)[:, np.newaxis], seeds, rollouts)
        return found

    def drawn_rollouts(self, network: Network, weights: Floats, seeds: Sequence[int]) -> Rollouts:
        """Run rollouts as a native task does. Raises TaskError where a reward is not finite."""
        found = super().drawn_rollouts(network, weights, seeds)
        self._check(network, weights, seeds, found)
        return found

    def _check(
        self, network: Network, weights: Floats, seeds: Sequence[int], found: Rollouts
    ) -> None:
        """Run the first episode whose return is not finite again to find the step."""
        wrong = np.argwhere(~np.isfinite(found.returns))
        if not len(wrong):
            return
        row, column = wrong[0]
        own = np.broadcast_to(weights, (*found.returns.shape, *weights.shape[2:]))[row, column]
        runs = network if own.ndim == 0 else with_single_weights(network, own.tolist())
        shared = np.array([own if own.ndim == 0 else 1.0], np.float32)
        self._play(lambda seen: runs.program.forward(seen[np.newaxis], shared)[0], seeds[column])
        raise TaskError(
            f"the return {found.returns[row, column]} is not finite",
            where=f"{self._path} (seed {seeds[column]})",
            remedy="return smaller rewards from step",
        )

    def _play(self, act: Callable[[Floats], Floats], seed: int) -> None:
        world, over = self.world(), False
        observation = world.reset(seed)
        for _ in range(self.spec.max_steps):
            if over:
                break
            observation, _, over = world.step(act(observation))


class PlantFileWorld(NativeWorld):
    """A world of a plant in a file, which checks every observation and reward."""

    def __init__(self, task: PlantFileTask) -> None:
        super().__init__(task)
        self._name, self._inputs = task.spec.name, task.spec.inputs
        self._seed, self._steps = 0, 0

    def reset(self, seed: int) -> Floats:
        """Start the episode of a seed; return the first observation, float32 [inputs]."""
        self._seed, self._steps = seed, 0
        return self._checked(super().reset(seed))

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period: return observation, reward, and whether the episode is over."""
        self._steps += 1
        observation, reward, over = super().step(action)
        if not np.isfinite(reward):
            raise self._fault(f"the reward {reward} is not finite")
        return self._checked(observation), reward, over

    def _checked(self, observation: Floats) -> Floats:
        for channel, value in zip(self._inputs, observation.tolist(), strict=True):
            if not math.isfinite(value):
                raise self._fault(f"the observation {channel.name} is {value}")
        return observation

    def _fault(self, what: str) -> TaskError:
        where = f"{self._name} (seed {self._seed}, step {self._steps})"
        return TaskError(what, where=where, remedy="correct the plant")


def _spec(path: str, compiled: CompiledPlant) -> Spec:
    if len(path) > LONGEST or not path.isprintable():
        raise TaskError(
            f"the path must have 1 to {LONGEST} printable characters, as it is the task's name",
            where=path,
            remedy="change to the file's folder and name it ./FILE.c",
        )
    inputs = tuple(map(_input, compiled.inputs))
    outputs = tuple(map(_output, compiled.outputs))
    _check(path, "inputs", inputs)
    _check(path, "outputs", outputs)
    return Spec(
        name=path,
        inputs=inputs,
        outputs=outputs,
        dt_s=compiled.plant.dt_s,
        max_steps=compiled.max_steps,
    )


def _check(path: str, kind: str, channels: Sequence[Input | Output]) -> None:
    """Raise TaskError unless names differ and each channel is valid and has a range."""
    for index, channel in enumerate(channels):
        where = f"{path}: my_plant.{kind}[{index}]"
        try:
            check_channel(channel, where)
        except NetworkError as error:
            raise TaskError(error.what, where=error.where, remedy=error.remedy) from error
        if not channel.low < channel.high:
            raise TaskError(
                f"low {channel.low} is not below high {channel.high}",
                where=where,
                remedy="give low and high with low < high",
            )
        if channel.name in (other.name for other in channels[:index]):
            raise TaskError(
                f"the name {channel.name!r} is used twice",
                where=where,
                remedy="give each channel its own name",
            )


def _input(declared: Channel) -> Input:
    low, high, offset, scale = declared.numbers
    return Input(declared.name, declared.unit, low, high, offset=offset, scale=scale or 1.0)


def _output(declared: Channel) -> Output:
    low, high, safe = declared.numbers
    return Output(declared.name, declared.unit, low, high, safe=safe)
