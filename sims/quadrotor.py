"""A quadrotor in a vertical plane, simulated by the kernel's native plant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wann_edge.network import Input, Output
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec


class Quadrotor(NativeTask):
    """Fly a small quadrotor to a point and hover there.

    The actions are a mixer's: lift changes the thrust of both pairs of rotors by its share
    of the thrust to hover, and roll that of the right pair by 5 % of its own, the left
    pair's by as much the other way. Reward a step: 1 / (1 + 10 distance^2), in m^2. An
    episode ends 2 m from the point to either side, up or down, at 1.2 rad, or after 1000
    steps of 0.01 s. It starts within 1 m to either side, up and down, 0.1 rad and 0.1 of each
    velocity. Source: Tedrake, "Underactuated robotics", parameters of the Crazyflie 2; the
    equations are in kernel/plants/quadrotor.h.
    """

    summary = "fly a planar quadrotor to a point and hold it there"
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
        dt_s=0.01,
        max_steps=1000,
    )

    def draw(self, rng: np.random.Generator) -> NDArray[np.float64]:
        """A starting state [6]: x m, z m, angle rad, and their velocities a second."""
        most = np.array([1.0, 1.0, 0.1, 0.1, 0.1, 0.1])
        return rng.uniform(-most, most)
