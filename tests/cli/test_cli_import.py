"""``wann-edge import`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpers.commands import complaint
from wann_edge.cli import run
from wann_edge.network import file as network_file


def test_import_of_a_published_network(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = data / "wann-release" / "champions" / "swing.out"
    zoo = data / "wann-release" / "zoo" / "cartpole_swingup.wann.json"
    made = tmp_path / "swing.json"
    command = ["import", str(source), "--inputs", "5", "--outputs", "1", "-o", str(made)]
    assert run(command) == 0
    assert "29 nodes (22 hidden), 52 connections" in capsys.readouterr().out
    assert network_file.load(made).task is None
    assert run([*command, "--task", "swingup", "--weights", str(zoo), "--bias", "-1.5"]) == 0
    capsys.readouterr()
    tuned = network_file.load(made)
    assert tuned.task == "swingup"
    assert tuned.weights is not None
    assert "5 inputs" in complaint(capsys, *command[:3], "4", *command[4:], "--task", "swingup")


def test_import_of_a_network_of_pretty_neat(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its numbers are single weights, which the default leaves out and names."""
    source, made = tmp_path / "neat.out", tmp_path / "neat.json"
    source.write_text("0,0,-1.3,1\n0,0,2.1,1\n0,0,0,1\n")
    command = ["import", str(source), "--inputs", "1", "--outputs", "1", "-o", str(made)]
    assert run(command) == 0
    assert "left out: the file's single weights (-1.3 to 2.1)" in capfd.readouterr().out
    assert network_file.load(made).weights is None
    assert run([*command, "--keep-weights"]) == 0
    assert "left out" not in capfd.readouterr().out
    assert "[0, 2, -1.3], [1, 2, 2.1]" in made.read_text()
    assert run([*command[:-1], "-"]) == 0
    assert json.loads(capfd.readouterr().out)["edges"]


def test_help_says_where_the_published_networks_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "--help"]) == 0
    assert "https://github.com/google/brain-tokyo-workshop" in capsys.readouterr().out
