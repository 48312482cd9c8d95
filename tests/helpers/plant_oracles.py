"""The equations of the native plants, for floats or ``roundoff.Rounded`` numbers.

Operations have the kernel's order, so that the bounds hold for it. Other tests compare the
equations with gymnasium and Lagrange's method (test_plants*.py). A step takes a state and
actions, and returns the new state, the reward, and the distance beyond the limit: above 0 the
episode is over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from helpers.roundoff import Rounded, clamp, cos, sin, wrap

# Any, because Python has no common type for floats and Rounded numbers.
Num = Any
Rates = Callable[[Callable[[float], Num], Sequence[Num], Sequence[Num]], list[Num]]


class Stepped(NamedTuple):
    """The result of a step."""

    state: list[Num]
    reward: Num
    beyond: Num


def rk4(rates: Rates, k: Callable[[float], Num], y: list[Num], u: list[Num], h: float) -> list[Num]:
    """Take one step of the classical Runge-Kutta method, in the kernel's order."""
    at, total = y, [k(0.0) for _ in y]
    for ahead, share in ((0.5 * h, 1.0), (0.5 * h, 2.0), (h, 2.0), (0.0, 1.0)):
        rate = rates(k, at, u)
        total = [s + r * k(share) for s, r in zip(total, rate, strict=True)]
        at = [a + r * k(ahead) for a, r in zip(y, rate, strict=True)]
    return [a + s * (k(h) / k(6.0)) for a, s in zip(y, total, strict=True)]


def value(x: Num) -> float:
    """Return a number without its bound."""
    return x.value if isinstance(x, Rounded) else x


def largest(*numbers: Num) -> Num:
    """Return the number with the greatest value."""
    return max(numbers, key=value)


def magnitude(x: Num) -> Num:
    """Return |x|."""
    return -x if value(x) < 0 else x


def cartpole(k: Callable[[float], Num], y: list[Num], action: Sequence[float]) -> Stepped:
    """Step CartPole-v1."""
    total, pole = k(1.0) + k(0.1), k(0.1) * k(0.5)
    x, v, angle, w = y
    c, s = cos(angle), sin(angle)
    push = (k(10.0 if action[0] > 0 else -10.0) + w * w * s * pole) / total
    turn = (s * k(9.8) - c * push) / ((k(4.0) / k(3.0) - c * c * (k(0.1) / total)) * k(0.5))
    after = [
        x + v * k(0.02),
        v + (push - turn * c * (pole / total)) * k(0.02),
        angle + w * k(0.02),
        w + turn * k(0.02),
    ]
    limit = k(12 * 2 * 3.141592653589793 / 360)
    beyond = largest(magnitude(after[0]) - k(2.4), magnitude(after[2]) - limit)
    return Stepped(after, k(1.0), beyond)


def pendulum(k: Callable[[float], Num], y: list[Num], action: Sequence[float]) -> Stepped:
    """Step Pendulum-v1; the action counts units of 2 N m."""
    angle, w = y
    torque = k(min(max(action[0], -1.0), 1.0)) * k(2.0)
    off = wrap(angle)
    reward = k(0.0) - (off * off + w * w * k(0.1) + torque * torque * k(0.001))
    turn = sin(angle) * k(15.0) + torque * (k(1.0) / (k(1.0) / k(3.0)))
    spin = clamp(w + turn * k(0.05), -8.0, 8.0)
    return Stepped([angle + spin * k(0.05), spin], reward, k(-1.0))


def mountaincar(k: Callable[[float], Num], y: list[Num], action: Sequence[float]) -> Stepped:
    """Step MountainCarContinuous-v0."""
    force = k(min(max(action[0], -1.0), 1.0))
    pull = cos(y[0] * k(3.0)) * k(0.0025)
    v = clamp(y[1] + (force * k(0.0015) - pull), -0.07, 0.07)
    x = clamp(y[0] + v, -1.2, 0.6)
    if value(x) <= -1.2 and value(v) < 0:
        v = k(0.0)
    beyond = min(x - k(0.45), v, key=value)
    arrived = 100.0 if value(beyond) >= 0 else 0.0
    return Stepped([x, v], k(arrived) - force * force * k(0.1), beyond)


def acrobot_rates(k: Callable[[float], Num], y: Sequence[Num], u: Sequence[Num]) -> list[Num]:
    """Return the derivative by the book's equations; u is the torque."""
    coupling, inertia = k(0.5), k(1.25)
    c, s = cos(y[1]), sin(y[1]) * coupling
    d2 = c * coupling + inertia
    d1 = c * k(1.0) + k(3.5)
    phi2 = sin(y[0] + y[1]) * (k(0.5) * k(9.8))
    phi1 = sin(y[0]) * (k(1.5) * k(9.8)) + phi2 - y[3] * y[3] * s - y[3] * y[2] * s * k(2.0)
    ratio = d2 / d1
    second = (u[0] + ratio * phi1 - y[2] * y[2] * s - phi2) / (inertia - ratio * d2)
    return [y[2], y[3], k(0.0) - (d2 * second + phi1) / d1, second]


def acrobot(k: Callable[[float], Num], y: list[Num], action: Sequence[float]) -> Stepped:
    """Step Acrobot-v1; thirds of the action's range are torques of -1, 0 and 1."""
    torque = float(action[0] > 1 / 3) - float(action[0] < -1 / 3)
    a, b, v, w = rk4(acrobot_rates, k, y, [k(torque)], 0.2)
    a, b = wrap(a), wrap(b)
    pi = 3.141592653589793
    v, w = clamp(v, -4 * pi, 4 * pi), clamp(w, -9 * pi, 9 * pi)
    beyond = k(0.0) - cos(a) - cos(b + a) - k(1.0)
    return Stepped([a, b, v, w], k(0.0 if value(beyond) > 0 else -1.0), beyond)


def furuta_rates(k: Callable[[float], Num], y: Sequence[Num], u: Sequence[Num]) -> list[Num]:
    """Return the derivative by Cazzolato & Prime's equations; u is the voltage."""
    rod2 = k(0.024) * k(0.129) * k(0.129) / k(3.0)
    arm2 = (k(0.095) / k(3.0) + k(0.024)) * k(0.085) * k(0.085)
    rod1 = k(0.024) * k(0.129) * k(0.5)
    coupling = rod1 * k(0.085)
    _, angle, arm, rod = y
    c, s = cos(angle), sin(angle)
    torque = (u[0] - arm * k(0.042)) * (k(0.042) / k(8.4))
    on_arm = torque - arm * k(0.0015) - rod * rod * s * coupling
    on_arm = on_arm - arm * rod * s * c * (k(2.0) * rod2)
    on_rod = s * (rod1 * k(9.81)) - rod * k(0.0005) + arm * arm * s * c * rod2
    inertia, cross = s * s * rod2 + arm2, c * (k(0.0) - coupling)
    determinant = inertia * rod2 - cross * cross
    first = (on_arm * rod2 - on_rod * cross) / determinant
    return [arm, rod, first, (on_rod * inertia - on_arm * cross) / determinant]


def furuta_turned(
    k: Callable[[float], Num], y: list[Num], action: Sequence[float], most_v: float
) -> list[Num]:
    """Return the rotary pendulum's state after a step; the action counts units of most_v volts."""
    voltage = k(min(max(action[0], -1.0), 1.0)) * k(most_v)
    return rk4(furuta_rates, k, y, [voltage], 0.01)


def furuta(k: Callable[[float], Num], y: list[Num], action: Sequence[float]) -> Stepped:
    """Step the rotary pendulum near upright."""
    after = furuta_turned(k, y, action, 10.0)
    arm, rod = after[0] * (k(1.0) / k(2.0)), after[1] * (k(1.0) / k(0.5))
    beyond = largest(magnitude(after[0]) - k(2.0), magnitude(after[1]) - k(0.5))
    return Stepped(after, k(1.0) - (arm * arm + rod * rod) * k(0.5), beyond)


def furuta_swingup(k: Callable[[float], Num], y: list[Num], action: Sequence[float]) -> Stepped:
    """Step the rotary pendulum's swing-up."""
    after = furuta_turned(k, y, action, 18.0)
    upright = cos(after[1]) * k(0.5) + k(0.5)
    centred = cos(after[0] * k(math.pi / 6))
    return Stepped(after, upright * centred, magnitude(after[0]) - k(3.0))


def balancer_rates(k: Callable[[float], Num], y: Sequence[Num], u: Sequence[Num]) -> list[Num]:
    """Return the derivative by Yamamoto's equations; u is the voltage."""
    body, rotors = k(0.6) * k(0.072), k(2.0) * k(1e-5)
    wheel2 = (k(3.0) * k(0.03) + k(0.6)) * (k(0.04) * k(0.04)) + rotors
    pitch2 = body * k(0.072) * (k(4.0) / k(3.0)) + rotors
    per_volt = k(2.0) * k(0.317) / k(6.69)
    drag = per_volt * k(0.468) + k(2.0) * k(0.0022)
    _, pitch, wheel, rate = y
    c, s = cos(pitch), sin(pitch)
    torque = u[0] * per_volt - (wheel - rate) * drag
    on_wheel = torque + rate * rate * s * (body * k(0.04))
    on_pitch = s * (body * k(9.81)) - torque
    cross = c * (body * k(0.04)) - rotors
    determinant = wheel2 * pitch2 - cross * cross
    first = (on_wheel * pitch2 - on_pitch * cross) / determinant
    return [wheel, rate, first, (on_pitch * wheel2 - on_wheel * cross) / determinant]


def balancer(k: Callable[[float], Num], y: list[Num], action: Sequence[float]) -> Stepped:
    """Step the balancing robot; the action counts units of 8 V."""
    voltage = [k(min(max(action[0], -1.0), 1.0)) * k(8.0)]
    after = y
    for _ in range(4):
        after = rk4(balancer_rates, k, after, voltage, 0.0025)
    place, pitch = after[0] * k(0.04), after[1] * (k(1.0) / k(0.6))
    beyond = largest(magnitude(place) - k(1.0), magnitude(after[1]) - k(0.6))
    return Stepped(after, k(1.0) - (place * place + pitch * pitch) * k(0.5), beyond)


def quadrotor_rates(k: Callable[[float], Num], y: Sequence[Num], u: Sequence[Num]) -> list[Num]:
    """Return the derivative by Tedrake's equations; u is the left and the right thrust."""
    lift = (u[0] + u[1]) * (k(1.0) / k(0.027))
    roll = (u[1] - u[0]) * (k(0.0280721) / k(1.4e-5))
    return [*y[3:], k(0.0) - sin(y[2]) * lift, cos(y[2]) * lift - k(9.81), roll]


def quadrotor(k: Callable[[float], Num], y: list[Num], action: Sequence[float]) -> Stepped:
    """Step the quadrotor; the actions are lift and roll."""
    hover = k(0.5) * k(0.027) * k(9.81)
    lift = k(min(max(action[0], -1.0), 1.0)) + k(1.0)
    roll = k(min(max(action[1], -1.0), 1.0)) * k(0.05)
    thrust = [clamp(lift + side, 0.0, 2.25) * hover for side in (-roll, roll)]
    after = rk4(quadrotor_rates, k, y, thrust, 0.01)
    away2 = after[0] * after[0] + after[1] * after[1]
    beyond = largest(
        magnitude(after[0]) - k(2.0), magnitude(after[1]) - k(2.0), magnitude(after[2]) - k(1.2)
    )
    return Stepped(after, k(1.0) / (away2 * k(10.0) + k(1.0)), beyond)


Step = Callable[[Callable[[float], Num], list[Num], Sequence[float]], Stepped]
STEPS: dict[str, Step] = {
    "cartpole": cartpole,
    "pendulum": pendulum,
    "mountaincar": mountaincar,
    "acrobot": acrobot,
    "furuta": furuta,
    "furuta-swingup": furuta_swingup,
    "balancer": balancer,
    "quadrotor": quadrotor,
}
