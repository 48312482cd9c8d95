"""Computes the kernel's results in float64, from the definitions alone.

It takes nothing from the C. ``Near`` bounds how much float32 may differ from float64.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wann_edge.network import Network

Doubles = NDArray[np.float64]

# Unit roundoff of float32, and half its smallest step near 0.
ROUNDOFF = 2.0**-24
TINY = 2.0**-150


def _turns(x: Doubles) -> tuple[Doubles, Doubles]:
    """Return the parity of the nearest whole number as +-1, and the rest; both are exact."""
    whole = np.round(x)
    return 1 - 2 * np.abs(np.fmod(whole, 2)), x - whole


def _sin_pi(x: Doubles) -> Doubles:
    sign, rest = _turns(x)
    return sign * np.sin(np.pi * rest)


def _cos_pi(x: Doubles) -> Doubles:
    """Return cos(pi x); near a zero it is computed as a sine, which is accurate there."""
    sign, rest = _turns(x)
    return sign * np.sin(np.pi * (0.5 - np.abs(rest)))


# Gaier & Ha (2019), in the order of their published code.
DEFINITIONS: dict[str, Callable[[Doubles], Doubles]] = {
    "linear": lambda x: x,
    "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "sin": _sin_pi,
    "gauss": lambda x: np.exp(-(x**2) / 2),
    "tanh": np.tanh,
    "sigmoid": lambda x: np.exp(-np.logaddexp(0.0, -x)),
    "inverse": lambda x: -x,
    "abs": np.abs,
    "relu": lambda x: np.maximum(x, 0.0),
    "cos": _cos_pi,
}

# The largest slope of each, and the width of its range if that is finite.
STEEPEST = {"sin": math.pi, "gauss": math.exp(-0.5), "sigmoid": 0.25, "cos": math.pi}
RANGE = {"sin": 2.0, "gauss": 1.0, "tanh": 2.0, "sigmoid": 1.0, "cos": 2.0}

# Activations that the kernel computes without rounding.
EXACT = ("linear", "step", "inverse", "abs", "relu")


def contract(exact: Doubles) -> Doubles:
    """Return the permitted error of an approximated activation: 4 ulp or 1e-7."""
    return np.maximum(4 * np.spacing(np.abs(exact).astype(np.float32)).astype(np.float64), 1e-7)


@dataclass(frozen=True)
class Near:
    """A value, and a bound of the error of a float32 computation of it.

    With inputs off by ea and eb, a float32 sum is off by at most e = ea + eb before
    it is rounded, and rounding adds (|a + b| + e) ROUNDOFF; a product is off by
    e = |a| eb + |b| ea + ea eb before, and rounding adds as much again, or TINY if
    the result is subnormal. (Higham, Accuracy and Stability of Numerical Algorithms,
    section 3.3: running error analysis.)
    """

    value: float
    error: float = 0.0

    def __add__(self, other: Near) -> Near:
        return _rounded(self.value + other.value, self.error + other.error)

    def __mul__(self, other: Near) -> Near:
        error = abs(self.value) * other.error + abs(other.value) * self.error
        return _rounded(self.value * other.value, error + self.error * other.error)

    def through(self, name: str) -> Near:
        """Return the value after an activation.

        Its slope scales the error and its range bounds it. Near 0 the step may give either value.
        An approximation adds the error that its contract permits: 4 ulp (8 roundoffs) or 1e-7.
        """
        value = float(DEFINITIONS[name](np.array(self.value)))
        if name == "step":
            return Near(value, float(0 < self.error >= abs(self.value)))
        carried = min(STEEPEST.get(name, 1.0) * self.error, RANGE.get(name, math.inf))
        own = 0.0 if name in EXACT else max(8 * ROUNDOFF * (abs(value) + carried), 1e-7)
        return Near(value, carried + own)


def _rounded(value: float, error: float) -> Near:
    if value == error == 0:
        return Near(0.0)
    return Near(value, error + ROUNDOFF * (abs(value) + error) + TINY)


def forward(
    network: Network, observation: Sequence[float], weight: float
) -> tuple[list[Near], list[Near]]:
    """Return the argument of each activation [computed], and the actions [outputs]."""
    if not all(map(math.isfinite, observation)):
        return [], [Near(output.safe) for output in network.outputs]
    nodes = [Near(1.0)]
    for channel, seen in zip(network.inputs, observation, strict=True):
        nodes.append((Near(seen) + Near(-channel.offset)) * Near(channel.scale))
    given: list[Near] = []
    for name, sources in zip(network.activations, network.sources, strict=True):
        total = Near(0.0)
        for source, single in sources:
            total = total + (nodes[source] if single is None else nodes[source] * Near(single))
        given.append(total * Near(weight))
        nodes.append(given[-1].through(name))
    last = zip(nodes[len(nodes) - len(network.outputs) :], network.outputs, strict=True)
    actions = [
        (node * Near(out.scale) + Near(out.offset) if out.is_scaled else node, out)
        for node, out in last
    ]
    return given, [
        Near(min(max(action.value, output.low), output.high), action.error)
        for action, output in actions
    ]


# Swing-up: SI units, state [x, x', angle, angle'], angle 0 upright.
GRAVITY, CART_KG, POLE_KG, POLE_M, FORCE_N, FRICTION = 9.82, 0.5, 0.5, 0.6, 10.0, 0.1
TRACK_M, DT_S = 2.4, 0.01
MASS, POLE = CART_KG + POLE_KG, POLE_KG * POLE_M


def swingup_terms(
    state: Doubles, cosine: float, sine: float, action: float
) -> tuple[list[float], float, list[float], float]:
    """Return the terms of x'' and its divisor, then the terms of angle'' and its divisor."""
    _, speed, _, spin = state
    force = FORCE_N * min(max(action, -1.0), 1.0)
    linear = [
        -2 * POLE * spin**2 * sine,
        3 * POLE_KG * GRAVITY * sine * cosine,
        4 * force,
        -4 * FRICTION * speed,
    ]
    angular = [
        -3 * POLE * spin**2 * sine * cosine,
        6 * MASS * GRAVITY * sine,
        6 * force * cosine,
        -6 * FRICTION * speed * cosine,
    ]
    return (
        linear,
        4 * MASS - 3 * POLE_KG * cosine**2,
        angular,
        4 * POLE_M * MASS - 3 * POLE * cosine**2,
    )


def swingup_rates(state: Doubles, action: float) -> Doubles:
    """Return the time derivative of a state [4]."""
    cosine, sine = math.cos(state[2]), math.sin(state[2])
    linear, divisor, angular, other = swingup_terms(state, cosine, sine, action)
    return np.array([state[1], sum(linear) / divisor, state[3], sum(angular) / other])


def swingup_step(state: Doubles, action: float, dt_s: float = DT_S) -> Doubles:
    """Return the state [4] one explicit Euler step later."""
    return state + dt_s * swingup_rates(state, action)


def swingup_reward(state: Doubles) -> float:
    """Return the reward for reaching a state [4]."""
    return (math.cos(state[2]) + 1) / 2 * math.cos(state[0] / TRACK_M * math.pi / 2)
