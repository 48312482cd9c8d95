"""Plants of one's own: a C file, compiled for a lane width and loaded when it is first run."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wann_edge.errors import MissingError, TaskError
from wann_edge.kernel.arrays import Floats
from wann_edge.kernel.library import lanes
from wann_edge.kernel.plant import Plant, plant_at

PLANTS = Path(__file__).parent / "plants"
COMPILERS = ("gcc", "clang")
ROOM = 24
# As the kernel is compiled; -z defs, so that a function that is not there is an error now.
FLAGS = (
    *("-std=c99", "-O3", "-ffp-contract=off", "-fno-wrapv", "-shared", "-fPIC", "-Wl,-z,defs"),
    *("-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Wno-unused"),
    *("-Wno-missing-field-initializers", "-Werror"),
)


class InputStruct(ctypes.Structure):
    """``wann_my_input`` of plants/wann_plant.h."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("unit", ctypes.c_char_p),
        ("low", ctypes.c_float),
        ("high", ctypes.c_float),
        ("offset", ctypes.c_float),
        ("scale", ctypes.c_float),
    ]


class OutputStruct(ctypes.Structure):
    """``wann_my_output`` of plants/wann_plant.h."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("unit", ctypes.c_char_p),
        ("low", ctypes.c_float),
        ("high", ctypes.c_float),
        ("safe", ctypes.c_float),
    ]


class PlantStruct(ctypes.Structure):
    """``wann_my_plant`` of plants/wann_plant.h."""

    _fields_ = [
        ("dt_s", ctypes.c_float),
        ("max_steps", ctypes.c_int32),
        ("states", ctypes.c_int32),
        ("inputs", InputStruct * ROOM),
        ("outputs", OutputStruct * ROOM),
        ("reset", ctypes.c_void_p),
        ("observe", ctypes.c_void_p),
        ("step", ctypes.c_void_p),
    ]


class Channel(NamedTuple):
    """An input or output as the C file declares it; the numbers as its struct orders them."""

    name: str
    unit: str
    numbers: tuple[float, ...]


class MyPlant:
    """The plant of a C file.

    path: of the file. plant: as the kernel runs it. dt_s, max_steps, inputs, outputs: its
    declarations. Raises MissingError without a C compiler, and TaskError where there is no
    such file, where it does not compile (with what the compiler said), or where the struct
    is not filled.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise TaskError("there is no such file", where=str(path))
        self.path = path
        self._source = path.read_bytes()
        self._libraries: dict[int, ctypes.CDLL] = {}
        declared = PlantStruct.in_dll(self._library(1), "my_plant")
        _check(declared, str(path))
        # The decimal that was written, not the float32's own.
        self.dt_s = float(str(np.float32(declared.dt_s)))
        self.max_steps: int = declared.max_steps
        self.inputs = _channels(declared.inputs)
        self.outputs = _channels(declared.outputs)
        self.plant: Plant = plant_at(str(path), self._address)
        # What does not compile for vectors is told now, not after a search has begun.
        self._library(lanes())
        self._reset = ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_void_p)(declared.reset)

    def start(self, seed: int) -> Floats:
        """The starting state [states] that a seed names, of which 64 bits count; float32."""
        state = np.zeros(self.plant.states, np.float32)
        self._reset(seed % 2**64, state.ctypes.data)
        return state

    def _address(self, width: int) -> int:
        return int(self._library(width).wann_my_entry())

    def _library(self, width: int) -> ctypes.CDLL:
        if width not in self._libraries:
            library = _loaded(self.path, self._source, width)
            library.wann_my_entry.restype = ctypes.c_void_p
            self._libraries[width] = library
        return self._libraries[width]


def compiler() -> str:
    """The host's C compiler: that of the environment variable CC, else gcc or clang.

    Raises MissingError where there is none.
    """
    asked = os.environ.get("CC")
    for name in (asked,) if asked else COMPILERS:
        if shutil.which(name):
            return name
    raise MissingError(
        f"no C compiler ({asked or ' or '.join(COMPILERS)})",
        remedy="apt-get install gcc libc6-dev",
    )


def _loaded(path: Path, source: bytes, width: int) -> ctypes.CDLL:
    """The library of a C file for so many lanes; its own file is gone once it is loaded."""
    if path.read_bytes() != source:
        raise TaskError("the file was changed while it was in use", where=str(path))
    with tempfile.TemporaryDirectory(prefix="wann-edge-") as folder:
        made = Path(folder) / "plant.so"
        named = str(path.resolve()).replace("\\", "\\\\").replace('"', '\\"')
        command = [
            *(compiler(), *FLAGS, f"-DWANN_LANES={width}", f'-DWANN_MY_PLANT="{named}"'),
            *(f"-I{PLANTS}", "-o", str(made), str(PLANTS / "my_plant.c")),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise TaskError(
                f"does not compile for {width} lane{'s' if width > 1 else ''}; the compiler says:",
                where=str(path),
                details=done.stderr,
            )
        return ctypes.CDLL(str(made))


def _check(declared: PlantStruct, where: str) -> None:
    """Raises TaskError where the struct is not filled; names and bounds are the Spec's to check."""
    faults = {
        "dt_s is not above 0": not declared.dt_s > 0,
        "max_steps is not above 0": declared.max_steps <= 0,
        f"states is not 1 to {ROOM}": not 0 < declared.states <= ROOM,
        "no input has a name": not declared.inputs[0].name,
        "no output has a name": not declared.outputs[0].name,
        "reset is missing": not declared.reset,
        "observe is missing": not declared.observe,
        "step is missing": not declared.step,
    }
    for fault, found in faults.items():
        if found:
            raise TaskError(fault, where=f"{where}: my_plant", remedy="see docs/plants.md")


def _channels(declared: ctypes.Array[InputStruct] | ctypes.Array[OutputStruct]) -> list[Channel]:
    found: list[Channel] = []
    for channel in declared:
        if channel.name is None:
            break
        numbers = [getattr(channel, field[0]) for field in channel._fields_[2:]]
        unit = (b"1" if channel.unit is None else channel.unit).decode(errors="replace")
        found.append(Channel(channel.name.decode(errors="replace"), unit, tuple(numbers)))
    return found
