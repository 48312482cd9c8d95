"""A task made of a plant of one's own: one C file that fills the struct of ``wann_plant.h``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wann_edge.errors import NetworkError, TaskError
from wann_edge.kernel import Floats
from wann_edge.kernel.compiled_plant import Channel, MyPlant
from wann_edge.network import Input, Output
from wann_edge.network.channels import check_channel
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec

LONGEST = 64


class MyTask(NativeTask):
    """The task of a C file; docs/plants.md says what stands in it.

    path: of the file, which is the task's name too. Raises MissingError without a C
    compiler, and TaskError where the file is not such a plant.
    """

    summary = "a plant of one's own, in one C file"

    def __init__(self, path: str) -> None:
        self._path = path
        mine = MyPlant(Path(path))
        self.plant = mine.plant
        self._mine = mine
        self.spec = _spec(path, mine)

    def _arguments(self) -> tuple[object, ...]:
        """Another process compiles the file anew."""
        return (self._path,)

    def start(self, seed: int) -> Floats:
        """The starting state [states] that a seed names, by the file's own ``reset``."""
        return self._mine.start(seed)


def _spec(path: str, mine: MyPlant) -> Spec:
    if len(path) > LONGEST or not path.isprintable():
        raise TaskError(
            f"the path is not 1 to {LONGEST} printable characters, as a task's name is",
            where=path,
            remedy="change to the file's folder and name it ./FILE.c",
        )
    inputs = tuple(map(_input, mine.inputs))
    outputs = tuple(Output(name, unit, *numbers) for name, unit, numbers in mine.outputs)
    _check(path, "inputs", inputs)
    _check(path, "outputs", outputs)
    return Spec(path, inputs, outputs, mine.dt_s, mine.max_steps)


def _check(path: str, kind: str, channels: Sequence[Input | Output]) -> None:
    """Raises TaskError unless names differ and each channel is valid and has a range."""
    for index, channel in enumerate(channels):
        where = f"{path}: my_plant.{kind}[{index}]"
        try:
            check_channel(channel, where)
        except NetworkError as error:
            raise TaskError(error.what, where=error.where, remedy=error.remedy) from error
        if not channel.low < channel.high:
            raise TaskError(f"low {channel.low} is not below high {channel.high}", where=where)
        if channel.name in (other.name for other in channels[:index]):
            raise TaskError(f"two are named {channel.name!r}", where=where)


def _input(declared: Channel) -> Input:
    low, high, offset, scale = declared.numbers
    return Input(declared.name, declared.unit, low, high, offset, scale or 1.0)
