"""Names and units of the observations of well-known gymnasium environments, from their sources."""

from __future__ import annotations

Names = list[tuple[str, str]]

_LANDER: Names = [
    ("x", "1"),
    ("y", "1"),
    ("velocity_x", "1"),
    ("velocity_y", "1"),
    ("angle", "rad"),
    ("angular_velocity", "1"),
    ("left_leg_contact", "1"),
    ("right_leg_contact", "1"),
]


def _leg(number: int) -> Names:
    joints = [(f"{joint}_{number}_{what}", "1") for joint in ("hip", "knee") for what in _JOINT]
    return [*joints, (f"leg_{number}_contact", "1")]


_JOINT = ("angle", "speed")

_BIPED: Names = [
    ("hull_angle", "rad"),
    ("hull_angular_velocity", "1"),
    ("velocity_x", "1"),
    ("velocity_y", "1"),
    *_leg(1),
    *_leg(2),
    *((f"lidar_{ray}", "1") for ray in range(10)),
]

OBSERVATIONS: dict[str, Names] = {
    "BipedalWalker-v3": _BIPED,
    "BipedalWalkerHardcore-v3": _BIPED,
    "LunarLander-v3": _LANDER,
    "LunarLanderContinuous-v3": _LANDER,
    "CartPole-v1": [
        ("position", "m"),
        ("velocity", "m/s"),
        ("angle", "rad"),
        ("angular_velocity", "rad/s"),
    ],
    "Pendulum-v1": [("angle_cos", "1"), ("angle_sin", "1"), ("angular_velocity", "rad/s")],
}
