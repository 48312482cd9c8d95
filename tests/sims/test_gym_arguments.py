"""Arguments of environments have one spelling, which is a part of the task's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.commands import complaint
from wann_edge.errors import SettingsError
from wann_edge.sims.gym_arguments import parsed_name, with_arguments, without_arguments
from wann_edge.task import load_task
from wann_edge.task.trusted import runs_own_code

LANDER = "gymnasium:LunarLanderContinuous-v3"
VALUES = {
    "gravity=-5.0": -5.0,
    "wind=true": True,
    "wind=True": "True",
    "map=4x4": "4x4",
    'name="5"': "5",
    "file=a,b@c/d.c": "a,b@c/d.c",
    "size=[1, 2]": [1, 2],
    'map={"a": "b c"}': {"a": "b c"},
    "empty=": "",
    "text=100%": "100%",
    "equal=a=b": "a=b",
    "letter=\u00e9": "\u00e9",
}


@pytest.mark.parametrize("pair", VALUES)
def test_a_value_comes_back_from_the_name(pair: str) -> None:
    name = with_arguments(LANDER, [pair], None)
    key = pair.partition("=")[0]
    parsed = parsed_name(name)
    assert parsed.arguments == {key: VALUES[pair]}
    assert type(parsed.arguments[key]) is type(VALUES[pair])
    assert parsed.spelling == name
    assert name.count(",") == 0
    assert name.count(":") == 1
    assert without_arguments(name) == LANDER


def test_the_spelling_does_not_depend_on_the_order() -> None:
    names = {with_arguments(LANDER, pairs, 0.02) for pairs in (["a=1", "b=x"], ["b=x", "a=1"])}
    assert names == {f"{LANDER}@a=1,b=x,control_period_s=0.02"}
    assert with_arguments(f"{LANDER}@a=1", ["a=2"], None) == f"{LANDER}@a=2"
    assert with_arguments("swingup", [], None) == "swingup"


@pytest.mark.parametrize("pair", ["render_mode=human", "id=x"])
def test_what_belongs_to_gymnasium_is_refused(pair: str) -> None:
    with pytest.raises(SettingsError, match=r"--env-arg: (id|render_mode) is not an argument of"):
        with_arguments(LANDER, [pair], None)


@pytest.mark.parametrize("pair", ["gravity", "=5", "a b=1"])
def test_what_is_no_argument_is_refused(pair: str) -> None:
    with pytest.raises(SettingsError, match=r"--env-arg: .* is not KEY=VALUE; write for example"):
        with_arguments(LANDER, [pair], None)


@pytest.mark.parametrize("period_s", [0.0, -1.0, float("nan"), float("inf")])
def test_a_period_is_above_0(period_s: float) -> None:
    with pytest.raises(SettingsError, match=r"--dt: .* is not a time above 0 s"):
        with_arguments(LANDER, [], period_s)


@pytest.mark.parametrize("task", ["swingup", "envpool:CartPole-v1", "./plant.c"])
def test_other_tasks_take_no_arguments(
    task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in (("--env-arg", "a=1"), ("--dt", "0.01")):
        line = complaint(capsys, "search", task, *option, "--out", tmp_path / "run")
        assert line.startswith(f"wann-edge: {option[0]}: the task {task!r} takes no arguments")


def test_the_environment_gets_its_arguments_and_the_task_its_period() -> None:
    task = load_task("gymnasium:Pendulum-v1@g=2.5,control_period_s=0.25,max_episode_steps=7")
    assert task.spec.name == "gymnasium:Pendulum-v1@control_period_s=0.25,g=2.5,max_episode_steps=7"
    assert (task.spec.dt_s, task.spec.max_steps) == (0.25, 7)
    assert task.spec.inputs[0].name == "angle_cos"
    world = task.world()
    world.reset(0)
    assert world._environment.unwrapped.g == 2.5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "runs"),
    [
        ("gymnasium:Pendulum-v1@file=a.c", False),
        ("gymnasium:Pendulum-v1@file=mod:X", False),
        ("gymnasium:mod:X-v0@a=1", True),
        ("mod:X-v0@a=1", True),
        ("./evil.c@a=.c", True),
        ("./a@b.c", True),
    ],
)
def test_arguments_hide_no_code_that_a_name_runs(name: str, runs: bool) -> None:
    assert runs_own_code(name) == runs


def test_a_file_with_an_at_sign_is_a_file() -> None:
    for name in ("./evil.c@=1", "./evil.c@a"):
        with pytest.raises(SettingsError, match="is not one of the tasks"):
            load_task(name)
