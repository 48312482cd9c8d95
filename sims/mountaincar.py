"""MountainCarContinuous-v0 of gymnasium, simulated by the kernel's native plant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class MountainCar(NativeTask):
    """Drive a car out of a valley, with a motor too weak to climb at once.

    The action is the force's share of the strongest. Reward a step: minus 0.1 action^2,
    of the clipped action, and 100 at the goal, position 0.45. An episode ends there or
    after 999 steps, and starts at rest between -0.6 and -0.4. Source: gymnasium 1.x
    ``MountainCarContinuous-v0``, whose numbers have no SI units: a step takes a time of 1,
    here given as 1/30 s, the rate at which it is drawn. The equations are in
    kernel/plants/mountaincar.h.
    """

    summary = "MountainCarContinuous-v0: rock a car up a hill"
    spec = Spec(
        name="mountaincar",
        inputs=(
            Input("position", "1", -1.2, 0.6, offset=-0.5),
            Input("velocity", "1/step", -0.07, 0.07, scale=20.0),
        ),
        outputs=(Output("force_share", "1", -1.0, 1.0),),
        dt_s=1 / 30,
        max_steps=999,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """A starting state [2]: position, velocity a step."""
        return np.array([rng.uniform(-0.6, -0.4), 0.0])
