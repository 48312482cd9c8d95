"""The disturbances of episodes as arrays, packed for the kernel: see disturb.h."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.kernel.arrays import Floats, Integers, checked
from wann_edge.kernel.plant import Plant

# The most control periods between an action and its effect, plus 1: WANN_AGE_ROOM.
AGE_ROOM = 8


class DisturbanceStruct(ctypes.Structure):
    """Mirror of ``wann_disturbance`` in disturb.h."""

    _fields_ = [
        ("steps", ctypes.c_int32),
        ("parameters", ctypes.c_int32),
        ("latency", ctypes.c_int32),
        ("factor", ctypes.c_void_p),
        ("noise", ctypes.c_void_p),
        ("lost", ctypes.c_void_p),
        ("age", ctypes.c_void_p),
        ("input", ctypes.c_void_p),
        ("output", ctypes.c_void_p),
    ]


class Disturbance(NamedTuple):
    """The disturbances of some episodes: one row per control period.

    Attributes:
        factors: float32 [episodes, parameters], multiplies the plant's parameters; or
            [episodes, 0].
        noise: float32 [episodes, steps + 1, inputs], added to the observations.
        lost: int32 [episodes, steps + 1], not 0 where the sample is lost and the last one
            is used again.
        ages: int32 [episodes, steps], how many periods ago the action in effect was sent,
            0 to 7.
        converters: float32 [inputs, 4]: low, high, 1 / step, step; a step of 0 for none.
        actuators: float32 [outputs, 4]: rest, low, high, dead band to either side of rest.
    """

    factors: Floats
    noise: Floats
    lost: Integers
    ages: Integers
    converters: Floats
    actuators: Floats


class Packed:
    """A disturbance with checked arrays and the C struct of them. Raises ValueError."""

    def __init__(self, given: Disturbance, plant: Plant, max_steps: int) -> None:
        episodes, parameters = given.factors.shape
        shapes: dict[str, tuple[int, ...]] = {
            "factors": (episodes, parameters),
            "noise": (episodes, max_steps + 1, plant.observations),
            "lost": (episodes, max_steps + 1),
            "ages": (episodes, max_steps),
            "converters": (plant.observations, 4),
            "actuators": (plant.actions, 4),
        }
        if parameters not in (0, len(plant.parameters)):
            raise ValueError(f"the plant {plant.name} has {len(plant.parameters)} parameters")
        self.episodes = episodes
        self._arrays = {
            name: _whole(getattr(given, name), shape, name)
            if name in ("lost", "ages")
            else checked(getattr(given, name), shape, name)
            for name, shape in shapes.items()
        }
        ages = self._arrays["ages"]
        if ages.size and not 0 <= ages.min() <= ages.max() < AGE_ROOM:
            raise ValueError(f"ages: every age must be 0 to {AGE_ROOM - 1}")
        latency = int(ages.min()) if ages.size else 0
        all_equal = not ages.size or latency == ages.max()
        places = {name: array.ctypes.data for name, array in self._arrays.items()}
        self._struct = DisturbanceStruct(
            steps=max_steps,
            parameters=parameters,
            latency=latency,
            factor=places["factors"],
            noise=places["noise"],
            lost=places["lost"] if self._arrays["lost"].any() else None,
            age=None if all_equal else places["ages"],
            input=places["converters"],
            output=places["actuators"],
        )
        self.address = ctypes.addressof(self._struct)


def _whole(values: ArrayLike, shape: tuple[int, ...], name: str) -> Integers:
    array = np.ascontiguousarray(values, np.int32)
    if array.shape != shape:
        raise ValueError(f"{name}: the shape must be {shape}, not {array.shape}")
    return array


def rows_of(episodes: ArrayLike, count: int, packed: Packed) -> Integers:
    """Return the checked row of each job, int32 [count]. Raises ValueError."""
    rows = _whole(episodes, (count,), "episodes")
    if count and not 0 <= rows.min() <= rows.max() < packed.episodes:
        raise ValueError(f"episodes: every row must be 0 to {packed.episodes - 1}")
    return rows
