"""A quadrotor in a vertical plane, simulated by the kernel's native plant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import plant
from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class Quadrotor(NativeTask):
    """Fly a small quadrotor to a point and hover there.

    The actions go to a mixer: lift changes the thrust of both rotor pairs by this share of
    the hover thrust; a roll of 1 adds 5 % of its hover thrust to the right pair and takes as
    much from the left pair. The reward per step is 1 / (1 + 10 distance^2), in m^2. An
    episode ends 2 m from the point in x or z, at 1.2 rad, or after 1000 steps of 0.01 s. It
    starts within 1 m of the point in x and z, within 0.1 rad, and with each velocity within
    0.1. Source: Tedrake, "Underactuated robotics", parameters of the Crazyflie 2;
    kernel/plants/quadrotor.h has the equations.
    """

    summary = "fly a planar quadrotor to a point and hold it there"
    held_state = "within 0.1 m of the point to hover at"
    spec = Spec(
        name="quadrotor",
        inputs=(
            Input("x", "m", -2.5, 2.5, scale=0.5),
            Input("z", "m", -2.5, 2.5),
            Input("angle", "rad", -2.0, 2.0, scale=4.0),
            Input("x_velocity", "m/s", -20.0, 20.0, scale=0.5),
            Input("z_velocity", "m/s", -20.0, 20.0),
            Input("angular_velocity", "rad/s", -20.0, 20.0, scale=0.5),
        ),
        outputs=(Output("lift", "1", -1.0, 1.0), Output("roll", "1", -1.0, 1.0)),
        dt_s=plant("quadrotor").dt_s,
        max_steps=1000,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw a state [6]: x m, z m, angle rad, and their velocities per second."""
        most = np.array([1.0, 1.0, 0.1, 0.1, 0.1, 0.1])
        return rng.uniform(-most, most)
