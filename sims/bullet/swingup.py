"""The swing-up as rigid bodies, with the contract of the native task."""

from __future__ import annotations

from wann_edge.kernel import Floats
from wann_edge.sims.bullet.world import (
    BulletTask,
    BulletWorld,
    Viewpoint,
    free_joints,
    load_text,
)
from wann_edge.sims.robots.swingup_robot import FORCE_N, HELD, SwingUpRobot, swingup_spec

CART, HINGE = 0, 1


class SwingUpWorld(SwingUpRobot, BulletWorld):
    """A cart on a rail and a uniform rod, with physics steps of 1 ms."""

    spec = swingup_spec("bullet/swingup")
    substeps = 10
    viewpoint = Viewpoint((0.0, 0.0, 0.0), 3.6)

    def build(self) -> None:
        """Load the robot without PyBullet's damping, which alone would cost 0.1 m in 3 s."""
        self._body = load_text(self.client, self.urdf(), fixed=True)
        for joint in (CART, HINGE):
            friction = self.friction() if joint == CART else 0.0
            self.client.changeDynamics(
                self._body, joint, linearDamping=0, angularDamping=0, jointDamping=friction
            )
        self._torque = self.client.TORQUE_CONTROL
        free_joints(self.client, self._body, (CART, HINGE))

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


class BulletSwingUp(BulletTask):
    """``bullet/swingup``: contract, starts and rewards of ``swingup``, with rigid bodies."""

    spec = SwingUpWorld.spec
    summary = "the swing-up as rigid bodies in PyBullet"
    kind = SwingUpWorld
    held = HELD
