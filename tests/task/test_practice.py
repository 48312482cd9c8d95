"""Practice: episodes given up early, rewards with a floor, finalists; what counts is as it was."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.commands import complaint
from helpers.networks import random_network
from helpers.parts import missing
from wann_edge.cli import run
from wann_edge.errors import MissingError, SettingsError
from wann_edge.evaluate import KernelPolicy, rollouts, run_episode
from wann_edge.kernel import Floats
from wann_edge.parallel.engine import Engine
from wann_edge.search.episodes import candidate_seeds, finalist_seeds, validation_seeds
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset
from wann_edge.search.strategy import OnePopulation
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.system.needs import Need
from wann_edge.task import World, final_task, load_task
from wann_edge.task.practice import Patience, Practice, practised

SMALL = preset(
    "slow", population=10, episodes=1, shared_weights=(1.0, -1.0), generations=3, time_limit_s=None
)


class Scripted:
    """A world whose rewards are given."""

    def __init__(self, rewards: list[float]) -> None:
        self._rewards = rewards

    def reset(self, seed: int) -> Floats:
        self._left = iter(self._rewards)
        return np.zeros(5, np.float32)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        return np.zeros(5, np.float32), np.float32(next(self._left)), False


class ScriptedTask:
    """Its task."""

    summary = "for tests"
    needs: tuple[Need, ...] = ()

    def __init__(self, *rewards: float) -> None:
        self.spec = replace(SPEC, max_steps=len(rewards))
        self._rewards = list(rewards)

    def world(self) -> World:
        return Scripted(self._rewards)


NETWORK = random_network(np.random.default_rng(1), inputs=5, hidden=2, outputs=1)


def episode(practice: Practice, *rewards: float) -> tuple[float, int]:
    """The return and length of an episode with these rewards."""
    task = practised(ScriptedTask(*rewards), practice)
    total, steps = run_episode(KernelPolicy(NETWORK), task.world(), 0, len(rewards))
    return float(total), steps


def test_an_episode_is_given_up_when_a_period_brings_too_little() -> None:
    patient = Practice(patience_steps=3, patience_reward=1.0)
    assert episode(patient, 1, 0, 0, 0, 0, 2, 0, 0.5, 0, 9, 9) == (3.5, 9)
    assert episode(patient, *[0.5] * 8) == (4.0, 8), "1.5 a period is enough"
    assert episode(patient, 0, 0, 0, 9) == (0.0, 3)


def test_rewards_have_a_floor() -> None:
    assert episode(Practice(reward_floor=-1.0), 2, -100, 0.5, -0.5) == (1.0, 4)


def test_without_rules_the_task_is_itself() -> None:
    task = ScriptedTask(1.0)
    assert practised(task, Practice()) is task
    assert practised(task, Practice(reward_floor=0.0)).spec is task.spec
    assert final_task(practised(task, Practice(reward_floor=0.0))) is task


def test_episodes_side_by_side_are_watched_each() -> None:
    patience = Patience(Practice(patience_steps=2, patience_reward=1.0))
    totals = np.zeros(3, np.float32)
    gains = [[1, 0, 0.5], [0, 0, 0.5], [1, 5, 0.25], [0, 5, 0.25]]
    spent = [patience.is_spent(totals := totals + np.float32(gain)).tolist() for gain in gains]
    assert spent == [[False] * 3, [False, True, False], [False] * 3, [False, False, True]]


@pytest.mark.parametrize("steps", [0, -1])
def test_patience_takes_steps(steps: int) -> None:
    with pytest.raises(SettingsError, match="patience_steps"):
        Practice(patience_steps=steps)


def test_envpools_batches_follow_the_rules() -> None:
    try:
        task = load_task("envpool:BipedalWalker-v3")
    except MissingError as error:
        missing("envpool", str(error))
    made = random_network(np.random.default_rng(3), inputs=24, hidden=2, outputs=4)
    plain = rollouts(made, task, (1.0,), [1, 2, 3])
    rules = Practice(patience_steps=40, patience_reward=1000.0, reward_floor=-0.25)
    other = pickle.loads(pickle.dumps(practised(task, rules)))
    ours = rollouts(made, other, (1.0,), [1, 2, 3])
    np.testing.assert_array_equal(ours.steps, np.minimum(plain.steps, 40))
    assert (ours.returns >= -0.25 * ours.steps - 1e-3).all()
    assert final_task(other).spec.name == "gymnasium:BipedalWalker-v3"


def test_finalists_count_all_their_episodes() -> None:
    settings = SMALL.model_copy(update={"finalists": 3, "finalist_episodes": 4})
    with Engine(SwingUp()) as engine:
        population = OnePopulation(settings, engine)
        members = population.advance(engine, None).members
        asked = Settings(**{**settings.model_dump(), "finalists": 0})
        first = OnePopulation(asked, engine).advance(engine, None).members
    weights = settings.shared_weights
    ranked = sorted(range(10), key=lambda i: -first[i].mean)
    for place, i in enumerate(ranked):
        seeds = candidate_seeds(settings, 0)
        if place < 3:
            seeds = seeds + finalist_seeds(settings, 0)
        expected = rollouts(members[i].network, SwingUp(), weights, seeds).returns.mean(axis=1)
        np.testing.assert_allclose(members[i].scores, expected, rtol=1e-5)
    assert not set(finalist_seeds(settings, 0)) & set(finalist_seeds(settings, 1))


def test_islands_have_no_finalists() -> None:
    with pytest.raises(SettingsError, match="islands have no finalists"):
        preset("fast", finalists=3)


def test_a_run_keeps_its_rules_and_is_validated_without_them(tmp_path: Path) -> None:
    """The champion's scores are of whole episodes; a resumed run goes on by the same rules."""
    rules = Practice(patience_steps=50, patience_reward=1000.0)
    whole = SMALL.model_copy(update={"practice": rules, "finalists": 2})
    one = run_search("swingup", whole, tmp_path / "one")
    run_search("swingup", whole.model_copy(update={"generations": 2}), tmp_path / "two")
    two = run_search("swingup", whole, tmp_path / "two", resume=True)
    assert one.champion == two.champion
    assert one.progress.steps == two.progress.steps < 3 * 10 * 2 * 5 * 50 + 3 * 2 * 5 * 1000
    (score,) = (one for one in one.scores.per_weight if one.weight == 1.0)
    seeds = validation_seeds(whole)
    whole_episodes = rollouts(one.champion, SwingUp(), (1.0,), seeds).returns
    assert score.mean == pytest.approx(float(whole_episodes.mean()))
    with pytest.raises(SettingsError, match="finalists"):
        run_search("swingup", SMALL, tmp_path / "two", resume=True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--finalists", "3"],
            "--finalists: '3' is not two numbers with a colon between them; write for example 32:3",
        ),
        (
            ["--patience", "a:1"],
            "--patience: 'a:1' is not two numbers with a colon between them; "
            "write for example 150:3",
        ),
        (["--patience", "0:1"], "patience_steps: must be at least 1, not 0"),
        (["--disturb", "noise=2"], "--disturb: 'noise=2' is not a disturbance"),
    ],
)
def test_what_is_wrong_is_told(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["search", "swingup", "--out", str(tmp_path / "run"), *options]
    assert said in complaint(capsys, *command)


def test_the_options_are_the_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "search",
        "--finish",
        "0",
        "swingup",
        "--preset",
        "slow",
        "--population",
        "6",
        "--generations",
        "1",
    ]
    options = ["--finalists", "2:4", "--patience", "100:5", "--reward-floor", "0", "--workers", "1"]
    out = tmp_path / "run"
    assert run([*command, *options, "--disturb", "latency=1", "--out", str(out)]) == 0
    text = (out / "run.json").read_text()
    for said in ('"finalists": 2', '"finalist_episodes": 4', '"patience_steps": 100'):
        assert said in text
    assert '"latency": 1' in text
