"""BipedalWalker-v3, simulated by the kernel's native plant."""

from __future__ import annotations

import numpy as np

from wann_edge.kernel import Floats, plant
from wann_edge.network import Input, Output
from wann_edge.sims.gym_names import OBSERVATIONS
from wann_edge.sims.native import NativeTask
from wann_edge.task import Spec

_HEIGHTS, _FLAT, _GRASS = 200, 20, 10
_GROUND_M = 400 / 30 / 4
_HULL_CENTRE_M = -0.0200364
_PUSH_N = 5.0
_CLOUD_DRAWS = 10 * 11
# Places in a state, counted from its end; kernel/plants/biped_body.h defines the layout.
_AT_HEIGHTS = slice(-_HEIGHTS, None)
_AT_SHAPING = -_HEIGHTS - 1
_AT_TOUCH = slice(_AT_SHAPING - 6, _AT_SHAPING)
# The state after BipedalWalker-v3's reset, to a millimetre, for any seed. There the legs are not
# in their joints yet. Hull, then each leg's thigh and shin: x, y, angle, x', y', angle'.
_BODIES = np.array(
    [
        (4.643624, 5.678639, 0.002747, 0.0, -0.2, 0.0),
        (4.689651, 4.852405, 0.044945, 0.0, -0.2, 0.0),
        (4.650293, 3.922408, -0.095006, 0.0, 0.0, 0.0),
        (4.712670, 4.852962, 0.085308, 0.0, -0.2, 0.0),
        (4.672282, 3.920291, -0.061001, 0.0, 0.0, 0.0),
    ]
)
_SPEED_PER_N = np.array([0.003533, 0.001715, 0.0, 0.001715, 0.0])

_LEG_RANGES = ((-np.pi, np.pi), (-5.0, 5.0), (-np.pi, np.pi), (-5.0, 5.0), (0.0, 5.0))
_RANGES = (
    *((-np.pi, np.pi), (-5.0, 5.0), (-5.0, 5.0), (-5.0, 5.0)),
    *(_LEG_RANGES * 2),
    *(((-1.0, 1.0),) * 10),
)


class Biped(NativeTask):
    """Walk on two legs over uneven ground: gymnasium's BipedalWalker-v3.

    Observations, float32 [24], and actions, the torques of hips and knees as shares of 80 N m,
    equal gymnasium's. The reward per step is 130/30 per metre forward, minus 5 per radian that
    the hull leans further, minus 0.028 times the sum of the absolute actions; -100 at a fall.
    An episode ends at a fall, at the far end, or after 1600 steps of 0.02 s. Source:
    gymnasium's ``bipedal_walker.py`` for bodies, ground and reward, Box2D 2.3 for the physics;
    kernel/plants/biped.h has the equations.
    """

    summary = "BipedalWalker-v3: walk on two legs over uneven ground"
    held_state = "past the end of the ground"
    spec = Spec(
        name="biped",
        inputs=tuple(
            Input(name, unit, low, high)
            for (name, unit), (low, high) in zip(
                OBSERVATIONS["BipedalWalker-v3"], _RANGES, strict=True
            )
        ),
        outputs=tuple(Output(f"action_{joint}", "1", -1.0, 1.0) for joint in range(4)),
        dt_s=plant("biped").dt_s,
        max_steps=1600,
    )

    def draw(self, rng: np.random.Generator) -> Floats:
        """Draw the state [289] after BipedalWalker-v3's reset: bodies, ground and first push."""
        state = np.zeros(self.plant.states)
        state[_AT_HEIGHTS] = _ground(rng)
        rng.uniform(size=_CLOUD_DRAWS)  # The push that gymnasium draws for this seed follows.
        push_n = rng.uniform(-_PUSH_N, _PUSH_N)
        bodies = state[: _BODIES.size].reshape(_BODIES.shape)
        bodies[:] = _BODIES
        bodies[:, 3] = _SPEED_PER_N * push_n
        state[_AT_TOUCH] = 2 * (1.0, 9.0, 10.0)
        hull = bodies[0]
        state[_AT_SHAPING] = (hull[0] - _HULL_CENTRE_M) * 130 / 30 - 5 * abs(hull[2])
        return state.astype(np.float32)


def _ground(rng: np.random.Generator) -> list[float]:
    """Draw the heights of the ground, m, in the order of BipedalWalker-v3."""
    heights, y, velocity, counter = [], _GROUND_M, 0.0, _FLAT
    fresh = False
    for i in range(_HEIGHTS):
        if not fresh:
            velocity = 0.8 * velocity + 0.01 * np.sign(_GROUND_M - y)
            if i > _FLAT:
                velocity += rng.uniform(-1, 1) / 30
            y += velocity
        fresh = False
        heights.append(y)
        counter -= 1
        if counter == 0:
            counter = int(rng.integers(_GRASS // 2, _GRASS))
            fresh = True
    return heights
