"""Pendulum-v1 of gymnasium, simulated by the kernel's native plant."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import plant
from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class Pendulum(NativeTask):
    """Swing a rod up and hold it, with a motor too weak to lift it at once.

    The action is the torque / 2 N m. The reward per step is -(angle^2 + 0.1 angular
    velocity^2 + 0.001 torque^2), with the state before the step. An episode lasts 200 steps
    of 0.05 s; it starts at any angle with up to 1 rad/s. Source: gymnasium 1.x
    ``Pendulum-v1``; kernel/plants/pendulum.h has the equations.
    """

    summary = "Pendulum-v1: swing a pendulum up with a weak motor"
    held_state = "upright within 10 degrees"
    spec = Spec(
        name="pendulum",
        inputs=(
            Input("angle_cos", "1", -1.0, 1.0),
            Input("angle_sin", "1", -1.0, 1.0, scale=4.0),
            Input("angular_velocity", "rad/s", -8.0, 8.0),
        ),
        outputs=(Output("torque_per_2_n_m", "1", -1.0, 1.0),),
        dt_s=plant("pendulum").dt_s,
        max_steps=200,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw a state [2]: angle rad (0 upright), angular velocity rad/s."""
        return rng.uniform((-math.pi, -1.0), (math.pi, 1.0))
