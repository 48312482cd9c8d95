"""``--dtype`` as a user meets it: exit codes, one line for what is wrong, JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.commands import complaint
from helpers.fixed_networks import champion
from helpers.networks import random_network
from wann_edge.cli import run
from wann_edge.fixed_point import precision
from wann_edge.fixed_point.ranges import Ranges, measured_ranges
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.sims.swingup import SPEC
from wann_edge.task import Task

pytestmark = pytest.mark.usefixtures("few_inputs")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A small controller's network file."""
    made = random_network(np.random.default_rng(1), inputs=5, hidden=5, outputs=1)
    network = Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, task="swingup")
    network_file.save(network, tmp_path / "champion.json")
    return tmp_path / "champion.json"


def hundredth(network: Network, task: Task | None) -> Ranges:
    """Ranges that saturate nearly every sum."""
    ranges = measured_ranges(network, task)
    return replace(ranges, sums=tuple(x / 100 for x in ranges.sums))


@pytest.mark.parametrize(("dtype", "words"), [("q15", "int16_t"), ("q31", "int32_t")])
def test_export_writes_words(dtype: str, words: str, file: Path) -> None:
    output = file.parent / "policy.h"
    assert run(["export", str(file), "--dtype", dtype, "-o", str(output)]) == 0
    first = output.read_bytes()
    assert f"static inline void policy_step(const {words} ".encode() in first
    assert run(["export", str(file), "--dtype", dtype, "-o", str(output)]) == 0
    assert output.read_bytes() == first


def test_export_auto_says_what_it_chose(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", str(file), "--dtype", "auto", "-o", str(file.parent / "policy.h")]) == 0
    assert capsys.readouterr().out.startswith("q15: ")


@pytest.mark.parametrize("command", ["export", "verify"])
def test_other_types_get_one_line(
    command: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ["--format", "c"] if command == "export" else []
    said = complaint(capsys, command, file, "--dtype", "int8", *output)
    assert "use one of float, q15, q31, auto" in said
    assert [*file.parent.iterdir()] == [file]


def test_a_graph_in_words_gets_one_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = file.parent / "policy.onnx"
    line = complaint(capsys, "export", file, "--dtype", "q15", "-o", output)
    assert "cannot hold a fixed-point network" in line
    assert [*file.parent.iterdir()] == [file]


def test_verify_tells_both_rewards(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = "--dtype auto --episodes 3 --max-loss 0.5 --target host"
    command = ["verify", str(file), *options.split()]
    assert run([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    cost = told["fixed_point"]
    assert (told["ok"], cost["ok"], cost["dtype"], cost["episodes"]) == (True, True, "q15", 3)
    low, high = cost["interval"]
    assert low <= cost["fixed_reward"] - cost["float_reward"] <= high
    assert {check["target"] for check in told["checks"]} == {"host"}
    loop = told["checks"][0]["loop"]
    assert (loop["equal_episodes"], loop["mean_reward"]) == (3, cost["fixed_reward"])
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert "95 % interval" in shown
    assert "same bits" in shown


def test_verify_without_a_task_compares_actions(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network_file.save(replace(network_file.load(file), task=None), file)
    assert run(["verify", str(file), "--dtype", "q31", "--target", "host"]) == 0
    assert "mean difference of actions" in capsys.readouterr().out


def test_too_great_a_loss_is_a_failure(
    data: Path,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    network_file.save(champion(data), file)
    monkeypatch.setattr(precision, "measured_ranges", hundredth)
    command = ["verify", str(file), "--dtype", "q15", "--target", "host", "--episodes", "4"]
    assert run(command) == 1
    assert "FAILED" in capsys.readouterr().out
    assert run([*command, "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["fixed_point"]["ok"]) == (False, False)
    assert all(check["ok"] for check in told["checks"])
    monkeypatch.setattr(precision, "WORDS", {"q15": 16})
    assert "more than 2.0%" in complaint(
        capsys, "export", file, "--dtype", "auto", "-o", file.parent / "policy.h"
    )
    assert [*file.parent.iterdir()] == [file]
