"""A balancing robot on two wheels: contract, motors and rewards."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from wann_edge.network import Input, Output
from wann_edge.sims.robots.scaled import scaled_urdf
from wann_edge.task import Spec
from wann_edge.task.held import Held

WHEEL_RADIUS_M = 0.04
# From the axle to the body's centre of mass.
BODY_M = 0.12
# Of each DC motor: the torque falls linearly from rest to the no-load speed.
STALL_TORQUE_N_M = 0.15
NO_LOAD_RAD_PER_S = 40.0
BEARING_N_M_S = 0.0002
FALLEN_RAD = 0.6
AWAY_M = 1.0
UPRIGHT_RAD = math.radians(10)
# An episode has steps of 0.01 s.
HELD = Held("upright within 10 degrees, within 1 m of its place, for the last 2 s", 200)
START_SD = (0.08, 0.2, 0.5)


def balancer_spec(name: str) -> Spec:
    """Return the contract under a task's name."""
    return Spec(
        name=name,
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


class BalancerStart(NamedTuple):
    """A starting state that rolls without slip.

    Attributes:
        pitch_rad: of the body, forward positive.
        pitch_rad_per_s: its rate.
        place_m: the body's centre of mass: forward, left, up.
        velocity_m_per_s: its velocity.
        wheel_rad: the angle of the wheels against the body.
        wheel_rad_per_s: its rate.
    """

    pitch_rad: float
    pitch_rad_per_s: float
    place_m: tuple[float, float, float]
    velocity_m_per_s: tuple[float, float, float]
    wheel_rad: float
    wheel_rad_per_s: float


class BalancerRobot:
    """A body between two wheels that touch the ground in one point each, in any engine.

    Attributes:
        factors: the current factor of each parameter.
    """

    parameters: tuple[str, ...] = ("body_mass", "body_height", "friction", "motor_torque")
    factors: dict[str, float]

    def urdf(self) -> str:
        """Return the robot's URDF text, scaled by the factors."""
        body = self.factors["body_mass"], self.factors["body_height"]
        return scaled_urdf("balancer.urdf", {"body": body})

    def height_m(self) -> float:
        """Return the height of the body's centre of mass above the axle."""
        return BODY_M * self.factors["body_height"]

    def bearing(self) -> float:
        """Return the viscous friction of a wheel, N m s/rad."""
        return BEARING_N_M_S * self.factors["friction"]

    def stall_n_m(self) -> float:
        """Return the torque of a motor at rest with the command 1."""
        return STALL_TORQUE_N_M * self.factors["motor_torque"]

    def start(self, state: BalancerStart) -> None:
        """Set the state."""
        raise NotImplementedError

    def observe(self) -> tuple[float, float, float, float]:
        """Return pitch, rad and rad/s, forward positive; wheel position, m and m/s."""
        raise NotImplementedError

    def begin(self, rng: np.random.Generator) -> None:
        """Start with a random pitch, pitch rate and rolling speed, without slip."""
        pitch, rate, rolling = rng.normal(0.0, START_SD).tolist()
        lean = self.height_m() * math.sin(pitch)
        height = self.height_m() * math.cos(pitch)
        self.start(
            BalancerStart(
                pitch_rad=pitch,
                pitch_rad_per_s=rate,
                place_m=(lean, 0.0, WHEEL_RADIUS_M + height),
                velocity_m_per_s=(rolling * WHEEL_RADIUS_M + rate * height, 0.0, -rate * lean),
                wheel_rad=-pitch,
                wheel_rad_per_s=rolling - rate,
            )
        )

    def is_held(self) -> bool:
        """Return whether the body is upright within 10 degrees, within 1 m of its place."""
        pitch, _, position, _ = self.observe()
        return abs(pitch) < UPRIGHT_RAD and abs(position) < AWAY_M

    def judge(self) -> tuple[float, bool]:
        """Return a reward of 1 upright at the place of the start, and 0 where the episode ends."""
        pitch, _, position, _ = self.observe()
        lean, way = min(1.0, abs(pitch) / FALLEN_RAD), min(1.0, abs(position) / AWAY_M)
        return (1 - lean**2) * (1 - way**2), max(lean, way) >= 1
