"""``wann-edge show``: a run's front, a network taken off it, a network file."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.commands import SEARCH, complaint
from helpers.networks import random_network
from wann_edge.cli import run
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.search import front
from wann_edge.sims.swingup import SPEC

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short search by nodes, all of its files."""
    made = tmp_path_factory.mktemp("run")
    command = [*SEARCH, "--population", "24", "--generations", "16"]
    assert run([*command, "--complexity", "nodes", "--out", str(made)]) == 0
    return made


def shown_json(capsys: Capture, *arguments: str | Path) -> dict[str, object]:
    assert run(["show", *map(str, arguments), "--json"]) == 0
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return document


def test_a_folder_shows_its_front(folder: Path, capsys: Capture) -> None:
    document = shown_json(capsys, folder)
    assert document["complexity"] == "nodes"
    rows = document["networks"]
    assert isinstance(rows, list)
    written = json.loads((folder / front.NAME).read_text())["networks"]
    for row, entry in zip(rows, written, strict=True):
        assert [row[key] for key in ("connections", "nodes", "complexity", "mean")] == [
            entry[key] for key in ("connections", "nodes", "complexity", "mean")
        ]
        scores = entry["network"]["provenance"]["scores"]["per_weight"]
        best = max(scores, key=lambda score: score["mean"])
        assert (row["best_weight"], row["best_mean"]) == (best["weight"], best["mean"])
    assert run(["show", str(folder)]) == 0
    told = capsys.readouterr().out
    held = [line for line in told.splitlines() if " of 100 (" in line]
    assert [line.split()[:7] for line in held] == [
        [
            f"{row['connections']}",
            f"{row['nodes']}",
            f"{row['mean']:.1f}",
            f"{row['best_weight']:g}",
            f"{row['best_mean']:.1f}",
            f"{row['worst']:.1f}",
            f"{row['worst_seed']}",
        ]
        for row in rows
    ]
    assert all(f"{row['held']} of 100 (" in line for row, line in zip(rows, held, strict=True))
    assert document["held_when"] in told


def test_a_network_is_taken_off_the_front(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    """It is the file of that network, byte for byte; the last is the champion's."""
    for entry in front.load(folder / front.NAME).entries:
        connections = len(entry.network.edges)
        output = tmp_path / f"{connections}.json"
        assert run(["show", str(folder), "--connections", str(connections), "-o", str(output)]) == 0
        assert f"{output}: {connections} connections" in capsys.readouterr().out
        assert len(network_file.load(output).edges) == connections
        taken = shown_json(capsys, folder, "--connections", str(connections))
        assert taken | {"network": None} == shown_json(capsys, output) | {"network": None}
    assert output.read_bytes() == (folder / "champion.json").read_bytes()


def test_of_several_with_as_many_connections_the_best_is_taken(
    tmp_path: Path, capsys: Capture
) -> None:
    network = random_network(np.random.default_rng(0))
    worse, better = (replace(network, shared_weight=weight) for weight in (0.5, 1.5))
    entries = (front.FrontEntry(worse, 100.4, 1.0), front.FrontEntry(better, 120.6, 2.0))
    (tmp_path / front.NAME).write_text(front.to_json(front.Front("flash_bytes:core", entries)))
    assert run(["show", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "flash_bytes:core" in shown
    assert " 100 " in shown
    assert " 121 " in shown
    count = str(len(network.edges))
    assert shown_json(capsys, tmp_path, "--connections", count)["shared_weight"] == 1.5
    line = complaint(capsys, "show", tmp_path, "--connections", "999", "-o", tmp_path / "x.json")
    assert line.endswith(f"has no network with 999 connections; choose one of {count}\n")
    assert not (tmp_path / "x.json").exists()


@pytest.mark.parametrize("single", [False, True])
def test_a_file_shows_its_network(single: bool, tmp_path: Path, capsys: Capture) -> None:
    network = random_network(np.random.default_rng(3), single_weights=single)
    odd = {"per_weight": [], "episodes": 3}
    told = {"from": "[red]here", "many": {"a": "x" * 200}, "scores": odd}
    network = replace(network, provenance=told)
    path = tmp_path / "net.json"
    network_file.save(network, path)
    document = shown_json(capsys, path)
    assert document["activations"] == Counter(network.activations)
    assert document["nodes"] == network.node_count
    assert document["single_weights"] is single
    assert document["provenance"] == network.provenance
    assert document["scores"] is None
    assert run(["show", str(path)]) == 0
    shown = capsys.readouterr().out
    assert f"{network.node_count}, {network.hidden_count} of them hidden" in shown
    assert "[red]here" in shown
    assert "xxx" not in shown
    assert "in_0 [m], in_1 [m]" in shown
    assert ("a single weight per connection" in shown) is single
    for name, count in Counter(network.activations).items():
        assert f"{name} {count}" in " ".join(shown.split())


def test_a_champion_shows_its_scores(folder: Path, capsys: Capture) -> None:
    champion: Network = network_file.load(folder / "champion.json")
    document = shown_json(capsys, folder / "champion.json")
    assert document["scores"] == champion.provenance["scores"]
    assert run(["show", str(folder / "champion.json")]) == 0
    mean = front.load(folder / front.NAME).entries[-1].mean
    assert f"{mean:.1f}" in capsys.readouterr().out


def test_episodes_are_counted_where_it_takes_no_time_or_is_asked_for(
    tmp_path: Path, capsys: Capture
) -> None:
    """By the rule of the task or of --held; a task that can't be run is an error if asked for."""
    unnamed, path = random_network(np.random.default_rng(3)), tmp_path / "net.json"
    network_file.save(unnamed, path)
    assert shown_json(capsys, path)["held"] is None
    assert run(["show", str(path)]) == 0
    assert "held: not counted: --task: the network file names no task" in capsys.readouterr().out
    assert "names no task" in complaint(capsys, "show", path, "--episodes", "2")
    made = random_network(np.random.default_rng(1), inputs=5, outputs=1)
    swings = replace(made, inputs=SPEC.inputs, outputs=SPEC.outputs, task="swingup")
    network_file.save(swings, path)
    asked = [path, "--episodes", "3", "--held", "-1"]
    assert shown_json(capsys, *asked)["held"] == 3
    assert shown_json(capsys, *asked[:3])["held"] == 0
    network_file.save(replace(swings, task="mujoco/swingup"), path)
    assert run(["show", str(path)]) == 0
    assert "--episodes 20 counts" in capsys.readouterr().out


def test_a_run_that_has_not_ended_says_how_to_go_on(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "run.json").write_text("{}")
    line = complaint(capsys, "show", tmp_path)
    assert "the run has not ended" in line
    assert line.endswith(f"wann-edge search --resume {tmp_path}\n")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"format": "else"}, "format: not a front"),
        ({"version": 2}, "version: unsupported file version; this release reads version 1"),
        ({"networks": 3}, "networks: Input should be a valid list"),
        ({"networks": [{"mean": 1.0}]}, "networks.0.network: Field required"),
        ({"networks": [{"mean": "high", "network": {}}]}, "networks.0.mean: "),
        ({"networks": [{"mean": 1.0, "network": {}}]}, "networks[0]: format: not a network file"),
        ({"complexity": None}, "complexity: "),
    ],
)
def test_a_faulty_front_gets_one_line(
    change: dict[str, object], says: str, tmp_path: Path, capsys: Capture
) -> None:
    document = json.loads(front.to_json(front.Front("nodes", ())))
    (tmp_path / front.NAME).write_text(json.dumps({**document, **change}))
    assert f"{front.NAME}: {says}" in complaint(capsys, "show", tmp_path)
    (tmp_path / front.NAME).write_text('{"format"')
    assert "not JSON" in complaint(capsys, "show", tmp_path)
