"""The observations of a gymnasium environment as the inputs of a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple

from wann_edge.errors import TaskError
from wann_edge.kernel import Floats
from wann_edge.network import Input
from wann_edge.sims.gym_arguments import without_arguments
from wann_edge.sims.gym_errors import SlipError
from wann_edge.sims.gym_names import OBSERVATIONS

Space = gymnasium.Space[Any]
Path = tuple[object, ...]

SPACE = "correct the environment's observation_space, or what it returns"
# Pictures have more.
MOST_INPUTS = 4096


class Leaf(NamedTuple):
    """A space without further spaces in it.

    Attributes:
        path: the keys and indices that lead to it.
        space: a Box, Discrete, MultiDiscrete or MultiBinary.
    """

    path: Path
    space: Space


def leaves(space: Space, path: Path = ()) -> Iterator[Leaf]:
    """Return the spaces in Dict and Tuple spaces, in their order."""
    if isinstance(space, Dict):
        for key, inner in space.spaces.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(space, Tuple):
        for index, inner in enumerate(space.spaces):
            yield from leaves(inner, (*path, index))
    else:
        yield Leaf(path, space)


def stem_of(path: Path, root: str) -> str:
    """Return the beginning of the names of a leaf's numbers: ``root``, ``root_0``, ``arm.speed``.

    Indices follow after _, keys after a full stop.
    """
    stem = "" if path and not isinstance(path[0], int) else root
    for key in path:
        stem += f"_{key}" if isinstance(key, int) else f".{key}" if stem else str(key)
    return stem


def element_names(stem: str, shape: tuple[int, ...]) -> list[str]:
    """Return a name for each number of an array: ``stem_0`` or ``stem_1_2``."""
    return ["_".join([stem, *map(str, index)]) for index in np.ndindex(shape)]


def distinct(names: list[str]) -> list[str]:
    """Return names of at most 64 printable characters of which no two are equal."""
    short = [_shortened(name) for name in names]
    count = Counter(short)
    return [
        name if count[name] == 1 else f"{name} (number {index})" for index, name in enumerate(short)
    ]


def _shortened(name: str) -> str:
    plain = name if name.isprintable() else ascii(name)[1:-1]
    return plain if len(plain) <= 48 else f"{plain[:22]}...{plain[-23:]}"


def kind(space: Space) -> str:
    """Describe a space: "a Box of shape (2, 3)", or its type."""
    if isinstance(space, Box):
        return f"a Box of shape {space.shape}"
    return type(space).__name__


def inputs_of(name: str, space: Space) -> tuple[Input, ...]:
    """Return the inputs for an observation space.

    Raises:
        TaskError: it holds no numbers, too many, or a space that is not of numbers.
    """
    found = list(leaves(space))
    for leaf in found:
        if not isinstance(leaf.space, (Box, Discrete, MultiDiscrete, MultiBinary)):
            raise unsuited(name, "observations", leaf, "a network needs a vector of numbers")
    count = sum(width(leaf.space) for leaf in found)
    if not 0 < count <= MOST_INPUTS:
        raise TaskError(
            f"observations are {kind(space)}, but a network needs 1 to {MOST_INPUTS} numbers, "
            f"not {count}",
            where=name,
            remedy="wrap the environment so that it observes fewer or other numbers",
        )
    known = OBSERVATIONS.get(without_arguments(name).rpartition(":")[2])
    if known is not None and len(known) == count and isinstance(space, Box):
        ends = zip(known, space.low.tolist(), space.high.tolist(), strict=True)
        return tuple(Input(label, unit, low, high) for (label, unit), low, high in ends)
    made = [channel for leaf in found for channel in _channels(leaf)]
    names = distinct([channel.name for channel in made])
    return tuple(
        Input(label, channel.unit, channel.low, channel.high)
        for label, channel in zip(names, made, strict=True)
    )


def flags_in(space: Space) -> list[bool]:
    """Return for each input whether it is 0 or 1 by its kind, and so needs no scaling."""
    return [
        not isinstance(leaf.space, Box) for leaf in leaves(space) for _ in range(width(leaf.space))
    ]


def unsuited(name: str, what: str, leaf: Leaf, needs: str) -> TaskError:
    """Return the error for a space that has no numbers; ``what`` is observations or actions."""
    place = f" in {stem_of(leaf.path, what)!r}" if leaf.path else ""
    return TaskError(
        f"{what} are {kind(leaf.space)}{place}, but {needs}",
        where=name,
        remedy=f"wrap the environment so that its {what} are Box, Discrete, MultiDiscrete or "
        "MultiBinary spaces, or Dict or Tuple spaces of these",
    )


def width(space: Space) -> int:
    """Return how many inputs or outputs a leaf has."""
    if isinstance(space, Discrete):
        return int(space.n)
    if isinstance(space, MultiDiscrete):
        return int(space.nvec.sum())
    return int(np.prod(space.shape or (), dtype=np.int64))


def categories(space: Discrete | MultiDiscrete, stem: str) -> list[tuple[str, range]]:
    """Return a name and the values of each whole number in a space."""
    if isinstance(space, Discrete):
        return [(stem, range(int(space.start), int(space.start + space.n)))]
    starts = np.broadcast_to(getattr(space, "start", 0), space.nvec.shape).ravel().tolist()
    names = element_names(stem, space.nvec.shape)
    return [
        (name, range(start, start + number))
        for name, start, number in zip(names, starts, space.nvec.ravel().tolist(), strict=True)
    ]


def _channels(leaf: Leaf) -> list[Input]:
    stem, space = stem_of(leaf.path, "observation"), leaf.space
    if isinstance(space, (Discrete, MultiDiscrete)):
        return [
            Input(f"{name}_is_{value}", "1", 0.0, 1.0)
            for name, values in categories(space, stem)
            for value in values
        ]
    names = element_names(stem, space.shape or ())
    if isinstance(space, Box):
        ends = zip(names, space.low.ravel().tolist(), space.high.ravel().tolist(), strict=True)
        return [Input(name, "1", low, high) for name, low, high in ends]
    return [Input(name, "1", 0.0, 1.0) for name in names]


def numbers_of(space: Space, observation: object) -> Floats:
    """Return an observation as float32 [inputs].

    Raises:
        SlipError: the observation does not fit the space.
    """
    if isinstance(space, Box):
        return _array(observation, width(space), "the observation")
    found: list[Floats] = [_numbers(leaf, observation) for leaf in leaves(space)]
    return np.concatenate(found)


def _numbers(leaf: Leaf, observation: object) -> Floats:
    stem, space = stem_of(leaf.path, "observation"), leaf.space
    for key in leaf.path:
        try:
            observation = cast("Any", observation)[key]
        except (KeyError, IndexError, TypeError) as error:
            raise SlipError(f"the observation has no {stem!r}", SPACE) from error
    if not isinstance(space, (Discrete, MultiDiscrete)):
        return _array(observation, width(space), stem)
    groups = categories(space, stem)
    values = np.asarray(observation).ravel().tolist()
    if len(values) != len(groups):
        raise SlipError(f"{stem} has {len(values)} numbers, but its space has {len(groups)}", SPACE)
    return np.concatenate([_one_hot(v, group) for v, group in zip(values, groups, strict=True)])


def _one_hot(value: object, group: tuple[str, range]) -> Floats:
    name, values = group
    if value not in values:
        raise SlipError(f"{name} is {value!r}, not one of {values[0]} to {values[-1]}", SPACE)
    hot = np.zeros(len(values), np.float32)
    hot[values.index(cast("int", value))] = 1
    return hot


def _array(observation: object, count: int, name: str) -> Floats:
    if isinstance(observation, np.ndarray) and np.iscomplexobj(observation):
        raise SlipError(f"{name} is complex", SPACE)
    try:
        with np.errstate(over="ignore"):
            numbers = np.array(observation, np.float32)
    except (TypeError, ValueError) as error:
        raise SlipError(f"{name} is not an array of numbers: {error}", SPACE) from error
    if numbers.size != count:
        raise SlipError(f"{name} has {numbers.size} numbers, but its space has {count}", SPACE)
    return numbers.reshape(count)
