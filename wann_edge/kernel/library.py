"""Load the compiled kernel and declare its functions."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from wann_edge.errors import MissingError, SettingsError
from wann_edge.kernel.sources import sources_hash

WIDTHS = (16, 8, 4, 1)
FOLDER = Path(__file__).parent
COMPILE = "in the checkout run: pip install -e . (needs apt-get install gcc libc6-dev)"


class NetworkStruct(ctypes.Structure):
    """``wann_network`` of network.h."""

    _fields_ = [
        ("inputs", ctypes.c_int32),
        ("outputs", ctypes.c_int32),
        ("computed", ctypes.c_int32),
        ("activation", ctypes.c_void_p),
        ("edge_end", ctypes.c_void_p),
        ("source", ctypes.c_void_p),
        ("edge_weight", ctypes.c_void_p),
        ("input_offset", ctypes.c_void_p),
        ("input_scale", ctypes.c_void_p),
        ("output_low", ctypes.c_void_p),
        ("output_high", ctypes.c_void_p),
        ("output_safe", ctypes.c_void_p),
        ("output_offset", ctypes.c_void_p),
        ("output_scale", ctypes.c_void_p),
    ]


class FixedStruct(ctypes.Structure):
    """``wann_fixed`` of fixed.h."""

    _fields_ = [
        ("net", ctypes.c_void_p),
        ("wide", ctypes.c_int32),
        ("weight_units", ctypes.c_float),
        ("edge_shift", ctypes.c_void_p),
        ("edge_factor", ctypes.c_void_p),
        ("sum_shift", ctypes.c_void_p),
        ("product_shift", ctypes.c_void_p),
        ("input_units", ctypes.c_void_p),
        ("output_low", ctypes.c_void_p),
        ("output_high", ctypes.c_void_p),
        ("output_step", ctypes.c_void_p),
    ]


class JobsStruct(ctypes.Structure):
    """``wann_jobs`` of jobs.h."""

    _fields_ = [
        ("count", ctypes.c_int32),
        ("max_steps", ctypes.c_int32),
        ("states", ctypes.c_int32),
        ("edges", ctypes.c_int32),
        ("weight", ctypes.c_void_p),
        ("edge_weight", ctypes.c_void_p),
        ("state", ctypes.c_void_p),
        ("episode", ctypes.c_void_p),
        ("disturbance", ctypes.c_void_p),
        ("reward_floor", ctypes.c_float),
        ("patience_steps", ctypes.c_int32),
        ("patience_reward", ctypes.c_float),
        ("total", ctypes.c_void_p),
        ("steps", ctypes.c_void_p),
        ("held", ctypes.c_void_p),
    ]


def _path() -> Path:
    named = os.environ.get("WANN_KERNEL_LIBRARY")
    if named:
        return Path(named)
    own = FOLDER / f"_kernel{EXTENSION_SUFFIXES[0]}"
    found = sorted(FOLDER.glob("_kernel*.so"))
    if not found:
        raise MissingError(
            "the compiled kernel is missing; in a checkout Python uses its files alone",
            where=str(FOLDER),
            remedy=COMPILE,
        )
    return own if own in found else found[0]


@cache
def library() -> ctypes.CDLL:
    """Return the loaded kernel. Calls through it release Python's global lock.

    Raises:
        MissingError: the kernel has not been compiled, was compiled from other sources, or
            cannot be loaded.
    """
    path = _path()
    try:
        lib = ctypes.CDLL(str(path))
    except OSError as error:
        raise MissingError(
            f"the compiled kernel cannot be loaded: {error}",
            where=str(path),
            remedy="compile it for this computer: pip install --force-reinstall -e .",
        ) from error
    try:
        _declare(lib)
    except AttributeError:
        raise _stale(path) from None
    compiled_from = lib.wann_sources().decode()
    if compiled_from not in {"", sources_hash(FOLDER)} and path.parent == FOLDER:
        raise _stale(path)
    return lib


def _stale(path: Path) -> MissingError:
    return MissingError(
        "the kernel was compiled from other sources, such as an earlier version",
        where=str(path),
        remedy=COMPILE,
    )


def _declare(lib: ctypes.CDLL) -> None:
    """Declare the types of the functions. Raises AttributeError where one is missing."""
    number, pointer = ctypes.c_int32, ctypes.c_void_p
    lib.wann_ieee_mode.restype = lib.wann_set_mode.restype = ctypes.c_uint64
    lib.wann_set_mode.argtypes = [ctypes.c_uint64]
    lib.wann_sources.restype = ctypes.c_char_p
    lib.wann_supports.argtypes = [number]
    lib.wann_activation_name.argtypes = [number]
    lib.wann_activation_name.restype = ctypes.c_char_p
    lib.wann_plant_name.argtypes = [number]
    lib.wann_plant_name.restype = ctypes.c_char_p
    lib.wann_native_plant.argtypes = [number, number]
    lib.wann_native_plant.restype = pointer
    lib.wann_plant_sizes.argtypes = [pointer] * 4
    lib.wann_plant_dt_s.argtypes = [pointer]
    lib.wann_plant_dt_s.restype = ctypes.c_float
    lib.wann_scratch_bytes.argtypes = [number, pointer, number]
    lib.wann_scratch_bytes.restype = ctypes.c_uint64
    lib.wann_run_activation.argtypes = [number, number, number, pointer, pointer]
    lib.wann_run_forward.argtypes = [number, pointer, number, *[pointer] * 5]
    lib.wann_run_rollouts.argtypes = [number, number, *[pointer] * 5]
    lib.wann_run_fixed_activation.argtypes = [*[number] * 4, pointer, pointer]
    lib.wann_run_fixed_walk.argtypes = [number, pointer, number, *[pointer] * 4]
    lib.wann_run_fixed_forward.argtypes = [number, pointer, number, *[pointer] * 5]
    lib.wann_plant_observe.argtypes = [pointer] * 3
    lib.wann_plant_step.argtypes = [pointer] * 5
    lib.wann_plant_held_steps.argtypes = [pointer]
    lib.wann_plant_held.argtypes = [pointer] * 3
    lib.wann_plant_step_varied.argtypes = [pointer] * 6
    lib.wann_plant_parameters.argtypes = [pointer]
    lib.wann_plant_parameters.restype = ctypes.c_char_p
    packed = ctypes.c_char_p
    lib.wann_wire.argtypes = [number, packed, packed, number, pointer, pointer]
    lib.wann_edge_ends.argtypes = [number, packed, number, number, pointer, pointer]
    lib.wann_make_room.argtypes = [number, packed, number, pointer]
    lib.wann_find_layers.argtypes = [number, packed, *[number] * 3, pointer]
    lib.wann_find_targets.argtypes = [number, packed, number, number, pointer, pointer]


def supported_lanes() -> tuple[int, ...]:
    """Return the lane widths that this processor can run, widest first."""
    return tuple(width for width in WIDTHS if library().wann_supports(width))


def lanes() -> int:
    """Return the lane width in use; every width gives the same bits.

    The environment variable ``WANN_LANES`` selects it; the default is the widest.

    Raises:
        SettingsError: this processor does not support the width.
    """
    asked = os.environ.get("WANN_LANES")
    return _lanes(asked)


@cache
def _lanes(asked: str | None) -> int:
    widths = supported_lanes()
    if not asked:
        return widths[0]
    if asked not in map(str, widths):
        raise SettingsError(
            f"this processor does not support the lane width {asked!r}",
            where="environment variable WANN_LANES",
            remedy=f"use one of {', '.join(map(str, widths))}",
        )
    return int(asked)


@cache
def activation_names() -> tuple[str, ...]:
    """Return the names of the activations, in the order of the kernel's table."""
    return tuple(_names(library().wann_activation_name))


@cache
def activation_numbers() -> dict[str, int]:
    """Return the number of each activation: its place in the kernel's table."""
    return {name: number for number, name in enumerate(activation_names())}


@cache
def plant_names() -> tuple[str, ...]:
    """Return the names of the native plants and their tasks, in the order of the kernel's table.

    In C a name has underscores instead of hyphens.
    """
    return tuple(name.replace("_", "-") for name in _names(library().wann_plant_name))


def _names(name_at: ctypes._NamedFuncPointer) -> list[str]:
    names: list[str] = []
    while (name := name_at(len(names))) is not None:
        names.append(name.decode())
    return names
