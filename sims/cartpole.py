"""CartPole-v1 of gymnasium, simulated by the kernel's native plant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import plant
from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class CartPole(NativeTask):
    """Keep a pole upright by pushing its cart with 10 N, left or right.

    An action above 0 pushes right, any other left. The reward is 1 per step. An episode ends
    at 12 degrees, at |position| > 2.4 m or after 500 steps of 0.02 s. Each state variable
    starts uniform within 0.05 of 0. Source: gymnasium 1.x ``CartPole-v1``;
    kernel/plants/cartpole.h has the equations.
    """

    summary = "CartPole-v1: keep a pole upright by pushing its cart left or right"
    held_state = "on the track, the pole within 12 degrees,"
    spec = Spec(
        name="cartpole",
        inputs=(
            Input("position", "m", -4.8, 4.8, scale=0.5),
            Input("velocity", "m/s", -10.0, 10.0, scale=0.5),
            Input("angle", "rad", -0.42, 0.42, scale=5.0),
            Input("angular_velocity", "rad/s", -10.0, 10.0),
        ),
        outputs=(Output("push_sign", "1", -1.0, 1.0),),
        dt_s=plant("cartpole").dt_s,
        max_steps=500,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw a state [4]: position m, velocity m/s, angle rad, angular velocity rad/s."""
        return rng.uniform(-0.05, 0.05, 4)
