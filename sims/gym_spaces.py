"""The spaces of a gymnasium environment as inputs and outputs of a network."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete

from wann_edge.errors import TaskError
from wann_edge.kernel import Floats
from wann_edge.kernel.arithmetic import ieee_arithmetic
from wann_edge.network import Input, Output
from wann_edge.sims.gym_names import OBSERVATIONS


def inputs_of(name: str, space: gymnasium.Space[Any]) -> tuple[Input, ...]:
    """Return the inputs for an observation space, or raise TaskError."""
    if not isinstance(space, Box) or len(space.shape) != 1 or not space.shape[0]:
        raise TaskError(
            f"observations are {_kind(space)}, but a network needs a vector of numbers",
            where=name,
            remedy="wrap the environment so that its observation space is a Box of shape (n,)",
        )
    usual = [(f"observation_{index}", "1") for index in range(len(space.low))]
    known = OBSERVATIONS.get(name.rpartition(":")[2], usual)
    rows = zip(known, space.low.tolist(), space.high.tolist(), strict=True)
    return tuple(Input(label, unit, low, high) for (label, unit), low, high in rows)


def outputs_of(name: str, space: gymnasium.Space[Any]) -> tuple[Output, ...]:
    """Return the outputs for an action space, or raise TaskError."""
    if isinstance(space, Discrete):
        return tuple(Output(f"choice_{space.start + index}") for index in range(space.n))
    if not isinstance(space, Box) or len(space.shape) != 1 or not space.shape[0]:
        raise TaskError(
            f"actions are {_kind(space)}, but a network returns a vector of numbers",
            where=name,
            remedy="wrap the environment so that its action space is Discrete or a Box "
            "of shape (n,)",
        )
    bounds = enumerate(zip(space.low.tolist(), space.high.tolist(), strict=True))
    return tuple(
        Output(f"action_{index}", "1", low, high, safe=min(max(0.0, low), high))
        for index, (low, high) in bounds
    )


def _kind(space: gymnasium.Space[Any]) -> str:
    if isinstance(space, Box):
        return f"a Box of shape {space.shape}"
    return type(space).__name__


@ieee_arithmetic()
def numbers_of(observation: object, inputs: int) -> Floats:
    """Return an observation as float32 [inputs]."""
    return np.array(observation, np.float32).reshape(inputs)


def action_of(space: gymnasium.Space[Any], action: Floats) -> object:
    """Return the action of a space for float32 [outputs]."""
    if isinstance(space, Discrete):
        return int(space.start) + int(np.argmax(action))
    assert isinstance(space, Box)
    return np.clip(action, space.low, space.high).astype(space.dtype)
