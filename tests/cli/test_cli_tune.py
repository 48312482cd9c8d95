"""``wann-edge tune``, ``baseline`` and ``evaluate --mode`` as a user meets them."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from helpers.commands import complaint
from helpers.networks import random_network
from wann_edge.baselines.paper import MODES, score_mode
from wann_edge.cli import run
from wann_edge.cli.parsing import parse_layers
from wann_edge.evaluate import score
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task.disturbances import parse
from wann_edge.task.disturbed import disturbed


@pytest.fixture
def champion(tmp_path: Path) -> Path:
    """A small controller's network file."""
    made = random_network(np.random.default_rng(1), inputs=5, hidden=2, outputs=1)
    path = tmp_path / "champion.json"
    network = Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, task="swingup")
    network_file.save(network, path)
    return path


@pytest.fixture
def few_evaluations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Single weights are tuned in passing."""
    monkeypatch.setattr("wann_edge.tune.one_network.EVALUATIONS", 150)


@pytest.mark.parametrize("mode", ["shared", "weights"])
def test_tune_writes_a_network_that_evaluate_reads(
    mode: str, champion: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = [tmp_path / "one.json", tmp_path / "two.json"]
    for output in outputs:
        options = ["--mode", mode, "--evaluations", "140", "--seed", "3", "-o", str(output)]
        assert run(["tune", str(champion), *options]) == 0
    shown = capsys.readouterr().out
    assert "stopped by: evaluations, after 140 evaluations" in shown
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    network = network_file.load(outputs[0])
    assert (network.weights is not None) == (mode == "weights")
    assert network.provenance["tuned"] == mode
    weight = str(network.shared_weight)
    assert run(["evaluate", str(outputs[0]), "--seed", "3", "--weights", weight, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["per_weight"]
    fresh = {"episodes": 100, "mean": row["mean"], "sd": row["sd"]}
    assert network.provenance["fresh"] == fresh


def test_tuning_under_disturbances_is_told_and_judged_so(champion: Path, tmp_path: Path) -> None:
    output = tmp_path / "tuned.json"
    options = ["--evaluations", "130", "--disturb", "latency=1,noise=2%", "-o", str(output)]
    assert run(["tune", str(champion), *options]) == 0
    network = network_file.load(output)
    assert network.provenance["disturbances"] == "noise=2%,latency=1"
    task = disturbed(SwingUp(), parse("noise=2%,latency=1"))
    (row,) = score(network, task, (network.shared_weight,), 100, 0).per_weight
    assert network.provenance["fresh"] == {"episodes": 100, "mean": row.mean, "sd": row.sd}
    assert network.task == "swingup"


def test_a_time_limit_stops_a_tuning(
    champion: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "tuned.json")
    assert run(["tune", str(champion), "--time-limit", "0.5s", "-o", output]) == 0
    assert "stopped by: time limit" in capsys.readouterr().out


def test_a_place_that_can_not_be_written_to_is_told_before_the_work(
    champion: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SwingUp, "rollouts", None)  # whoever works, fails
    place = champion / "tuned.json"
    for command in (["tune", champion], ["baseline", "swingup"]):
        assert f"{place}: can't write" in complaint(capsys, *command, "-o", place)
    (champion.parent / "demo" / "policy.h").mkdir(parents=True)
    assert "policy.h: can't write" in complaint(capsys, "demo", "--out", champion.parent / "demo")
    assert "can't write" in complaint(capsys, "search", "swingup", "--out", champion)


@pytest.mark.parametrize(
    "command", [["evaluate", "FILE", "--mode", "tuned-weights"], ["baseline", "swingup"]]
)
def test_a_time_limit_stops_the_tuning_of_a_mode(
    command: list[str], champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole tuning takes longer: the limit ends it, and the table is printed."""
    start_s = time.monotonic()
    words = [word.replace("FILE", str(champion)) for word in command]
    assert run([*words, "--time-limit", "0.5s"]) == 0
    assert time.monotonic() - start_s < 4
    assert "tuned-weights" in capsys.readouterr().out


# The command, which prints a line on standard error after its first evaluation.
ANNOUNCED = """
import sys
from wann_edge.cli import main
from wann_edge.tune.core import Budget

report = Budget.report

def announced(budget, *arguments, **named):
    report(budget, *arguments, **named)
    Budget.report = report
    print("evaluating", file=sys.stderr, flush=True)

Budget.report = announced
main()
"""


def test_ctrl_c_keeps_the_best_and_exits_with_130(champion: Path, tmp_path: Path) -> None:
    output = tmp_path / "tuned.json"
    command = [sys.executable, "-c", ANNOUNCED, "tune", str(champion), "-o", str(output)]
    with subprocess.Popen(
        [*command, "--time-limit", "60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "evaluating\n" in iter(process.stderr.readline, "")
        process.send_signal(signal.SIGINT)
        shown, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "stopped by: interrupted" in shown
    assert errors == ""
    assert network_file.load(output).weights is not None


@pytest.mark.usefixtures("few_evaluations")
@pytest.mark.parametrize("mode", MODES)
def test_evaluate_prints_a_mode_as_json_and_as_a_table(
    mode: str, champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", str(champion), "--mode", mode, "--episodes", "6", "--seed", "2"]
    assert run([*command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    found = score_mode(network_file.load(champion), SwingUp(), mode, 6, 2)
    assert document == {
        "network": str(champion),
        "task": "swingup",
        "mode": mode,
        "mean": found.mean,
        "sd": found.sd,
        "episodes": 6,
        "seed": 2,
    }
    assert run(command) == 0
    assert re.search(rf"{mode} +{found.mean:.1f} +{found.sd:.1f}", capsys.readouterr().out)


@pytest.mark.usefixtures("few_evaluations")
def test_baseline_prints_a_row_a_mode_beside_the_papers_and_writes_the_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "baseline.json"
    assert run(["baseline", "swingup", "--layers", "4", "-o", str(output)]) == 0
    shown = capsys.readouterr().out
    assert all(mode in shown for mode in MODES)
    assert re.search(r"tuned-weights +\S+ +\S+ +918 +7\n", re.sub(r" +\n", "\n", shown))
    network = network_file.load(output)
    assert (network.hidden_count, len(network.edges)) == (4, 4 * 6 + 5)
    assert network.provenance["tuned"] == "weights"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["evaluate", "FILE", "--mode", "tuned"], "unknown mode 'tuned'"),
        (["evaluate", "FILE", "--mode", "tuned-shared", "--weights", "1"], "exclude each other"),
        (["tune", "FILE", "--mode", "both", "-o", "x.json"], "unknown weights 'both'"),
        (["tune", "FILE", "--evaluations", "0", "-o", "x.json"], "--evaluations"),
        (["tune", "FILE", "--time-limit", "soon", "-o", "x.json"], "'soon' is not a time"),
        (["tune", "FILE", "--evaluations", "1", "-o", "FILE/x.json"], "x.json"),
        (["tune", "FILE", "-o", "."], "can't write: Is a directory"),
        (["tune", "FILE"], "--output"),
        (["evaluate", "FILE", "--time-limit", "9"], "--time-limit is for --mode tuned-shared"),
        (
            ["evaluate", "FILE", "--mode", "random-shared", "--time-limit", "9"],
            "random-shared does not tune",
        ),
        (["evaluate", "FILE", "--mode", "tuned-shared", "--time-limit", "x"], "is not a time"),
        (["baseline", "swingup", "--time-limit", "-1"], "'-1' is not a time"),
        (["baseline", "swingup", "-o", "FILE/x.json"], "can't write: Not a directory"),
        (["tune", "missing.json", "-o", "x.json"], "missing.json"),
        (["baseline", "swingdown"], "'swingdown' is not one of the tasks"),
        (["baseline", "swingup", "--layers", "ten"], "'ten' is not a list of sizes"),
        (["baseline", "swingup", "--layers", "0"], "'0' is not a list of layer sizes"),
        (["baseline", "swingup", "--layers", "99999"], "is not a list of layer sizes"),
    ],
)
def test_bad_input_gets_one_line(
    arguments: list[str],
    says: str,
    champion: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    words = [word.replace("FILE", str(champion)) for word in arguments]
    assert says in complaint(capsys, *words)
    assert list(tmp_path.iterdir()) == [champion]


@pytest.mark.parametrize(("text", "sizes"), [("10", [10]), ("10,20", [10, 20]), (" 3, 4", [3, 4])])
def test_sizes_of_layers(text: str, sizes: list[int]) -> None:
    assert parse_layers(text) == sizes
