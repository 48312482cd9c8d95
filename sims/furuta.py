"""The rotary (Furuta) pendulum, simulated by the kernel's native plant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import plant
from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class Furuta(NativeTask):
    """Balance a pendulum on the end of an arm that a motor turns, and keep the arm in place.

    The action is the motor's voltage / 10 V. The reward per step is 1 - ((arm / 2 rad)^2 +
    (pendulum / 0.5 rad)^2) / 2. An episode ends when either angle leaves that range, or after
    1000 steps of 0.01 s. It starts with the pendulum within 0.2 rad of upright, the arm
    within 0.5 rad of 0 and both within 0.5 rad/s of rest. Source: Cazzolato & Prime (2011),
    parameters of the Quanser QUBE-Servo 2; kernel/plants/furuta.h has the equations.
    """

    summary = "balance a rotary (Furuta) pendulum"
    held_state = "upright within 10 degrees"
    spec = Spec(
        name="furuta",
        inputs=(
            Input("arm_angle", "rad", -3.0, 3.0, scale=0.2),
            Input("pendulum_angle", "rad", -1.0, 1.0, scale=4.0),
            Input("arm_velocity", "rad/s", -50.0, 50.0, scale=0.2),
            Input("pendulum_velocity", "rad/s", -50.0, 50.0, scale=0.4),
        ),
        outputs=(Output("voltage_per_10_v", "1", -1.0, 1.0),),
        dt_s=plant("furuta").dt_s,
        max_steps=1000,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw a state [4]: arm and pendulum (0 upright) rad, their velocities rad/s."""
        most = np.array([0.5, 0.2, 0.5, 0.5])
        return rng.uniform(-most, most)
