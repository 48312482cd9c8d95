"""The kernel's native plants, one control period at a time."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.kernel.arrays import Floats, checked
from wann_edge.kernel.library import library, plant_names


@dataclass(frozen=True)
class Plant:
    """A native plant: its place in the kernel's table and its sizes."""

    name: str
    index: int
    states: int
    observations: int
    actions: int

    def observe(self, state: ArrayLike) -> Floats:
        """The observation [observations] of a state [states], float32."""
        seen = np.empty(self.observations, np.float32)
        start = checked(state, (self.states,), "state")
        library().wann_plant_observe(self.index, start.ctypes.data, seen.ctypes.data)
        return seen

    def step(
        self, state: ArrayLike, observation: ArrayLike, action: ArrayLike
    ) -> tuple[Floats, Floats, np.float32, bool]:
        """One control period.

        Takes a state, its observation and an action; gives the new state, its
        observation, the reward, and whether the plant has left its bounds.
        The arrays given are not written to.
        """
        after = checked(state, (self.states,), "state").copy()
        seen = checked(observation, (self.observations,), "observation").copy()
        act = checked(action, (self.actions,), "action")
        reward = ctypes.c_float()
        over = library().wann_plant_step(
            self.index,
            after.ctypes.data,
            seen.ctypes.data,
            act.ctypes.data,
            ctypes.addressof(reward),
        )
        return after, seen, np.float32(reward.value), bool(over)


def plant(name: str) -> Plant:
    """The native plant of this name; ValueError if the kernel has none."""
    index = plant_names().index(name)
    sizes = (ctypes.c_int32 * 3)()
    start = ctypes.addressof(sizes)
    library().wann_plant_sizes(index, start, start + 4, start + 8)
    return Plant(name, index, *sizes)
