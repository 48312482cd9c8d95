"""How far an engine's rigid bodies are from the integrated equations of the swing-up."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from wann_edge.kernel import Floats

DT_S, SECONDS = 0.01, 3.0
Motion = tuple[tuple[float, ...], float, float]
# Initial states, and amplitude in N and angular frequency in rad/s of the force.
MOTIONS: list[Motion] = [
    ((0.0, 0.0, math.pi - 0.3, 0.0), 0.0, 0.0),
    ((0.2, -0.1, math.pi + 0.5, 0.2), 0.0, 0.0),
    ((-0.3, 0.0, math.pi, 0.0), 1.0, 4.0),
    ((0.1, 0.1, math.pi + 0.2, -0.4), 0.6, 2.0),
]
# Half a turn and a strong force.
WIDE: Motion = ((0.0, 0.0, 2.0, 0.0), 3.0, 5.0)


class SwingUpBodies(Protocol):
    """A world whose state can be set and read."""

    def reset(self, seed: int) -> Floats: ...
    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]: ...
    def start(self, x_m: float, v_m_per_s: float, angle_rad: float, rad_per_s: float) -> None: ...
    def state(self) -> tuple[float, float, float, float]: ...


def derivative(t: float, state: NDArray[np.float64], force_n: float) -> list[float]:
    """Return the derivative by the equations of Gaier & Ha's swing-up, as in the paper's code."""
    _, v, angle, rate = state
    s, c = math.sin(angle), math.cos(angle)
    total, pole, length, g, b = 1.0, 0.5, 0.6, 9.82, 0.1
    ml = pole * length
    return [
        v,
        (-2 * ml * rate**2 * s + 3 * pole * g * s * c + 4 * force_n - 4 * b * v)
        / (4 * total - 3 * pole * c**2),
        rate,
        (-3 * ml * rate**2 * s * c + 6 * total * g * s + 6 * (force_n - b * v) * c)
        / (4 * length * total - 3 * ml * c**2),
    ]


def worst_error(world: SwingUpBodies, motion: Motion) -> NDArray[np.float64]:
    """Return the largest distance from the integrated equations in 3 s, in m and rad."""
    start, force_n, frequency = motion
    world.reset(0)
    world.start(start[0], start[1], start[2], start[3])
    exact, errors = np.array(start), []
    for step in range(round(SECONDS / DT_S)):
        action = np.float32(force_n / 10 * math.sin(frequency * step * DT_S))
        run = solve_ivp(
            derivative, (0.0, DT_S), exact, args=(10 * float(action),), rtol=1e-9, atol=1e-11
        )
        exact = run.y[:, -1]
        world.step(np.array([action]))
        errors.append(np.abs(np.array(world.state()) - exact)[[0, 2]])
    found: NDArray[np.float64] = np.max(errors, axis=0)
    return found
