"""The swing-up's cart and rod as a robot: contract, starts and rewards of the native task."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from wann_edge.kernel import plant
from wann_edge.sims import swingup
from wann_edge.sims.robots.scaled import scaled_urdf
from wann_edge.task import Spec

FORCE_N = 10.0
FRICTION_N_S_PER_M = 0.1
HELD = swingup.SwingUp().held


def swingup_spec(name: str) -> Spec:
    """Return the contract of the native task under another name."""
    return replace(swingup.SPEC, name=name)


class SwingUpRobot:
    """A cart on a rail and a uniform rod, in any engine.

    Attributes:
        factors: the current factor of each parameter.
    """

    parameters: tuple[str, ...] = ("cart_mass", "pole_mass", "pole_length", "friction")
    factors: dict[str, float]

    def urdf(self) -> str:
        """Return the robot's URDF text, scaled by the factors."""
        factors = self.factors
        pole = factors["pole_mass"], factors["pole_length"]
        return scaled_urdf("swingup.urdf", {"cart": (factors["cart_mass"], 1.0), "pole": pole})

    def friction(self) -> float:
        """Return the viscous friction of the cart, N s/m."""
        return FRICTION_N_S_PER_M * self.factors["friction"]

    def start(self, x_m: float, v_m_per_s: float, angle_rad: float, rad_per_s: float) -> None:
        """Set the state: position, velocity, angle (0 upright), angular velocity."""
        raise NotImplementedError

    def state(self) -> tuple[float, float, float, float]:
        """Return position m, velocity m/s, angle rad (0 upright), angular velocity rad/s."""
        raise NotImplementedError

    def begin(self, rng: np.random.Generator) -> None:
        """Start as the native task does, with the same random numbers."""
        self.start(*rng.normal(swingup.START_MEAN, swingup.START_SD).astype(np.float32).tolist())

    def observe(self) -> tuple[float, ...]:
        """Return the observation of the native task."""
        x, v, angle, rate = self.state()
        return x, v, math.cos(angle), math.sin(angle), rate

    def is_held(self) -> bool:
        """Return whether the native task holds this state."""
        seen = np.array(self.observe(), np.float32)
        return plant("swingup").is_held(np.zeros(4, np.float32), seen)

    def judge(self) -> tuple[float, bool]:
        """Return the reward of the native task, and whether the cart left the track."""
        x, _, angle, _ = self.state()
        upright = (math.cos(angle) + 1) / 2
        return upright * math.cos(x / swingup.TRACK_M * math.pi / 2), abs(x) > swingup.TRACK_M
