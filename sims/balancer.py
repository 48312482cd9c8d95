"""A two-wheeled balancing robot, simulated by the kernel's native plant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import plant
from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class Balancer(NativeTask):
    """Balance a robot on two wheels, and keep it in place.

    The action is the voltage of both motors / 8 V. The reward per step is 1 - ((position /
    1 m)^2 + (pitch / 0.6 rad)^2) / 2. An episode ends when position or pitch leaves that
    range, or after 1000 steps of 0.01 s. It starts within 0.1 m of the place, 0.15 rad of
    upright and 0.2 rad/s of rest. Source: Yamamoto (2008), "NXTway-GS model-based design";
    kernel/plants/balancer.h has the equations.
    """

    summary = "balance a robot on two wheels"
    held_state = "upright within 10 degrees, within 1 m of its place,"
    spec = Spec(
        name="balancer",
        inputs=(
            Input("position", "m", -1.5, 1.5),
            Input("velocity", "m/s", -2.0, 2.0, scale=2.0),
            Input("pitch", "rad", -1.0, 1.0, scale=6.0),
            Input("pitch_rate", "rad/s", -20.0, 20.0, scale=0.75),
        ),
        outputs=(Output("voltage_per_8_v", "1", -1.0, 1.0),),
        dt_s=plant("balancer").dt_s,
        max_steps=1000,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw a state [4]: wheels and pitch (0 upright) rad, their velocities rad/s."""
        most = np.array([2.5, 0.15, 0.2, 0.2])
        return rng.uniform(-most, most)
