"""The robots' equations against Lagrange's method and SciPy's solution."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from helpers.lagrange import Doubles, Energies, Numbers, accelerations
from helpers.plant_oracles import (
    STEPS,
    Rates,
    balancer_rates,
    furuta_rates,
    quadrotor_rates,
    rk4,
)
from helpers.roundoff import Rounded
from wann_edge.kernel import plant

GRAVITY = 9.81
# Gauss points, as fractions of a rod's length: two integrate a square along it exactly.
ALONG_ROD = (0.5 - 0.5 / np.sqrt(3), 0.5 + 0.5 / np.sqrt(3))


def _furuta_kinetic(q: Numbers, v: Doubles) -> complex:
    """Return the kinetic energy of the arm's and pendulum's rods, from their points' velocities.

    A point of the pendulum at distance r from its hinge moves with the end of the arm, across the
    arm and upwards as it swings, and around the shaft with the arm.
    """
    arm = sum(0.095 / 4 * (0.085 * share * v[0]) ** 2 for share in ALONG_ROD)
    total = arm + 0j
    for share in ALONG_ROD:
        r = 0.129 * share
        across = 0.085 * v[0] - r * np.cos(q[1]) * v[1]
        along = r * np.sin(q[1]) * v[0]
        up = -r * np.sin(q[1]) * v[1]
        total += 0.024 / 4 * (across**2 + along**2 + up**2)
    return complex(total)


def _furuta_forces(q: Doubles, v: Doubles, u: Doubles) -> Doubles:
    motor = 0.042 * (u[0] - 0.042 * v[0]) / 8.4
    return np.array([motor - 0.0015 * v[0], -0.0005 * v[1]])


def _balancer_kinetic(q: Numbers, v: Doubles) -> complex:
    """Return the kinetic energy of two wheels (disks), two rotors and the body.

    The rotors turn with the wheels, relative to the body.
    """
    wheels = 2 * (0.03 * (0.04 * v[0]) ** 2 + 0.5 * 0.03 * 0.04**2 * v[0] ** 2) / 2
    rotors = 2 * 1e-5 * (v[0] - v[1]) ** 2 / 2
    ahead, up = 0.04 * v[0] + 0.072 * np.cos(q[1]) * v[1], -0.072 * np.sin(q[1]) * v[1]
    body = 0.6 * (ahead**2 + up**2) / 2 + 0.6 * 0.072**2 / 3 * v[1] ** 2 / 2
    return complex(wheels + rotors + body)


def _balancer_forces(q: Doubles, v: Doubles, u: Doubles) -> Doubles:
    spin = v[0] - v[1]
    torque = 2 * (0.317 * (u[0] - 0.468 * spin) / 6.69 - 0.0022 * spin)
    return np.array([torque, -torque])


def _quadrotor_forces(q: Doubles, v: Doubles, u: Doubles) -> Doubles:
    """Return the generalised forces: virtual work of each rotor's thrust at the end of its arm."""
    up = np.array([-np.sin(q[2]), np.cos(q[2])])
    total = np.zeros(3)
    for side, thrust in zip((-1, 1), u, strict=True):
        arm = side * 0.0280721 * np.array([-np.sin(q[2]), np.cos(q[2])])
        total += thrust * np.array([*up, up @ arm])
    return total


ENERGIES = {
    "furuta": Energies(
        _furuta_kinetic,
        lambda q: complex(0.024 * GRAVITY * 0.129 / 2 * np.cos(q[1])),
        _furuta_forces,
    ),
    "balancer": Energies(
        _balancer_kinetic,
        lambda q: complex(0.6 * GRAVITY * 0.072 * np.cos(q[1])),
        _balancer_forces,
    ),
    "quadrotor": Energies(
        lambda q, v: complex((0.027 * (v[0] ** 2 + v[1] ** 2) + 1.4e-5 * v[2] ** 2) / 2),
        lambda q: complex(0.027 * GRAVITY * q[1]),
        _quadrotor_forces,
    ),
}
RATES: dict[str, Rates] = {
    "furuta": furuta_rates,
    "balancer": balancer_rates,
    "quadrotor": quadrotor_rates,
}
# The largest inputs of each.
INPUTS = {"furuta": (10.0,), "balancer": (8.0,), "quadrotor": (0.298, 0.298)}
NAMES = sorted(ENERGIES)


def random_states(name: str, count: int) -> NDArray[np.float32]:
    """Return states with fast motion, inside and outside the limits of episodes."""
    rng, half = np.random.default_rng(4), plant(name).states // 2
    far = np.repeat([1.2, 5.0], half)
    return rng.uniform(-far, far, (count, 2 * half)).astype(np.float32)


def motion(name: str, state: Doubles, u: Doubles) -> Doubles:
    """Return the derivative of a state by Lagrange's method."""
    q, v = np.split(state, 2)
    return np.concatenate([v, accelerations(ENERGIES[name], q, v, u)])


@pytest.mark.parametrize("name", NAMES)
def test_the_equations_follow_from_the_energies(name: str) -> None:
    rng = np.random.default_rng(9)
    for state in random_states(name, 30).astype(np.float64):
        u = rng.uniform(0, 1, len(INPUTS[name])) * INPUTS[name]
        ours = np.array(RATES[name](float, state.tolist(), u.tolist()))
        theirs = motion(name, state, u)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9 * np.abs(theirs).max())


@pytest.mark.parametrize("name", NAMES)
def test_energy_changes_by_the_work_of_the_forces(name: str) -> None:
    """Along SciPy's solution of the kernel's equations, for one second."""
    energies, u = ENERGIES[name], 0.3 * np.array(INPUTS[name])
    half = plant(name).states // 2

    def energy(state: Doubles) -> float:
        q, v = np.split(state[: 2 * half], 2)
        return float(np.real(energies.kinetic(q, v) + energies.potential(q)))

    def rates(_: float, state: Doubles) -> Doubles:
        q, v = np.split(state[: 2 * half], 2)
        moved = RATES[name](float, state[: 2 * half].tolist(), u.tolist())
        return np.array([*moved, energies.forces(q, v, u) @ v])

    start = np.array([*random_states(name, 1)[0], 0.0], np.float64)
    end = solve_ivp(rates, (0, 1), start, rtol=1e-10, atol=1e-12).y[:, -1]
    assert abs(end[-1]) > 1e-3
    assert energy(end) - energy(start) == pytest.approx(end[-1], rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_step_is_scipys_solution(name: str) -> None:
    """Within float32's bound plus twice the Runge-Kutta error, estimated by halved steps."""
    native = plant(name)
    action = np.full(native.actions, 0.4, np.float32)
    substeps = 4 if name == "balancer" else 1
    for state in random_states(name, 6):
        after = native.step(state, native.observe(state), action)[0].astype(np.float64)
        exact = state.astype(np.float64)
        u = _inputs(name, action)
        coarse, fine = (_path(name, exact, u, n * substeps) for n in (1, 2))
        solved = solve_ivp(
            lambda _, y, u=u: motion(name, y, u), (0, 0.01), exact, rtol=1e-10, atol=1e-12
        ).y[:, -1]
        bound = STEPS[name](
            lambda x: Rounded(x, abs(float(np.float32(x)) - x)),
            [Rounded(float(x)) for x in state],
            action.tolist(),
        )
        rounding = np.array([number.error for number in bound.state])
        left_out = np.abs(coarse - fine) * 16 / 15
        assert (np.abs(after - solved) <= rounding + 2 * left_out + 1e-9).all()
        assert left_out.max() < 2e-3 * np.abs(solved).max(), "the step is too long"


def _inputs(name: str, action: NDArray[np.float32]) -> Doubles:
    """Return the inputs for an action of 0.4: a voltage, or two thrusts."""
    given = float(action[0])
    if name == "quadrotor":
        hover = 0.027 * GRAVITY / 2
        return hover * (1 + given + 0.05 * given * np.array([-1, 1]))
    return np.array([given * INPUTS[name][0]])


def _path(name: str, state: Doubles, u: Doubles, steps: int) -> Doubles:
    at = state.tolist()
    for _ in range(steps):
        at = rk4(RATES[name], float, at, u.tolist(), 0.01 / steps)
    return np.array(at)
