"""A plant in a user's C file, compiled for each lane width that runs it."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from wann_edge.errors import TaskError
from wann_edge.kernel.arrays import Floats
from wann_edge.kernel.library import lanes
from wann_edge.kernel.plant import Plant, plant_at
from wann_edge.system.compiler import compile_c, host_compiler
from wann_edge.system.keeper import scratch_folder
from wann_edge.system.shared_library import load_library

PLANTS = Path(__file__).parent / "plants"
ROOM = 24
# What the adapter includes: a link to the user's file.
LINK = "wann_my_plant.c"
# The kernel's own flags; with -z defs an undefined function is an error of the linker.
FLAGS = (
    *("-std=c99", "-O3", "-ffp-contract=off", "-fno-wrapv", "-shared", "-fPIC", "-Wl,-z,defs"),
    *("-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Wno-unused"),
    *("-Wno-missing-field-initializers", "-Werror"),
)


class InputStruct(ctypes.Structure):
    """Mirror of ``wann_my_input`` in plants/wann_plant.h."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("unit", ctypes.c_char_p),
        ("low", ctypes.c_float),
        ("high", ctypes.c_float),
        ("offset", ctypes.c_float),
        ("scale", ctypes.c_float),
    ]


class OutputStruct(ctypes.Structure):
    """Mirror of ``wann_my_output`` in plants/wann_plant.h."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("unit", ctypes.c_char_p),
        ("low", ctypes.c_float),
        ("high", ctypes.c_float),
        ("safe", ctypes.c_float),
    ]


class PlantStruct(ctypes.Structure):
    """Mirror of ``wann_my_plant`` in plants/wann_plant.h."""

    _fields_ = [
        ("dt_s", ctypes.c_float),
        ("max_steps", ctypes.c_int32),
        ("states", ctypes.c_int32),
        ("inputs", InputStruct * ROOM),
        ("outputs", OutputStruct * ROOM),
        ("reset", ctypes.c_void_p),
        ("observe", ctypes.c_void_p),
        ("step", ctypes.c_void_p),
        ("held", ctypes.c_void_p),
        ("held_s", ctypes.c_float),
    ]


class Channel(NamedTuple):
    """An input or output that the C file declares.

    Attributes:
        name: of the channel.
        unit: "1" where the file gives none.
        numbers: the float fields of the struct, in its order.
    """

    name: str
    unit: str
    numbers: tuple[float, ...]


class CompiledPlant:
    """The plant in a C file that fills the struct of wann_plant.h.

    Args:
        path: of the C file.

    Attributes:
        plant: the plant for the kernel; its ``dt_s`` is the file's.
        max_steps: the length of an episode that nothing ends earlier.
        inputs: the declared inputs.
        outputs: the declared outputs.

    Raises:
        MissingError: no C compiler is installed.
        ToolError: the compiler or the temporary folder fails.
        TaskError: the file does not exist, does not compile, or leaves a field empty.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise TaskError(
                "there is no such file",
                where=str(path),
                remedy="start in the C file's folder, or give its path (--task for a network file)",
            )
        self._libraries = _Libraries(path)
        declared = PlantStruct.in_dll(self._libraries.of(1), "my_plant")
        _check(declared, str(path))
        self.max_steps: int = declared.max_steps
        self.inputs = _channels(declared.inputs)
        self.outputs = _channels(declared.outputs)
        self.plant: Plant = plant_at(str(path), self._libraries.address)
        # Report code that does not compile for vectors now, not after a search has begun.
        self._libraries.of(lanes())
        self._reset = ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_void_p)(declared.reset)

    def start(self, seed: int) -> Floats:
        """Return the starting state, float32 [states], for the low 64 bits of a seed."""
        state = np.zeros(self.plant.states, np.float32)
        self._reset(seed % 2**64, state.ctypes.data)
        return state


class _Libraries:
    """The library of a C file for each lane width that was asked for."""

    def __init__(self, path: Path) -> None:
        self._path, self._source = path, path.read_bytes()
        self._loaded: dict[int, tuple[ctypes.CDLL, int]] = {}

    def of(self, width: int) -> ctypes.CDLL:
        """Return the library."""
        return self._load(width)[0]

    def address(self, width: int) -> int:
        """Return the address of its struct ``wann_plant``."""
        return self._load(width)[1]

    def _load(self, width: int) -> tuple[ctypes.CDLL, int]:
        if width not in self._loaded:
            library = _compiled(self._path, self._source, width)
            # Not library.wann_my_entry: ctypes would keep the library in a reference cycle.
            place = ctypes.addressof(ctypes.c_byte.in_dll(library, "wann_my_entry"))
            self._loaded[width] = library, int(ctypes.CFUNCTYPE(ctypes.c_void_p)(place)())
        return self._loaded[width]


@contextmanager
def linked(path: Path) -> Iterator[Path]:
    """Yield a link to a C file, in a folder for what is made of it; both are deleted at the end.

    An #include can't name every path: it has no escape for a quotation mark.
    """
    with scratch_folder() as folder:
        link = folder / LINK
        link.symlink_to(path.resolve())
        yield link


def _compiled(path: Path, source: bytes, width: int) -> ctypes.CDLL:
    """Compile the C file for ``width`` lanes and load the library; no file remains."""
    if path.read_bytes() != source:
        raise TaskError(
            "the file changed while it was in use", where=str(path), remedy="start again"
        )
    with linked(path) as link:
        real, made = path.resolve(), link.with_name("plant.so")
        command = [
            *(*host_compiler(), *FLAGS, f"-DWANN_LANES={width}", f'-DWANN_MY_PLANT="{LINK}"'),
            *(f"-iquote{link.parent}", f"-iquote{real.parent}", f"-I{PLANTS}"),
            *("-o", str(made), str(PLANTS / "my_plant.c")),
        ]
        messages = compile_c(command)
        if messages:
            raise _uncompiled(path, width, messages.replace(str(link), str(real)))
        return load_library(made)


def _uncompiled(path: Path, width: int, said: str) -> TaskError:
    """Return the error for what the compiler said, in plain words for the common slips."""
    undefined = re.search(
        r"(?:implicit declaration of|undeclared(?: library)?) function \W(\w+)", said
    )
    undefined = undefined or re.search(r"undefined (?:reference to|symbol:) \W*(\w+)", said)
    what = f"does not compile for {width} lane{'s' if width > 1 else ''}"
    remedy = "correct what the compiler reports; docs/plants.md explains the rules"
    if re.search(r"undeclared(?: identifier)? \W*my_plant|\Wmy_plant\W+undeclared", said):
        what, remedy = "defines no my_plant", "write: const wann_my_plant my_plant = {...};"
    elif undefined:
        what = f"calls {undefined[1]}, which plants don't have"
        remedy = "use the functions in docs/plants.md; the bits of libm differ between machines"
    return TaskError(what, where=str(path), remedy=remedy, details=said)


def _check(declared: PlantStruct, where: str) -> None:
    """Raise TaskError where a field is empty; sims/plant_file.py checks names and bounds."""
    faults = {
        "dt_s must be above 0": not declared.dt_s > 0,
        "max_steps must be at least 1": declared.max_steps <= 0,
        f"states must be 1 to {ROOM}": not 0 < declared.states <= ROOM,
        "no input has a name": not declared.inputs[0].name,
        "no output has a name": not declared.outputs[0].name,
        "reset is missing": not declared.reset,
        "observe is missing": not declared.observe,
        "step is missing": not declared.step,
        "held_s must be 0 or more, and at most the length of an episode": not (
            0 <= declared.held_s <= declared.dt_s * declared.max_steps
        ),
    }
    for fault, found in faults.items():
        if found:
            raise TaskError(
                fault, where=f"{where}: my_plant", remedy="set the field; see docs/plants.md"
            )


def _channels(declared: ctypes.Array[InputStruct] | ctypes.Array[OutputStruct]) -> list[Channel]:
    found: list[Channel] = []
    for channel in declared:
        if channel.name is None:
            break
        numbers = [getattr(channel, field[0]) for field in channel._fields_[2:]]
        unit = (b"1" if channel.unit is None else channel.unit).decode(errors="replace")
        found.append(Channel(channel.name.decode(errors="replace"), unit, tuple(numbers)))
    return found
