"""``wann-edge stress`` as a user meets it: tables, JSON, Ctrl-C, one line for what is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.commands import complaint
from helpers.networks import random_network
from helpers.parts import ROOT
from wann_edge.baselines.dense import dense
from wann_edge.cli import run
from wann_edge.network import Network, with_single_weights
from wann_edge.network import file as network_file
from wann_edge.robustness import stress as command
from wann_edge.robustness.faults import FAULTS
from wann_edge.robustness.stress import FaultResult
from wann_edge.sims.swingup import SPEC


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small controller's network file; a dense one beside it."""
    made = random_network(np.random.default_rng(1), inputs=5, hidden=5, outputs=1)
    network = Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, task="swingup")
    network_file.save(network, tmp_path / "champion.json")
    network = dense(SPEC, [3])
    weights = np.random.default_rng(2).normal(size=len(network.edges)).tolist()
    network_file.save(with_single_weights(network, weights), tmp_path / "dense.json")
    return tmp_path / "champion.json"


FEW = ["--episodes", "2", "--samples", "3", "--faults", "weight-drift,dead-node,constant-flip"]


def test_json_holds_both_networks(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["stress", str(file), "--baseline", str(file.parent / "dense.json"), *FEW, "--json"]
    assert run(asked) == 0
    shown = capsys.readouterr().out
    told = json.loads(shown)
    assert (told["task"], told["episodes"], told["samples"], told["complete"]) == (
        *("swingup", 2, 3),
        True,
    )
    ours, theirs = told["networks"]
    assert [one["network"] for one in (ours, theirs)] == [str(file), asked[3]]
    assert {row["fault"] for row in ours["rows"]} == set(FEW[-1].split(","))
    (nothing,) = (
        row for row in ours["rows"] if (row["fault"], row["severity"]) == ("weight-drift", 0)
    )
    assert nothing["mean"] == pytest.approx(ours["nominal"], rel=1e-6)
    same = ("held", "held_interval", "worst_seed")
    assert [nothing[key] for key in same] == [ours[key] for key in same]
    assert told["held_when"] == "upright within 10 degrees, on the track, for the last 2 s"
    assert run(asked) == 0
    assert capsys.readouterr().out == shown


def test_the_table_names_every_fault(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dense_file = file.parent / "dense.json"
    assert run(["stress", str(file), "--baseline", str(dense_file), *FEW]) == 0
    shown = capsys.readouterr().out
    assert all(f"{name}: {FAULTS[name].what}" in shown for name in FEW[-1].split(","))
    assert "mantissa" in shown
    assert "wann-edge baseline" not in shown
    assert " - " in shown, "three hidden nodes: none is dead with three others"


def test_without_a_baseline_it_says_how_to_get_one(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["stress", str(file), *FEW, "--held", "-1"]) == 0
    shown = capsys.readouterr().out
    assert "held 2 of 2 (" in shown
    assert "held: a reward of at least -1; in brackets" in shown
    assert "wann-edge baseline swingup --layers 10 -o baseline.json" in shown


def test_the_help_names_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["stress", "--help"]) == 0
    shown = "".join(capsys.readouterr().out.replace("│", " ").split())
    assert all(name in shown for name in FAULTS)


def test_ctrl_c_keeps_what_was_measured(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured: list[object] = []
    measure = command.measure

    def interrupted(*arguments: object) -> FaultResult | None:
        measured.append(arguments)
        if len(measured) > 5:
            raise KeyboardInterrupt
        return measure(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "measure", interrupted)
    assert run(["stress", str(file), *FEW, "--json"]) == 130
    told = json.loads(capsys.readouterr().out)
    assert told["complete"] is False
    assert len(told["networks"][0]["rows"]) == 5


def test_bad_input_gets_one_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "use some of shared-weight" in complaint(capsys, "stress", file, "--faults", "rust")
    assert "can't read" in complaint(capsys, "stress", file, "--baseline", "none.json")
    network_file.save(replace(network_file.load(file), task=None), file)
    assert "--task" in complaint(capsys, "stress", file)
    other = random_network(np.random.default_rng(0), inputs=2)
    network_file.save(other, file.parent / "other.json")
    options = ["--task", "swingup", "--baseline", file.parent / "other.json"]
    assert "other.json: the network has 2 inputs" in complaint(capsys, "stress", file, *options)


def test_a_network_without_connections_has_none_to_lose(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = Network(SPEC.inputs, SPEC.outputs, ("linear",), (), task="swingup")
    network_file.save(bare, file)
    assert run(["stress", str(file), "--episodes", "2", "--samples", "2", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["networks"]
    tried = {row["fault"] for row in told["rows"]}
    assert tried == set(FAULTS) - {"dead-connection", "dead-node"}


def test_no_compiler_names_the_package(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert "apt-get install gcc" in complaint(capsys, "stress", file)


def test_the_page_has_a_row_for_every_fault() -> None:
    page = (ROOT / "docs" / "stress.md").read_text()
    told = re.findall(r"^\| `([\w-]+)` \| ", page, re.MULTILINE)
    assert told == list(FAULTS)
