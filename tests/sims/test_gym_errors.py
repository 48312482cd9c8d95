"""Errors of gymnasium environments: the user's own line, and the usual slips by name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from helpers.commands import complaint
from wann_edge.cli import run
from wann_edge.errors import TaskError
from wann_edge.sims.gym_task import GymTask
from wann_edge.task import load_task

ZERO = np.zeros(1, np.float32)


class Good(gymnasium.Env[Any, Any]):
    """An environment of five steps; subclasses each make one mistake."""

    observation_space = spaces.Box(-1, 1, (2,))
    action_space = spaces.Box(-1, 1, (1,))
    dt = 0.1
    max_episode_steps: int | None = None

    def reset(self, *, seed: int | None = None, options: object = None) -> object:
        super().reset(seed=seed)
        self.count = 0
        return np.zeros(2), {}

    def step(self, action: object) -> object:
        self.count += 1
        return np.zeros(2), 1.0, self.count == 5, False, {}


def answers(**values: object) -> type[Good]:
    """Return a class whose third step returns other values."""

    class Answers(Good):
        def step(self, action: object) -> object:
            names = ("observation", "reward", "terminated", "truncated", "info")
            result = super().step(action)
            if self.count != 3:
                return result
            return tuple(values.get(name, old) for name, old in zip(names, result, strict=True))

    return Answers


class OldReset(Good):
    def reset(self, **given: object) -> object:
        return super().reset(**given)[0]


class OldStep(Good):
    def step(self, action: object) -> object:
        observation, reward, over, _, info = super().step(action)
        return observation, reward, over, info


class LimitedOldStep(OldStep):
    max_episode_steps = 20


class NoSeed(Good):
    def reset(self) -> object:
        return super().reset()


class BareAssert(Good):
    def step(self, action: object) -> object:
        assert self.count > 5
        return super().step(action)


class Deep(Good):
    def step(self, action: object) -> object:
        return np.linalg.inv(np.zeros((2, 2))), 0.0, False, False, {}


class Exits(Good):
    def step(self, action: object) -> object:
        sys.exit("the licence is missing")


class Panic(BaseException):
    """Stands for a panic of an environment in Rust, which is no Exception."""


class Panics(Good):
    def step(self, action: object) -> object:
        raise Panic("index out of bounds")


class FailsToStart(Good):
    def __init__(self) -> None:
        raise KeyError("port")


def task_of(kind: type[Good]) -> GymTask:
    """Return a task of an environment that is registered here."""
    gymnasium.registry.pop("Slip-v0", None)
    gymnasium.register("Slip-v0", kind, max_episode_steps=kind.max_episode_steps)
    return GymTask("gymnasium:Slip-v0")


def play(kind: type[Good]) -> list[np.float32]:
    """Run an episode of seed 7 and return its rewards."""
    world = task_of(kind).world()
    world.reset(7)
    rewards, over = [], False
    while not over:
        _, reward, over = world.step(ZERO)
        rewards.append(reward)
    return rewards


def test_an_environment_without_a_mistake_runs() -> None:
    assert play(Good) == [1] * 5


@pytest.mark.parametrize("value", [np.array([1.0]), np.array([[1]]), np.float64(1), 1, True])
def test_a_reward_of_one_number_is_accepted(value: object) -> None:
    rewards = play(answers(reward=value, terminated=np.array([False]), truncated=None))
    assert rewards == [1] * 5
    assert {type(reward) for reward in rewards} == {np.float32}


HERE = r".*test_gym_errors\.py:\d+ "
AT_STEP = r"gymnasium:Slip-v0 \(seed 7, step {}\): "
OLD = "the environment has the interface of gym before 0.26"


@pytest.mark.parametrize(
    ("kind", "step", "said"),
    [
        (answers(reward=np.zeros(2)), 3, r"reward has shape \(2,\): return a float; correct"),
        (answers(reward=None), 3, "reward is None: return a float; correct"),
        (answers(reward="much"), 3, "reward is 'much': return a float; correct"),
        (answers(reward=np.nan), 3, "the reward nan is not finite; correct"),
        (answers(reward=-1e39), 3, r"the reward -1e\+39 is not finite; correct"),
        (answers(terminated=np.zeros(2)), 3, r"terminated has shape \(2,\): return a bool"),
        (answers(observation=[0, np.nan]), 3, "the observation observation_1 is nan; correct"),
        (answers(observation=[-np.inf, 0]), 3, "the observation observation_0 is -inf; correct"),
        (OldReset, 0, rf"{OLD}: reset\(\) returned an array of shape \(2,\); return \(obs"),
        (OldStep, 1, rf"{OLD}: step\(\) returned 4 values; return \(observation, info\)"),
        (LimitedOldStep, 1, rf"{OLD}: not enough values .*; return \(observation, info\)"),
        (NoSeed, 0, f"{OLD}: .* 'seed'; return"),
        (BareAssert, 1, rf"the environment failed: AssertionError: .* in {HERE}\(assert self"),
        (Deep, 1, rf".*LinAlgError: Singular matrix in {HERE}\(return np.linalg.inv"),
        (answers(reward=10**400), 3, r"reward is 10{20}\d*: return a float; correct"),
        (answers(observation=["a", "b"]), 3, "the observation is not an array of numbers: .*'a'"),
        (answers(observation=[[1], [2, 3]]), 3, "the observation is not an array of numbers"),
        (answers(observation=[1j, 2]), 3, "the observation is not an array of numbers"),
        (answers(observation=np.array([1j, 2])), 3, "the observation is complex"),
        (Panics, 1, rf".*Panic: index out of bounds in {HERE}\(raise Panic"),
        (Exits, 1, rf".*SystemExit: the licence is missing in {HERE}\(sys.exit"),
    ],
)
def test_a_mistake_is_named_with_seed_and_step(kind: type[Good], step: int, said: str) -> None:
    with pytest.raises(TaskError, match=f"^{AT_STEP.format(step)}{said}"):
        play(kind)


class Needy(Good):
    def __init__(self, gravity_mps2: float) -> None:
        super().__init__()


def test_an_argument_that_the_constructor_needs_is_asked_for() -> None:
    said = "needs the argument gravity_mps2; give it: --env-arg gravity_mps2=VALUE$"
    with pytest.raises(TaskError, match=said):
        task_of(Needy)


def test_a_mistake_in_the_constructor_is_found() -> None:
    said = rf"^gymnasium:Slip-v0: the environment failed: KeyError: 'port' in {HERE}\(raise Key"
    with pytest.raises(TaskError, match=said):
        task_of(FailsToStart)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Return a function that writes a module into the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])

    def write_module(name: str, text: str) -> None:
        (tmp_path / f"{name}.py").write_text(text)

    return write_module


def test_a_module_that_does_not_import_is_not_called_absent(
    write: Callable[[str, str], None],
) -> None:
    write("slip_imports", "import numpy\nimport no_such_package\n")
    said = r"can't be imported: .* in slip_imports\.py:2 \(import no.*; install no_such_package$"
    with pytest.raises(TaskError, match=said):
        load_task("slip_imports:Any-v0")
    write("slip_syntax", "x = 1\nif:\n")
    with pytest.raises(TaskError, match=r"SyntaxError: .* in slip_syntax\.py:2; correct"):
        load_task("slip_syntax:Any-v0")


def test_debug_shows_the_whole_traceback(
    write: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    write("slip_fails", "def fail():\n    1 / 0\nfail()\n")
    words = ("search", "slip_fails:Any-v0", "--out", "run")
    assert "in slip_fails.py:2 (1 / 0)" in complaint(capsys, *words)
    for debugged in (["--debug", *words], [*words, "--debug"]):
        assert run(debugged) == 2
        shown = capsys.readouterr().err
        assert "Traceback (most recent call last)" in shown
        assert "line 3, in <module>" in shown
        assert shown.splitlines()[-1].startswith("wann-edge: slip_fails:Any-v0: ")
