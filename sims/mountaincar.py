"""MountainCarContinuous-v0 of gymnasium, simulated by the kernel's native plant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class MountainCar(NativeTask):
    """Drive a car out of a valley, with a motor too weak to climb at once.

    The action is the force as a share of the strongest. The reward per step is -0.1 times
    the square of the clipped action, and 100 at the goal, position 0.45. An episode ends at
    the goal or after 999 steps; it starts at rest between -0.6 and -0.4. Source: gymnasium
    1.x ``MountainCarContinuous-v0``; kernel/plants/mountaincar.h has the equations, which
    have no SI units.
    """

    summary = "MountainCarContinuous-v0: rock a car up a hill"
    held_state = "at the goal"
    spec = Spec(
        name="mountaincar",
        inputs=(
            Input("position", "1", -1.2, 0.6, offset=-0.5),
            Input("velocity", "1/step", -0.07, 0.07, scale=20.0),
        ),
        outputs=(Output("force_share", "1", -1.0, 1.0),),
        # A step of the equations has no duration; gymnasium draws 30 steps per second.
        dt_s=1 / 30,
        max_steps=999,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw a state [2]: position, velocity per step."""
        return np.array([rng.uniform(-0.6, -0.4), 0.0])
