"""The cart-pole swing-up of the paper, simulated by the kernel's native plant."""

from __future__ import annotations

import math

import numpy as np

from wann_edge.kernel import Floats, plant
from wann_edge.network import Input, Output, float32
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec

TRACK_M = float32(2.4)
START_MEAN = (0.0, 0.0, math.pi, 0.0)
START_SD = 0.2

SPEC = Spec(
    name="swingup",
    inputs=(
        Input("position", "m", -TRACK_M, TRACK_M),
        Input("velocity", "m/s", -10.0, 10.0),
        Input("angle_cos", "1", -1.0, 1.0),
        Input("angle_sin", "1", -1.0, 1.0),
        Input("angular_velocity", "rad/s", -20.0, 20.0),
    ),
    outputs=(Output("force_per_10_n", "1", -1.0, 1.0),),
    dt_s=plant("swingup").dt_s,
    max_steps=1000,
)


class SwingUp(NativeTask):
    """Swing a hanging pole up and balance it, by pushing the cart that it is hinged to.

    | observation | unit | | action | unit |
    |---|---|---|---|---|
    | position | m | | force / 10 N | 1, clipped to -1..1 |
    | velocity | m/s | | | |
    | cosine and sine of the angle (0 upright) | 1 | | | |
    | angular velocity | rad/s | | | |

    The reward per step is (cos(angle) + 1) / 2 times cos(pi/2 position / 2.4 m). An
    episode ends at |position| > 2.4 m or after 1000 steps of 0.01 s. Source: Gaier & Ha
    (2019) and their published code; kernel/plants/swingup.h has the equations.
    """

    spec = SPEC
    summary = "swing a pole up and balance it, by pushing its cart"
    held_state = "upright within 10 degrees, on the track,"

    def draw(self, rng: np.random.Generator) -> Floats:
        """Draw a state [4] about hanging at rest, with a standard deviation of 0.2 each.

        Position m, velocity m/s, angle rad (0 upright), angular velocity rad/s.
        """
        return rng.normal(START_MEAN, START_SD).astype(np.float32)
