"""Plants of the kernel, one control period at a time."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.kernel.arrays import Floats, checked
from wann_edge.kernel.library import library, plant_names


@dataclass(frozen=True)
class Plant:
    """A plant: its sizes, and its compiled code for each lane width.

    Attributes:
        name: of a native plant, or the path of a C file.
        address: returns the address of the C struct ``wann_plant`` for a number of lanes.
        dt_s: the control period; 0 where a step has no duration in seconds.
        states: the number of state variables.
        observations: the length of an observation.
        actions: the length of an action.
        parameters: names of what can differ from the model, such as masses and lengths.
        held_steps: the last steps of an episode in which the plant must be held; 0 where the
            plant does not declare when it is held.
    """

    name: str
    address: Callable[[int], int]
    dt_s: float
    states: int
    observations: int
    actions: int
    parameters: tuple[str, ...] = ()
    held_steps: int = 0

    def observe(self, state: ArrayLike) -> Floats:
        """Return the observation, float32 [observations], of a state [states]."""
        seen = np.empty(self.observations, np.float32)
        start = checked(state, (self.states,), "state")
        library().wann_plant_observe(self.address(1), start.ctypes.data, seen.ctypes.data)
        return seen

    def is_held(self, state: ArrayLike, observation: ArrayLike) -> bool:
        """Return whether the plant is held in a state [states] with its observation."""
        start = checked(state, (self.states,), "state")
        seen = checked(observation, (self.observations,), "observation")
        given = (start.ctypes.data, seen.ctypes.data)
        return bool(library().wann_plant_held(self.address(1), *given))

    def step(
        self,
        state: ArrayLike,
        observation: ArrayLike,
        action: ArrayLike,
        factors: Floats | None = None,
    ) -> tuple[Floats, Floats, np.float32, bool]:
        """Run one control period. The given arrays stay unchanged.

        Args:
            state: [states].
            observation: [observations], that of the state.
            action: [actions].
            factors: float32 [parameters], multiplies each parameter; None for the model's.

        Returns:
            The new state, its observation, the reward, and whether the episode is over.
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


@cache
def plant(name: str) -> Plant:
    """Return the native plant of this name.

    Raises:
        ValueError: the kernel has no such plant.
    """
    number = plant_names().index(name)
    return plant_at(name, lambda width: int(library().wann_native_plant(width, number)))


def plant_at(name: str, address: Callable[[int], int]) -> Plant:
    """Return the plant with this ``wann_plant`` at the address for each lane width."""
    sizes = (ctypes.c_int32 * 3)()
    start = ctypes.addressof(sizes)
    library().wann_plant_sizes(address(1), start, start + 4, start + 8)
    names = library().wann_plant_parameters(address(1)).decode()
    states, observations, actions = sizes
    return Plant(
        name=name,
        address=address,
        # The shortest decimal that gives the float32 is the one in the C source.
        dt_s=float(str(np.float32(library().wann_plant_dt_s(address(1))))),
        states=states,
        observations=observations,
        actions=actions,
        parameters=tuple(filter(None, names.split(","))),
        held_steps=library().wann_plant_held_steps(address(1)),
    )
