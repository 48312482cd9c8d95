"""gymnasium's BipedalWalker-v3 as a state of the native plant ``biped``, and back."""

from __future__ import annotations

import warnings
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from wann_edge.kernel import Floats

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "builtin type", DeprecationWarning)
    # Box2D crashes where its warnings are errors, and gymnasium imports it late.
    import Box2D  # noqa: F401
    import gymnasium

# Where a state has them: kernel/plants/biped_body.h.
BODIES, PINS = slice(0, 30), slice(30, 46)
PER_S = 50.0


class Walker(Protocol):
    """The environment, and its bodies and joints of Box2D, which has no types."""

    hull: Any
    legs: list[Any]
    joints: list[Any]
    terrain_y: list[float]

    def reset(self, *, seed: int) -> tuple[Floats, dict[str, object]]: ...
    def step(self, action: Floats) -> tuple[Floats, float, bool, bool, dict[str, object]]: ...


def walker(seed: int) -> Walker:
    """An environment that has been reset."""
    environment = cast("Walker", gymnasium.make("BipedalWalker-v3").unwrapped)
    environment.reset(seed=seed)
    return environment


def bodies(environment: Walker) -> NDArray[np.float64]:
    """Hull, thigh, shin, thigh, shin: x, y, angle, x', y', angle'; [5, 6]."""
    return np.array(
        [
            [*body.worldCenter, body.angle, *body.linearVelocity, body.angularVelocity]
            for body in (environment.hull, *environment.legs)
        ]
    )


def put(environment: Walker, state: Floats) -> None:
    """Writes the bodies and the joints' impulses into a state."""
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
