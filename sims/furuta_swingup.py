"""The swing-up of the rotary (Furuta) pendulum, simulated by the kernel's native plant."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import plant
from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class FurutaSwingUp(NativeTask):
    """Swing a hanging pendulum up on the end of an arm that a motor turns, and balance it.

    The action is the motor's voltage / 18 V. The reward per step is (cos(pendulum) + 1) / 2
    times cos(pi/2 arm / 3 rad). An episode ends when the arm leaves 3 rad, or after 1000
    steps of 0.01 s. It starts with the pendulum within 0.2 rad of hanging, the arm within
    0.5 rad of 0 and both within 0.5 rad/s of rest. The equations are those of ``Furuta``;
    kernel/plants/furuta_swingup.h has the reward.
    """

    summary = "swing a rotary (Furuta) pendulum up and balance it"
    held_state = "upright within 10 degrees, the arm within 3 rad,"
    spec = Spec(
        name="furuta-swingup",
        inputs=(
            Input("arm_angle", "rad", -4.5, 4.5),
            Input("pendulum_cos", "1", -1.0, 1.0),
            Input("pendulum_sin", "1", -1.0, 1.0, scale=2.0),
            Input("arm_velocity", "rad/s", -50.0, 50.0, scale=0.1),
            Input("pendulum_velocity", "rad/s", -50.0, 50.0, scale=0.1),
        ),
        outputs=(Output("voltage_per_18_v", "1", -1.0, 1.0),),
        dt_s=plant("furuta-swingup").dt_s,
        max_steps=1000,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw a state [4]: arm and pendulum (0 upright) rad, their velocities rad/s."""
        hanging, most = np.array([0.0, math.pi, 0.0, 0.0]), np.array([0.5, 0.2, 0.5, 0.5])
        start: NDArray[np.float64] = rng.uniform(hanging - most, hanging + most)
        return start
