"""Plants, one control period at a time."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.kernel.arrays import Floats, checked
from wann_edge.kernel.library import library, plant_names


@dataclass(frozen=True)
class Plant:
    """A plant: its sizes, and where it stands compiled for a lane width.

    address: of the ``wann_plant`` of kernel/plants/plant.h, for a number of lanes.
    parameters: names of what may differ from the model, as masses and lengths.
    """

    name: str
    address: Callable[[int], int]
    states: int
    observations: int
    actions: int
    parameters: tuple[str, ...] = ()

    def observe(self, state: ArrayLike) -> Floats:
        """The observation [observations] of a state [states], float32."""
        seen = np.empty(self.observations, np.float32)
        start = checked(state, (self.states,), "state")
        library().wann_plant_observe(self.address(1), start.ctypes.data, seen.ctypes.data)
        return seen

    def step(
        self,
        state: ArrayLike,
        observation: ArrayLike,
        action: ArrayLike,
        factors: Floats | None = None,
    ) -> tuple[Floats, Floats, np.float32, bool]:
        """One control period.

        Takes a state, its observation and an action; gives the new state, its
        observation, the reward, and whether the plant has left its bounds. factors
        float32 [parameters]: what the parameters are multiplied by.
        The arrays given are not written to.
        """
        after = checked(state, (self.states,), "state").copy()
        seen = checked(observation, (self.observations,), "observation").copy()
        act = checked(action, (self.actions,), "action")
        reward = ctypes.c_float()
        arrays = [array.ctypes.data for array in (after, seen, act)]
        given = (self.address(1), *arrays, ctypes.addressof(reward))
        if factors is None:
            over = library().wann_plant_step(*given)
        else:
            scaled = checked(factors, (len(self.parameters),), "factors")
            over = library().wann_plant_step_varied(*given, scaled.ctypes.data)
        return after, seen, np.float32(reward.value), bool(over)


def plant(name: str) -> Plant:
    """The native plant of this name; ValueError if the kernel has none."""
    number = plant_names().index(name)
    return plant_at(name, lambda width: int(library().wann_native_plant(width, number)))


def plant_at(name: str, address: Callable[[int], int]) -> Plant:
    """The plant whose ``wann_plant`` for each lane width stands at these addresses."""
    sizes = (ctypes.c_int32 * 3)()
    start = ctypes.addressof(sizes)
    library().wann_plant_sizes(address(1), start, start + 4, start + 8)
    named = library().wann_plant_parameters(address(1)).decode()
    states, observations, actions = sizes
    parameters = tuple(filter(None, named.split(",")))
    return Plant(name, address, states, observations, actions, parameters)
