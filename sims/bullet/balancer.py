"""A balancing robot on two wheels as rigid bodies."""

from __future__ import annotations

import math

from wann_edge.kernel import Floats
from wann_edge.sims.bullet.world import (
    BulletTask,
    BulletWorld,
    Viewpoint,
    free_joints,
    load_text,
)
from wann_edge.sims.robots.balancer_robot import (
    BODY_M,
    HELD,
    NO_LOAD_RAD_PER_S,
    WHEEL_RADIUS_M,
    BalancerRobot,
    BalancerStart,
    balancer_spec,
)

WHEELS = (0, 1)


class BalancerWorld(BalancerRobot, BulletWorld):
    """The robot on a plane, with physics steps of 2 ms."""

    spec = balancer_spec("bullet/balancer")
    substeps = 5
    viewpoint = Viewpoint((0.0, 0.0, 0.12), 1.1, yaw_deg=25.0, pitch_deg=-20.0)

    def build(self) -> None:
        """Load plane and robot, with its wheels on the ground."""
        client = self.client
        plane = client.createMultiBody(0, client.createCollisionShape(client.GEOM_PLANE))
        client.changeDynamics(plane, -1, lateralFriction=1.0)
        at = (0.0, 0.0, WHEEL_RADIUS_M + self.height_m())
        self._body = load_text(client, self.urdf(), at)
        self.touching = (self._body,)
        for link in (-1, *WHEELS):
            client.changeDynamics(self._body, link, linearDamping=0, angularDamping=0)
        for wheel in WHEELS:
            client.changeDynamics(
                self._body, wheel, lateralFriction=1.0, jointDamping=self.bearing()
            )
        free_joints(client, self._body, WHEELS)
        self._stall_n_m = self.stall_n_m()
        self._torque, self._joints = client.TORQUE_CONTROL, client.getJointStates

    def start(self, state: BalancerStart) -> None:
        """Set the state."""
        turned = self.client.getQuaternionFromEuler((0.0, state.pitch_rad, 0.0))
        turning = (0.0, state.pitch_rad_per_s, 0.0)
        self.client.resetBasePositionAndOrientation(self._body, state.place_m, turned)
        self.client.resetBaseVelocity(self._body, state.velocity_m_per_s, turning)
        for wheel in WHEELS:
            self.client.resetJointState(self._body, wheel, state.wheel_rad, state.wheel_rad_per_s)

    def drive(self, action: Floats) -> None:
        """The motors' torque at the speeds that the wheels have against the body."""
        for wheel, (_, speed, *_) in zip(WHEELS, self._joints(self._body, WHEELS), strict=True):
            share = min(1.0, max(-1.0, float(action[0]) - speed / NO_LOAD_RAD_PER_S))
            self.control(self._body, wheel, self._torque, force=self._stall_n_m * share)

    def observe(self) -> tuple[float, float, float, float]:
        """Return pitch, rad and rad/s, forward positive; wheel position, m and m/s."""
        place = self.client.getBasePositionAndOrientation(self._body)[1]
        _, pitch, yaw = self.client.getEulerFromQuaternion(place)
        turning = self.client.getBaseVelocity(self._body)[1]
        rate = turning[1] * math.cos(yaw) - turning[0] * math.sin(yaw)
        left, right = self._joints(self._body, WHEELS)
        angle, speed = (left[0] + right[0]) / 2 + pitch, (left[1] + right[1]) / 2 + rate
        return pitch, rate, angle * WHEEL_RADIUS_M, speed * WHEEL_RADIUS_M

    def looks_at(self) -> tuple[float, float, float]:
        """Return a point above the ground at the robot's place."""
        x, y, _ = self.client.getBasePositionAndOrientation(self._body)[0]
        return x, y, BODY_M


class BulletBalancer(BulletTask):
    """``bullet/balancer``: balance a robot on two wheels near its place.

    | observation | unit | | action | unit |
    |---|---|---|---|---|
    | pitch | rad | | motor command, the same for both | 1, clipped to -1..1 |
    | pitch rate | rad/s | | | |
    | wheel position | m | | | |
    | wheel velocity | m/s | | | |

    The torque of a motor is 0.15 N m x (command - speed / 40 rad/s), at most 0.15 N m. The
    reward per step is (1 - (pitch / 0.6 rad)^2) (1 - (position / 1 m)^2). An episode ends at
    a pitch of 0.6 rad, at 1 m from the place, or after 1000 steps of 0.01 s.
    """

    spec = BalancerWorld.spec
    summary = "balance a robot on two wheels, in PyBullet"
    kind = BalancerWorld
    held = HELD
