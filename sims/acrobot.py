"""Acrobot-v1 of gymnasium, simulated by the kernel's native plant."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class Acrobot(NativeTask):
    """Swing the tip of two hanging links above a line, with a motor between the links.

    The action is the torque in thirds: below -1/3 it is -1 N m, above 1/3 it is 1 N m, and
    0 between. Reward -1 a step, and 0 for the last. An episode ends when the tip is 1 m
    above the first joint, or after 500 steps of 0.2 s; it starts with each variable uniform
    within 0.1. Source: gymnasium 1.x ``Acrobot-v1``; the equations are in
    kernel/plants/acrobot.h.
    """

    summary = "Acrobot-v1: swing two links up by the joint between them"
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
        dt_s=0.2,
        max_steps=500,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """A starting state [4]: two angles rad (0 hanging), two angular velocities rad/s."""
        return rng.uniform(-0.1, 0.1, 4)
