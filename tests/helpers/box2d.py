"""Converts gymnasium's BipedalWalker-v3 to a state of the native plant ``biped``, and back."""

from __future__ import annotations

import warnings
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import Floats

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "builtin type", DeprecationWarning)
    # Box2D crashes if its warnings are errors, and gymnasium imports it late.
    import Box2D  # noqa: F401
    import gymnasium

# Their indices in a state: kernel/plants/biped_body.h.
BODIES, PINS = slice(0, 30), slice(30, 46)
PER_S = 50.0


class Walker(Protocol):
    """The environment with its Box2D bodies and joints, for which Box2D declares no types."""

    hull: Any
    legs: list[Any]
    joints: list[Any]
    terrain_y: list[float]

    def reset(self, *, seed: int) -> tuple[Floats, dict[str, object]]: ...
    def step(self, action: Floats) -> tuple[Floats, float, bool, bool, dict[str, object]]: ...


def walker(seed: int) -> Walker:
    """Return an environment after a reset."""
    environment = cast("Walker", gymnasium.make("BipedalWalker-v3").unwrapped)
    environment.reset(seed=seed)
    return environment


def bodies(environment: Walker) -> NDArray[np.float64]:
    """Return x, y, angle, x', y', angle' of hull, thigh, shin, thigh, shin: [5, 6]."""
    return np.array(
        [
            [*body.worldCenter, body.angle, *body.linearVelocity, body.angularVelocity]
            for body in (environment.hull, *environment.legs)
        ]
    )


def put(environment: Walker, state: Floats) -> None:
    """Write the bodies and the impulses of the joints into a state."""
    state[BODIES] = bodies(environment).ravel()
    state[PINS] = np.array(
        [
            [
                *(joint.GetReactionForce(PER_S) / PER_S),
                joint.GetMotorTorque(PER_S) / PER_S,
                joint.GetReactionTorque(PER_S) / PER_S,
            ]
            for joint in environment.joints
        ]
    ).ravel()
