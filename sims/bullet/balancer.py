"""A balancing robot on two wheels as rigid bodies."""

from __future__ import annotations

import math

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.network import Input, Output
from wann_edge.sims.bullet.scaled import scaled
from wann_edge.sims.bullet.world import (
    ROBOTS,
    BulletTask,
    BulletWorld,
    Viewpoint,
    free_joints,
    load,
)
from wann_edge.task import Spec

WHEEL_RADIUS_M = 0.04
# From the axle to the body's centre of mass.
BODY_M = 0.12
WHEELS = (0, 1)
# Of each DC motor: the torque falls linearly from rest to the no-load speed.
STALL_TORQUE_N_M = 0.15
NO_LOAD_RAD_PER_S = 40.0
BEARING_N_M_S = 0.0002
FALLEN_RAD = 0.6
AWAY_M = 1.0
START_SD = (0.08, 0.2, 0.5)

SPEC = Spec(
    name="bullet/balancer",
    inputs=(
        Input("pitch", "rad", -0.8, 0.8, scale=4.0),
        Input("pitch_rate", "rad/s", -15.0, 15.0, scale=0.5),
        Input("wheel_position", "m", -1.2, 1.2),
        Input("wheel_velocity", "m/s", -2.0, 2.0),
    ),
    outputs=(Output("motor_command", "1", -1.0, 1.0),),
    dt_s=0.01,
    max_steps=1000,
)


class BalancerWorld(BulletWorld):
    """The robot on a plane, with physics steps of 2 ms."""

    spec = SPEC
    substeps = 5
    viewpoint = Viewpoint((0.0, 0.0, 0.12), 1.1, yaw_deg=25.0, pitch_deg=-20.0)
    parameters = ("body_mass", "body_height", "friction", "motor_torque")

    def build(self) -> None:
        """Load plane and robot, with its wheels on the ground."""
        client, factors = self.client, self.factors
        self._height_m = BODY_M * factors["body_height"]
        self._stall_n_m = STALL_TORQUE_N_M * factors["motor_torque"]
        plane = client.createMultiBody(0, client.createCollisionShape(client.GEOM_PLANE))
        client.changeDynamics(plane, -1, lateralFriction=1.0)
        urdf, at = ROBOTS / "balancer.urdf", (0.0, 0.0, WHEEL_RADIUS_M + self._height_m)
        with scaled(urdf, "body", factors["body_mass"], factors["body_height"]) as robot:
            self._body = load(client, robot, at)
        self.touching = (self._body,)
        for link in (-1, *WHEELS):
            client.changeDynamics(self._body, link, linearDamping=0, angularDamping=0)
        for wheel in WHEELS:
            damping = BEARING_N_M_S * factors["friction"]
            client.changeDynamics(self._body, wheel, lateralFriction=1.0, jointDamping=damping)
        free_joints(client, self._body, WHEELS)
        self._torque, self._joints = client.TORQUE_CONTROL, client.getJointStates

    def begin(self, rng: np.random.Generator) -> None:
        """Start with a random pitch, pitch rate and rolling speed, without slip."""
        pitch, rate, rolling = rng.normal(0.0, START_SD).tolist()
        lean = self._height_m * math.sin(pitch)
        height = self._height_m * math.cos(pitch)
        turned = self.client.getQuaternionFromEuler((0.0, pitch, 0.0))
        speed = (rolling * WHEEL_RADIUS_M + rate * height, 0.0, -rate * lean)
        place = (lean, 0.0, WHEEL_RADIUS_M + height)
        self.client.resetBasePositionAndOrientation(self._body, place, turned)
        self.client.resetBaseVelocity(self._body, speed, (0.0, rate, 0.0))
        for wheel in WHEELS:
            self.client.resetJointState(self._body, wheel, -pitch, rolling - rate)

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

    def judge(self) -> tuple[float, bool]:
        """Return a reward of 1 upright at the place of the start, and 0 where the episode ends."""
        pitch, _, position, _ = self.observe()
        lean, way = min(1.0, abs(pitch) / FALLEN_RAD), min(1.0, abs(position) / AWAY_M)
        return (1 - lean**2) * (1 - way**2), max(lean, way) >= 1

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

    spec = SPEC
    summary = "balance a robot on two wheels, in PyBullet"
    kind = BalancerWorld
