"""Spaces of every kind as inputs and outputs, with names that say where a number comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pytest
from gymnasium import Space, spaces

from wann_edge.network import Output
from wann_edge.network.discrete_actions import discrete_actions
from wann_edge.sims.gym_actions import action_of, outputs_of
from wann_edge.sims.gym_errors import SlipError
from wann_edge.sims.gym_observations import flags_in, inputs_of, numbers_of, stem_of

OBSERVATIONS = {
    "vector": (spaces.Box(-1, 1, (2,)), ["observation_0", "observation_1"]),
    "number": (spaces.Box(-1, 1, ()), ["observation"]),
    "matrix": (
        spaces.Box(0, 9, (2, 2), np.int32),
        ["observation_0_0", "observation_0_1", "observation_1_0", "observation_1_1"],
    ),
    "discrete": (spaces.Discrete(3, start=-1), [f"observation_is_{n}" for n in (-1, 0, 1)]),
    "multi": (
        spaces.MultiDiscrete([2, 3], start=[0, 5]),
        ["observation_0_is_0", "observation_0_is_1"] + [f"observation_1_is_{n}" for n in (5, 6, 7)],
    ),
    "binary": (spaces.MultiBinary(2), ["observation_0", "observation_1"]),
    "tuple": (
        spaces.Tuple((spaces.Discrete(2), spaces.Box(0, 1, (1,)))),
        ["observation_0_is_0", "observation_0_is_1", "observation_1_0"],
    ),
    "dict": (
        spaces.Dict(arm=spaces.Dict(speed=spaces.Box(0, 1, ())), lamp=spaces.MultiBinary(1)),
        ["arm.speed", "lamp_0"],
    ),
}


def value_in(observation: object, place: str) -> float:
    """The number at a name of an input: ``observation_0_is_1`` asks whether [0] is 1."""
    where, _, wanted = place.partition("_is_")
    found = observation
    path = where.replace("observation", "", 1).strip("_").replace(".", "_")
    for part in filter(None, path.split("_")):
        found = (
            found[part]
            if isinstance(found, Mapping)
            else cast("Sequence[object]", found)[int(part)]
        )
    number = float(np.asarray(found))
    return float(number == int(wanted)) if wanted else number


@pytest.mark.parametrize("case", OBSERVATIONS)
def test_every_number_is_where_its_name_says(case: str) -> None:
    space, names = OBSERVATIONS[case]
    inputs = inputs_of("t", space)
    assert [channel.name for channel in inputs] == names
    assert len(flags_in(space)) == len(names)
    space.seed(3)
    seen = set()
    for _ in range(20):
        observation = space.sample()
        numbers = numbers_of(space, observation)
        assert numbers.dtype == np.float32
        expected = [np.float32(value_in(observation, name)) for name in names]
        np.testing.assert_array_equal(numbers, expected)
        seen.add(numbers.tobytes())
    assert len(seen) > 1


def test_numbers_that_are_0_or_1_by_their_kind_are_flags() -> None:
    space = spaces.Tuple((spaces.Box(0, 1, (1,)), spaces.Discrete(2), spaces.MultiBinary(1)))
    assert flags_in(space) == [False, True, True, True]


@pytest.mark.parametrize(
    ("space", "observation", "said"),
    [
        (spaces.Box(0, 1, (2,)), np.zeros(3), "the observation has 3 numbers, but its space has 2"),
        (spaces.Dict(a=spaces.Discrete(2)), {"b": 1}, "the observation has no 'a'"),
        (spaces.Discrete(4), 4, "observation is 4, not one of 0 to 3"),
        (spaces.MultiDiscrete([2, 2]), [1], "observation has 1 numbers, but its space has 2"),
        (spaces.Tuple((spaces.Discrete(2),)), (0.5,), "observation_0 is 0.5, not one of 0 to 1"),
    ],
)
def test_an_observation_outside_its_space_is_named(
    space: Space[object], observation: object, said: str
) -> None:
    with pytest.raises(SlipError, match=said):
        numbers_of(space, observation)


def test_equal_and_long_names_are_told_apart() -> None:
    space = spaces.Dict(
        {"a_0": spaces.Box(0, 1, ()), "a": spaces.Box(0, 1, (1,)), "b" * 90: spaces.Box(0, 1, ())}
    )
    names = [channel.name for channel in inputs_of("t", space)]
    assert names[:2] == ["a_0 (number 0)", "a_0 (number 1)"]
    assert len(names[2]) == 48
    assert stem_of(("a\n", 0), "x") == "a\n_0"
    assert inputs_of("t", spaces.Dict({"a\n": spaces.Box(0, 1, ())}))[0].name == "a\\n"


ACTIONS = {
    "discrete": spaces.Discrete(3, start=-1),
    "multi": spaces.MultiDiscrete([2, 3], start=[0, 5]),
    "binary": spaces.MultiBinary(3),
    "matrix": spaces.Box(-1, 1, (2, 2)),
    "integers": spaces.Box(-3, 3, (2,), np.int32),
    "tuple": spaces.Tuple((spaces.Discrete(2), spaces.Box(-1, 1, (2,)))),
    "dict": spaces.Dict(lamp=spaces.MultiBinary(1), arm=spaces.Tuple((spaces.Discrete(3),))),
    "single": spaces.MultiDiscrete([1, 2]),
}


@pytest.mark.parametrize("case", ACTIONS)
def test_actions_are_in_their_space_and_as_the_rule_of_choices_reads_them(case: str) -> None:
    space = ACTIONS[case]
    outputs = outputs_of("t", space)
    rng = np.random.default_rng(2)
    selected = set()
    for _ in range(20):
        values = rng.normal(size=len(outputs)).astype(np.float32)
        action = action_of(space, values)
        assert space.contains(action)
        flat = spaces.flatten(space, action) if case in ("tuple", "dict") else None
        read = [choice.value(values.tolist()) for choice in discrete_actions(outputs)]
        if flat is None and read and case != "single":
            assert np.ravel(action).tolist() == read
        selected.add(tuple(read))
    assert len(selected) > 1 or not discrete_actions(outputs)


def test_names_of_outputs() -> None:
    def names(space: Space[object]) -> list[str]:
        return [output.name for output in outputs_of("t", space)]

    assert names(spaces.Discrete(2)) == ["choice_0", "choice_1"]
    assert names(spaces.MultiDiscrete([1, 2]))[1:] == ["action_1_choice_0", "action_1_choice_1"]
    assert names(spaces.MultiBinary(2)) == ["action_0", "action_1"]
    assert names(spaces.Dict(arm=spaces.Box(0, 1, (1,)))) == ["arm_0"]
    assert names(spaces.Box(0, 1, (1, 2))) == ["action_0_0", "action_0_1"]


def test_two_actions_of_one_name_stay_two() -> None:
    space = spaces.Dict({"a": spaces.Dict(b=spaces.Discrete(2)), "a.b": spaces.Discrete(2)})
    assert [len(choice.outputs) for choice in discrete_actions(outputs_of("t", space))] == [2, 2]


def test_an_action_without_a_choice_is_constant() -> None:
    (output,) = outputs_of("t", spaces.Discrete(1, start=5))
    assert (output.low, output.high, output.safe, output.choice) == (5, 5, 5, "")
    assert output == Output("choice_5", low=5, high=5, safe=5)
    assert action_of(spaces.Discrete(1, start=5), np.zeros(1, np.float32)) == 5
