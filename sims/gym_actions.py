"""The outputs of a network as the actions of a gymnasium environment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple

from wann_edge.errors import TaskError
from wann_edge.kernel import Floats
from wann_edge.network import Output
from wann_edge.sims.gym_observations import (
    Leaf,
    Space,
    categories,
    distinct,
    element_names,
    kind,
    leaves,
    stem_of,
    unsuited,
    width,
)

MOST_OUTPUTS = 1024


def outputs_of(name: str, space: Space) -> tuple[Output, ...]:
    """Return the outputs for an action space.

    Raises:
        TaskError: it holds no numbers, too many, or a space that is not of numbers.
    """
    found = list(leaves(space))
    for leaf in found:
        if not isinstance(leaf.space, (Box, Discrete, MultiDiscrete, MultiBinary)):
            raise unsuited(name, "actions", leaf, "a network returns a vector of numbers")
    count = sum(width(leaf.space) for leaf in found)
    if not 0 < count <= MOST_OUTPUTS:
        raise TaskError(
            f"actions are {kind(space)}, but a network returns 1 to {MOST_OUTPUTS} numbers, "
            f"not {count}",
            where=name,
            remedy="wrap the environment so that it takes fewer or other numbers",
        )
    groups = [group for leaf in found for group in _groups(leaf)]
    choices = distinct([group[0].choice for group in groups])
    made = [
        replace(output, choice=choice if output.choice else "")
        for group, choice in zip(groups, choices, strict=True)
        for output in group
    ]
    names = distinct([output.name for output in made])
    return tuple(replace(output, name=label) for label, output in zip(names, made, strict=True))


def _groups(leaf: Leaf) -> list[list[Output]]:
    """Return the outputs of a leaf; each list selects one discrete action or has numbers."""
    stem, space = stem_of(leaf.path, "action"), leaf.space
    if isinstance(space, (Discrete, MultiDiscrete)):
        # A single action has had this name since the first version.
        single = isinstance(space, Discrete) and not leaf.path
        return [
            [
                _selecting(f"choice_{v}" if single else f"{name}_choice_{v}", name, v, values)
                for v in values
            ]
            for name, values in categories(space, stem)
        ]
    names = element_names(stem, space.shape or ())
    if isinstance(space, MultiBinary):
        return [[Output(name, choice=name, selects=1)] for name in names]
    assert isinstance(space, Box)
    ends = zip(names, space.low.ravel().tolist(), space.high.ravel().tolist(), strict=True)
    return [
        [Output(name, "1", low, high, safe=min(max(0.0, low), high)) for name, low, high in ends]
    ]


def _selecting(name: str, choice: str, value: int, values: range) -> Output:
    """Return an output that selects a value; a constant one where there is no choice."""
    if len(values) == 1:
        return Output(name, low=value, high=value, safe=value)
    return Output(name, choice=choice, selects=value)


def action_of(space: Space, action: Floats) -> object:
    """Return the action of a space for the outputs of a network, float32 [outputs].

    network/discrete_actions.py has the rule of discrete actions.
    """
    if isinstance(space, Box):
        return _leaf_action(space, action)
    return _taken(space, [*action], 0)[0]


def _taken(space: Space, values: list[Any], start: int) -> tuple[object, int]:
    """Return the action that begins at an output, and the number of the next output."""
    if isinstance(space, (Dict, Tuple)):
        made: dict[object, object] = {}
        inner = space.spaces.items() if isinstance(space, Dict) else enumerate(space.spaces)
        for key, part in inner:
            made[key], start = _taken(part, values, start)
        return (made if isinstance(space, Dict) else tuple(made.values())), start
    end = start + width(space)
    return _leaf_action(space, np.array(values[start:end], np.float32)), end


def _leaf_action(space: Space, values: Floats) -> object:
    if isinstance(space, Discrete):
        return int(space.start) + int(np.argmax(values))
    if isinstance(space, MultiDiscrete):
        return _winners(space, values)
    if isinstance(space, MultiBinary):
        return (values > 0).astype(space.dtype).reshape(space.shape)
    assert isinstance(space, Box)
    return np.clip(values.reshape(space.shape), space.low, space.high).astype(space.dtype)


def _winners(space: MultiDiscrete, values: Floats) -> object:
    won, start = [], 0
    for _, group in categories(space, ""):
        won.append(group[int(np.argmax(values[start : start + len(group)]))])
        start += len(group)
    return np.array(won, space.dtype).reshape(space.nvec.shape)
