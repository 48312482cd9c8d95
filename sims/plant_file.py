"""A task from one C file that fills the struct of ``wann_plant.h``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wann_edge.errors import NetworkError, TaskError
from wann_edge.kernel import Floats
from wann_edge.kernel.compiled_plant import Channel, CompiledPlant
from wann_edge.network import Input, Output
from wann_edge.network.channels import check_channel
from wann_edge.sims.native import NativeTask
from wann_edge.sims.plant_trial import try_plant
from wann_edge.task import Spec

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

    def __init__(self, path: str) -> None:
        self._path = path
        compiled = CompiledPlant(Path(path))
        self.plant = compiled.plant
        self._compiled = compiled
        self.spec = _spec(path, compiled)

    def _arguments(self) -> tuple[object, ...]:
        """Return the path: another process compiles the file again."""
        return (self._path,)

    def try_out(self) -> None:
        """Run short episodes in a process apart. Raises TaskError for a fault of the code."""
        try_plant(Path(self._path))

    def start(self, seed: int) -> Floats:
        """Return the starting state [states] that the file's ``reset`` gives for a seed."""
        return self._compiled.start(seed)


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
