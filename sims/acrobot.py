"""Acrobot-v1 of gymnasium, simulated by the kernel's native plant."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import plant
from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class Acrobot(NativeTask):
    """Swing the tip of two hanging links above a line, with a motor between the links.

    The action selects the torque: -1 N m below -1/3, 1 N m above 1/3, 0 between. The reward
    is -1 per step and 0 for the last step. An episode ends when the tip is 1 m above the
    first joint, or after 500 steps of 0.2 s. Each state variable starts uniform within 0.1
    of 0. Source: gymnasium 1.x ``Acrobot-v1``; kernel/plants/acrobot.h has the equations.
    """

    summary = "Acrobot-v1: swing two links up by the joint between them"
    held_state = "the tip 1 m above the first joint"
    spec = Spec(
        name="acrobot",
        inputs=(
            Input("angle_1_cos", "1", -1.0, 1.0),
            Input("angle_1_sin", "1", -1.0, 1.0),
            Input("angle_2_cos", "1", -1.0, 1.0),
            Input("angle_2_sin", "1", -1.0, 1.0),
            Input("angular_velocity_1", "rad/s", -4 * math.pi, 4 * math.pi, scale=0.25),
            Input("angular_velocity_2", "rad/s", -9 * math.pi, 9 * math.pi, scale=0.25),
        ),
        outputs=(Output("torque_n_m_in_thirds", "1", -1.0, 1.0),),
        dt_s=plant("acrobot").dt_s,
        max_steps=500,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw a state [4]: two angles rad (0 hanging), two angular velocities rad/s."""
        return rng.uniform(-0.1, 0.1, 4)
