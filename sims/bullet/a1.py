"""Unitree's quadruped A1 of pybullet_data as a walking task."""

from __future__ import annotations

import math
from importlib import import_module
from pathlib import Path

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.network import Input, Output
from wann_edge.sims.bullet.world import BulletTask, BulletWorld, Viewpoint, load
from wann_edge.task import Spec
from wann_edge.task.held import Held

LEGS = ("front_right", "front_left", "rear_right", "rear_left")
# The prefixes of joint names in the URDF, and the diagonal of each leg, in the order of LEGS.
PREFIXES = ("FR", "FL", "RR", "RL")
DIAGONALS = (0, 1, 1, 0)
# Of hip, thigh and knee: the angle when standing, the angle of an action of 1, the torque.
STAND_RAD = (0.0, 0.9, -1.8)
REACH_RAD = (0.0, 0.25, 0.4)
TORQUE_N_M = (20.0, 33.5, 33.5)
# The share of the error in position, and in velocity, that a motor corrects in a substep.
POSITION_GAIN, VELOCITY_GAIN = 0.1, 1.0
CLOCK_HZ = 3.0
HEIGHT_M = 0.30
LOW_M, TILTED_RAD = 0.15, 0.8
FALL_COSTS_M = 1.0
START_SD_RAD = 0.03

SPEC = Spec(
    name="bullet/a1",
    inputs=(
        Input("clock_sin", "1", -1.0, 1.0),
        Input("clock_cos", "1", -1.0, 1.0),
        *(Input(name, "rad", -math.pi, math.pi) for name in ("roll", "pitch", "yaw")),
        *(
            Input(f"{name}_rate", "rad/s", -20.0, 20.0, scale=0.1)
            for name in ("roll", "pitch", "yaw")
        ),
        *(
            Input(f"{leg}_{joint}", "rad", -3.0, 4.5, offset=stands, scale=2.0)
            for leg in LEGS
            for joint, stands in (("thigh", STAND_RAD[1]), ("knee", STAND_RAD[2]))
        ),
        *(
            Input(f"{leg}_{joint}_rate", "rad/s", -60.0, 60.0, scale=0.05)
            for leg in LEGS
            for joint in ("thigh", "knee")
        ),
    ),
    outputs=tuple(
        Output(f"diagonal_{number}_{joint}", "1", -1.0, 1.0)
        for number in (1, 2)
        for joint in ("thigh", "knee")
    ),
    dt_s=0.02,
    max_steps=500,
)


def stands(height_m: float, roll_rad: float, pitch_rad: float) -> bool:
    """Return whether a body of this height and orientation has not fallen."""
    return height_m >= LOW_M and max(abs(roll_rad), abs(pitch_rad)) <= TILTED_RAD


class A1World(BulletWorld):
    """The robot on a plane, with physics steps of 4 ms."""

    spec = SPEC
    substeps = 5
    viewpoint = Viewpoint((0.0, 0.0, 0.2), 1.6, yaw_deg=30.0, pitch_deg=-15.0)
    parameters = ("body_mass", "ground_friction", "motor_torque")

    def build(self) -> None:
        """Load plane and robot; only the body and the lower legs touch the ground."""
        client = self.client
        client.setPhysicsEngineParameter(numSolverIterations=20)
        plane = client.createMultiBody(0, client.createCollisionShape(client.GEOM_PLANE))
        client.changeDynamics(plane, -1, lateralFriction=self.factors["ground_friction"])
        data = Path(import_module("pybullet_data").getDataPath())
        merged = client.URDF_MERGE_FIXED_LINKS
        self._body = load(client, data / "a1" / "a1.urdf", (0.0, 0.0, HEIGHT_M), flags=merged)
        self.touching = (self._body,)
        number = {
            client.getJointInfo(self._body, joint)[1].decode(): joint
            for joint in range(client.getNumJoints(self._body))
        }
        kinds = ("hip", "upper", "lower")
        self._motors = [number[f"{leg}_{kind}_joint"] for leg in PREFIXES for kind in kinds]
        for link in range(-1, len(number)):
            client.changeDynamics(self._body, link, linearDamping=0, angularDamping=0)
            if link in number.values() and link not in self._motors[2::3]:
                client.setCollisionFilterGroupMask(self._body, link, 0, 0)
        self._make_heavier(self.factors["body_mass"])
        self._torques = [self.factors["motor_torque"] * torque for torque in TORQUE_N_M]
        self._joints, self._position = client.getJointStates, client.POSITION_CONTROL
        self._control_all = client.setJointMotorControlArray
        self._phase = 0.0

    def _make_heavier(self, factor: float) -> None:
        """Scale the mass of the body, not of the legs."""
        mass, _, inertia, *_ = self.client.getDynamicsInfo(self._body, -1)
        if factor != 1:
            scaled = [factor * part for part in inertia]
            self.client.changeDynamics(
                self._body, -1, mass=factor * mass, localInertiaDiagonal=scaled
            )

    def begin(self, rng: np.random.Generator) -> None:
        """Start standing, with a random offset of each joint and a random phase of the clock."""
        self._phase = rng.uniform(0.0, 2 * math.pi)
        self._step_number, self._x_m = 0, 0.0
        aside = rng.normal(0.0, START_SD_RAD, len(self._motors)).tolist()
        self.client.resetBasePositionAndOrientation(self._body, (0, 0, HEIGHT_M), (0, 0, 0, 1))
        self.client.resetBaseVelocity(self._body, (0, 0, 0), (0, 0, 0))
        for joint, stands, more in zip(self._motors, STAND_RAD * len(LEGS), aside, strict=True):
            self.client.resetJointState(self._body, joint, stands + more)
        self._x_m = self._base()[0]

    def command(self, action: Floats) -> None:
        """Set the target angles of the motors; both legs of a diagonal get the same."""
        moves = ((0.0, *action[:2].tolist()), (0.0, *action[2:].tolist()))
        wanted = [
            stands + reach * move
            for diagonal in DIAGONALS
            for stands, reach, move in zip(STAND_RAD, REACH_RAD, moves[diagonal], strict=True)
        ]
        self._control_all(
            self._body,
            self._motors,
            self._position,
            targetPositions=wanted,
            forces=self._torques * len(LEGS),
            positionGains=[POSITION_GAIN] * len(wanted),
            velocityGains=[VELOCITY_GAIN] * len(wanted),
        )
        self._step_number += 1

    def observe(self) -> list[float]:
        """Return the clock, the body's orientation and rates, and the joints of the legs."""
        turn = self._phase + 2 * math.pi * CLOCK_HZ * SPEC.dt_s * self._step_number
        *_, roll, pitch, yaw = self._base()
        rates = self.client.getBaseVelocity(self._body)[1]
        joints = self._joints(self._body, self._motors)
        moved = [joint for number, joint in enumerate(joints) if number % 3]
        angles, speeds = [joint[0] for joint in moved], [joint[1] for joint in moved]
        return [math.sin(turn), math.cos(turn), roll, pitch, yaw, *rates, *angles, *speeds]

    def judge(self) -> tuple[float, bool]:
        """Return the metres moved forward, minus 1 for a fall, which ends the episode."""
        x, *posture, _ = self._base()
        forward, self._x_m = x - self._x_m, x
        fallen = not stands(*posture)
        return forward - FALL_COSTS_M * fallen, fallen

    def is_held(self) -> bool:
        """Return whether the robot has not fallen."""
        _, *posture, _ = self._base()
        return stands(*posture)

    def looks_at(self) -> tuple[float, float, float]:
        """Return a point above the ground at the robot's place."""
        x, y, _ = self.client.getBasePositionAndOrientation(self._body)[0]
        return x, y, 0.2

    def _base(self) -> tuple[float, float, float, float, float]:
        """Return the body's x and height, m; roll, pitch and yaw, rad."""
        (x, _, z), turned = self.client.getBasePositionAndOrientation(self._body)
        roll, pitch, yaw = self.client.getEulerFromQuaternion(turned)
        return x, z, roll, pitch, yaw


class A1(BulletTask):
    """``bullet/a1``: walk forward for 10 s with a quadruped of 12 motors.

    | observation | unit | | action | unit |
    |---|---|---|---|---|
    | sine and cosine of a clock of 3 Hz | 1 | | thigh and knee of front right and rear left | 1 |
    | roll, pitch, yaw | rad | | thigh and knee of front left and rear right | 1 |
    | their rates | rad/s | | | |
    | thigh and knee of each leg | rad | | | |
    | their rates | rad/s | | | |

    An action of 1 moves the target of a thigh by 0.25 rad, that of a knee by 0.4 rad. Motors
    of thighs and knees have 33.5 N m; those of hips hold 0 rad with 20 N m. The reward per
    step is the metres moved forward, minus 1 for a fall (a height below 0.15 m, or 0.8 rad of
    roll or pitch). An episode ends at a fall, or after 500 steps of 0.02 s.
    """

    spec = SPEC
    summary = "walk forward with a quadruped, in PyBullet"
    kind = A1World
    held = Held("on its legs after the last step", 1)
