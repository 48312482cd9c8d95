"""``wann-edge evaluate`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from helpers.commands import complaint
from helpers.networks import random_network
from wann_edge.cli import run
from wann_edge.network import file as network_file


@pytest.mark.parametrize("weights", ["", "one", "1,,2", "nan", "1e39", "1;2"])
def test_bad_weights_get_one_line(
    weights: str, champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "--weights" in complaint(capsys, "evaluate", champion, "--weights", weights)


def test_a_network_that_does_not_fit_gets_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.json"
    network_file.save(random_network(np.random.default_rng(0)), path)
    assert "names no task" in complaint(capsys, "evaluate", path)
    assert "has 3 inputs" in complaint(capsys, "evaluate", path, "--task", "swingup")
    assert "has 3 inputs" in complaint(capsys, "verify", path, "--task", "swingup")


def test_evaluate_prints_json_and_a_table(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", str(champion), "--episodes", "5", "--seed", "3"]
    assert run([*command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    rows = document["per_weight"]
    assert [row["weight"] for row in rows] == [-2, -1, -0.5, 0.5, 1, 2]
    measured = {"weight", "mean", "sd", "worst", "worst_seed", "held", "held_interval"}
    assert all(set(row) == measured for row in rows)
    mean = sum(row["mean"] for row in rows) / 6
    assert document["mean_of_weights"] == pytest.approx(mean)
    assert (document["episodes"], document["seed"], document["task"]) == (5, 3, "swingup")
    assert run(command) == 0
    table = capsys.readouterr().out
    assert all(f"{row['mean']:.1f}" in table for row in rows)
    assert all(f"{row['held']} of 5 (" in table for row in rows)
    assert "held: upright within 10 degrees, on the track, for the last 2 s" in table
    assert run([*command, "--json", "--held", "-1"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["held_when"] == "a reward of at least -1"
    assert all(row["held"] == 5 for row in document["per_weight"])


def test_evaluate_takes_weights_that_begin_with_a_minus(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(["evaluate", str(champion), "--weights", "-1.5,0.25", "--episodes", "2", "--json"]) == 0
    )
    rows = json.loads(capsys.readouterr().out)["per_weight"]
    assert [row["weight"] for row in rows] == [-1.5, 0.25]


TALKS = """
import atexit, ctypes, os
import gymnasium
from gymnasium.envs.classic_control import Continuous_MountainCarEnv
print("hello")

class Talks(Continuous_MountainCarEnv):
    def reset(self, **given):
        print("episode")
        os.write(1, b"descriptor\\n")
        ctypes.CDLL(None).puts(b"library")
        return super().reset(**given)

    def close(self):
        print("closed")

gymnasium.register("Talks-v0", Talks, max_episode_steps=3)
"""


def test_what_an_environment_prints_goes_to_standard_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "talks.py").write_text(TALKS)
    made = random_network(np.random.default_rng(0), inputs=2, outputs=1)
    network_file.save(made, tmp_path / "net.json")
    command = ["evaluate", "net.json", "--task", "talks:Talks-v0", "--episodes", "2", "--json"]
    command += ["--accept-contract"]
    assert run(command) == 0
    shown = capfd.readouterr()
    assert json.loads(shown.out)["episodes"] == 2
    assert {"hello", "episode", "descriptor", "library", "closed"} <= {*shown.err.split("\n")}
