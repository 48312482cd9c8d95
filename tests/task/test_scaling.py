"""Scaling: the same plant in other units is searched as well, and networks contain the scaling."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from helpers.commands import complaint
from helpers.plain_environment import Plain, plain_task
from wann_edge.cli import run
from wann_edge.errors import SettingsError
from wann_edge.evaluate import rollouts
from wann_edge.kernel import Floats
from wann_edge.network import Input, Network, Output, float32
from wann_edge.network.file import load
from wann_edge.search import checkpoint
from wann_edge.search.run import SearchResult, run_search
from wann_edge.search.settings import preset
from wann_edge.sims.gym_task import GymTask
from wann_edge.sims.swingup import SwingUp
from wann_edge.task import Task
from wann_edge.task.scaling import chosen_scale, measured_statistics, scaled

LIMITS = {
    "huge": (-4e4, 4e4),
    "tiny": (-1e-6, 1e-6),
    "throttle": (0.0, 1.0),
    "shifted": (1000.0, 1001.0),
    "negative": (-5.0, -1.0),
}


class Cart(Plain):
    """A cart that is rewarded in the middle; the units are those of its spaces."""

    unit, force = 1.0, (-1.0, 1.0)

    def __init__(self) -> None:
        self.observation_space = spaces.Box(-self.unit, self.unit, (2,), np.float64)
        self.action_space = spaces.Box(*self.force, (1,), np.float64)

    def seen(self) -> np.ndarray:
        return np.array([self.x, self.v]) * self.unit

    def reset(  # type: ignore[override]
        self, *, seed: int | None = None, options: dict[str, object] | None = None
    ) -> tuple[np.ndarray, dict[str, object]]:
        gymnasium.Env.reset(self, seed=seed)
        self.x, self.v, self.count = float(self.np_random.uniform(-0.9, 0.9)), 0.0, 0
        return self.seen(), {}

    def step(self, action: object) -> tuple[np.ndarray, float, bool, bool, dict[str, object]]:
        low, high = self.force
        push = (float(np.ravel(action)[0]) - (low + high) / 2) / ((high - low) / 2)
        self.v += 0.1 * push
        self.x += 0.1 * self.v
        self.count += 1
        return self.seen(), 1 - abs(self.x), abs(self.x) > 1, self.count == 30, {}


def searched(task: GymTask | SwingUp, out: Path, **changes: object) -> SearchResult:
    """Return the result of a short search."""
    small = {"generations": 3, "population": 8, "validation_episodes": 2, **changes}
    return run_search(task, preset("slow", **small), out)


@pytest.mark.parametrize("limits", LIMITS)
def test_bounds_become_plus_and_minus_1(limits: str) -> None:
    low, high = LIMITS[limits]
    space = spaces.Box(low, high, (1,), np.float64)
    spec = scaled(plain_task(observation_space=space, action_space=space), "bounds").spec
    seen, action = spec.inputs[0], spec.outputs[0]
    ends = [(np.float32(end) - np.float32(seen.offset)) * seen.scale for end in (low, high)]
    np.testing.assert_allclose(ends, [-1, 1], rtol=1e-6)
    assert action.node_bounds == pytest.approx((-1, 1))
    assert (action.low, action.high) == (float32(low), float32(high))


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (-np.inf, 1.0),
        (0.0, np.inf),
        (-3.4e38, 3.4e38),
        (-1e300, 1e300),
        (0, 2**31 - 1),
        (-(2**63), 2**63 - 1),
        (1.0, 1.0),
        (0.0, 1e-45),
    ],
)
def test_bounds_that_say_nothing_do_not_scale(low: float, high: float) -> None:
    space = spaces.Box(low, high, (1,), np.float64)
    task = plain_task(observation_space=space, action_space=space)
    assert scaled(task, "bounds").spec.inputs == task.spec.inputs
    spec = scaled(task, "bounds").spec
    assert spec.outputs[0].scale in (1.0, float32(5e-46), float32(1e-45 / 2))


def test_flags_and_choices_are_not_scaled() -> None:
    space = spaces.Tuple((spaces.Discrete(2), spaces.MultiBinary(1), spaces.Box(0, 2, (1,))))
    task = plain_task(observation_space=space, action_space=spaces.Discrete(3))
    spec = scaled(task, "bounds").spec
    assert [channel.scale for channel in spec.inputs] == [1, 1, 1, 1]
    assert [channel.offset for channel in spec.inputs] == [0, 0, 0, 1]
    assert spec.outputs == task.spec.outputs


def returns(task: Task, weight: float) -> Floats:
    """Return what a controller of position and speed earns; its topology is the same for all."""
    spec = task.spec
    network = Network(spec.inputs, spec.outputs, ("linear",), ((1, 3), (2, 3)))
    return rollouts(network, task, (weight,), (3, 4, 5)).returns


@pytest.mark.parametrize(
    "changes",
    [{"force": (-4e4, 4e4)}, {"force": (-1e-6, 1e-6)}, {"force": (0.0, 1.0)}, {"unit": 2.0**17}],
)
def test_the_same_plant_in_other_units_earns_the_same(changes: dict[str, object]) -> None:
    usual = returns(plain_task(Cart), -1.0)
    assert usual.min() > 20, "a controller that works, of at most 30"
    task = plain_task(Cart, **changes)
    np.testing.assert_allclose(returns(scaled(task, "bounds"), -1.0), usual, rtol=1e-4)
    assert np.abs(returns(task, -1.0) - usual).max() > 0.5, "a control: without scaling"


def test_statistics_depend_on_the_seed_alone() -> None:
    task = plain_task(Cart, unit=100.0)
    inputs = (Input("x"), Input("v", low=-100, high=100))
    free = task.with_spec(replace(task.spec, inputs=inputs))
    first, again, other = (measured_statistics(free, seed) for seed in (0, 0, 1))
    assert first == again != other
    assert first is not None
    assert first[1] is None
    inputs = scaled(free, "auto", first).spec.inputs
    assert (inputs[0].offset, inputs[0].scale) == first[0]
    assert (inputs[1].offset, inputs[1].scale) == (0, float32(0.01))
    assert 1 / 100 < inputs[0].scale < 1 / 10, "a standard deviation of some tens"
    assert measured_statistics(task, 0) is None, "all inputs have bounds"
    assert measured_statistics(SwingUp(), 0) is None


def test_a_search_keeps_its_statistics_and_a_resumed_one_too(tmp_path: Path) -> None:
    name = "gymnasium:CartPole-v1"
    small = {"population": 2, "validation_episodes": 1, "scale": "auto", "shared_weights": (1.0,)}
    whole = run_search(name, preset("slow", **small, generations=3), tmp_path / "whole")
    run_search(name, preset("slow", **small, generations=2), tmp_path / "part")
    begun = checkpoint.load(tmp_path / "part").settings
    assert begun.input_statistics is not None
    assert [pair is None for pair in begun.input_statistics] == [True, False, True, False]
    ends = {"generations": 3, "scale": None, "input_statistics": None}
    resumed = run_search(name, begun.model_copy(update=ends), tmp_path / "part", resume=True)
    assert resumed.champion == whole.champion
    assert [(c.offset, c.scale) for c in whole.champion.inputs][1] == begun.input_statistics[1]
    texts = [(tmp_path / run / "champion.json").read_bytes() for run in ("whole", "part")]
    assert texts[0] == texts[1]


def test_native_tasks_stay_as_they_are(tmp_path: Path) -> None:
    found = searched(SwingUp(), tmp_path / "run", preset="custom")
    assert found.champion.inputs == SwingUp().spec.inputs
    assert "scale" not in found.champion.provenance["settings"]  # type: ignore[operator]
    assert chosen_scale(SwingUp(), "none") is None
    with pytest.raises(SettingsError, match="'swingup' are not scaled"):
        chosen_scale(SwingUp(), "bounds")


def test_a_task_with_scaling_can_be_sent_to_workers() -> None:
    task = scaled(plain_task(), "bounds")
    assert pickle.loads(pickle.dumps(task)).spec == task.spec
    assert task.spec.outputs[0] == Output("action_0", "1", -2, 5, 0, offset=1.5, scale=3.5)


def test_the_commands_take_arguments_and_scaling(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    words = [
        "search",
        "--finish",
        "0",
        "gymnasium:Pendulum-v1",
        "--env-arg",
        "max_episode_steps=9",
        "--dt",
        "0.04",
    ]
    small = ["--generations", "1", "--population", "2", "--workers", "1", "--weights=1"]
    assert run([*words, *small, "--scale", "bounds", "--out", str(out)]) == 0
    champion = load(out / "champion.json")
    assert champion.task == "gymnasium:Pendulum-v1@control_period_s=0.04,max_episode_steps=9"
    assert champion.control_period_s == float32(0.04)
    assert [channel.scale for channel in champion.inputs] == [1, 1, 0.125]
    assert (champion.outputs[0].scale, champion.outputs[0].high) == (2, 2)
    assert run(["evaluate", str(out / "champion.json"), "--episodes", "1"]) == 0
    capsys.readouterr()
    line = complaint(capsys, "search", "--resume", out, "--scale", "none")
    assert "a resumed run keeps its task, weights" in line
    line = complaint(capsys, "search", "swingup", "--scale", "auto", "--out", tmp_path / "no")
    assert "--scale: the observations and actions of 'swingup' are not scaled" in line
    assert not (tmp_path / "no").exists()
