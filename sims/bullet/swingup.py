"""The swing-up as rigid bodies, with the contract of the native task."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.sims import swingup
from wann_edge.sims.bullet.scaled import scaled
from wann_edge.sims.bullet.world import (
    ROBOTS,
    BulletTask,
    BulletWorld,
    Viewpoint,
    free_joints,
    load,
)

SPEC = replace(swingup.SPEC, name="bullet/swingup")
FORCE_N = 10.0
FRICTION_N_S_PER_M = 0.1
CART, HINGE = 0, 1


class SwingUpWorld(BulletWorld):
    """A cart on a rail and a uniform rod, with physics steps of 1 ms."""

    spec = SPEC
    substeps = 10
    viewpoint = Viewpoint((0.0, 0.0, 0.0), 3.6)
    parameters = ("cart_mass", "pole_mass", "pole_length", "friction")

    def build(self) -> None:
        """Load the robot without PyBullet's damping, which alone would cost 0.1 m in 3 s."""
        factors = self.factors
        with (
            scaled(ROBOTS / "swingup.urdf", "cart", factors["cart_mass"], 1.0) as cart,
            scaled(cart, "pole", factors["pole_mass"], factors["pole_length"]) as robot,
        ):
            self._body = load(self.client, robot, fixed=True)
        for joint in (CART, HINGE):
            friction = FRICTION_N_S_PER_M * factors["friction"] if joint == CART else 0.0
            self.client.changeDynamics(
                self._body, joint, linearDamping=0, angularDamping=0, jointDamping=friction
            )
        self._torque = self.client.TORQUE_CONTROL
        free_joints(self.client, self._body, (CART, HINGE))

    def begin(self, rng: np.random.Generator) -> None:
        """Start as the native task does, with the same random numbers."""
        self.start(*rng.normal(swingup.START_MEAN, swingup.START_SD).astype(np.float32).tolist())

    def start(self, x_m: float, v_m_per_s: float, angle_rad: float, rad_per_s: float) -> None:
        """Set the state: position, velocity, angle (0 upright), angular velocity."""
        self.client.resetJointState(self._body, CART, x_m, v_m_per_s)
        self.client.resetJointState(self._body, HINGE, angle_rad, rad_per_s)

    def state(self) -> tuple[float, float, float, float]:
        """Return position m, velocity m/s, angle rad (0 upright), angular velocity rad/s."""
        cart, hinge = self.client.getJointStates(self._body, (CART, HINGE))
        return cart[0], cart[1], hinge[0], hinge[1]

    def drive(self, action: Floats) -> None:
        """Push the cart; PyBullet resets the force after each substep."""
        force_n = FORCE_N * float(action[0])
        self.control(self._body, CART, self._torque, force=force_n)

    def observe(self) -> tuple[float, ...]:
        """Return the observation of the native task."""
        x, v, angle, rate = self.state()
        return x, v, math.cos(angle), math.sin(angle), rate

    def judge(self) -> tuple[float, bool]:
        """Return the reward of the native task, and whether the cart left the track."""
        x, _, angle, _ = self.state()
        upright = (math.cos(angle) + 1) / 2
        return upright * math.cos(x / swingup.TRACK_M * math.pi / 2), abs(x) > swingup.TRACK_M


class BulletSwingUp(BulletTask):
    """``bullet/swingup``: contract, starts and rewards of ``swingup``, with rigid bodies."""

    spec = SPEC
    summary = "the swing-up as rigid bodies in PyBullet"
    kind = SwingUpWorld
