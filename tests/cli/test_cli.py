"""The command line as a user meets it: exit codes, one line for what is wrong, JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer

from helpers.commands import complaint
from helpers.networks import random_network
from wann_edge.cli import run
from wann_edge.cli.app import app
from wann_edge.cli.convert import identifier
from wann_edge.cli.show import seconds_of
from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.registry import registered
from wann_edge.sims.swingup import SPEC

COMMANDS = list(typer.main.get_group(app).commands)


@pytest.fixture
def champion(tmp_path: Path) -> Path:
    """A small controller's network file."""
    made = random_network(np.random.default_rng(1), inputs=5, hidden=5, outputs=1)
    path = tmp_path / "champion.json"
    network = Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, task="swingup")
    network_file.save(network, path)
    return path


def test_help_shows_every_command_and_none_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    alone = capsys.readouterr().out
    assert run(["--help"]) == 0
    assert capsys.readouterr().out == alone
    assert set(COMMANDS) == {
        "baseline",
        "cost",
        "demo",
        "evaluate",
        "export",
        "firmware",
        "hil",
        "import",
        "list",
        "search",
        "show",
        "simulate",
        "stress",
        "tune",
        "validate",
        "verify",
    }
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b", alone)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_shows_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, "--help"]) == 0
    assert f"Example:  wann-edge {command}" in capsys.readouterr().out


def test_help_is_shown_as_it_is_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Brackets stay, and a paragraph fills its lines."""
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["verify", "--help"]) == 0
    assert '"wann-edge[emu]"' in capsys.readouterr().out
    assert run(["search", "--help"]) == 0
    assert "history.csv and run.json. The same seed" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert re.fullmatch(r"wann-edge \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["serach"], "serach"),
        (["search"], "no task is named"),
        (["search", "--resume", "nowhere"], "holds no whole checkpoint"),
        (["search", "swingdown", "--generations", "1"], "'swingdown' is not one of the tasks"),
        (["search", "swingup", "--preset", "best"], "best"),
        (["search", "swingup", "--time-limit", "soon"], "'soon' is not a time"),
        (["search", "swingup", "--population", "one"], "--population"),
        (["search", "swingup", "--seed", "-1", "--generations", "1"], "--seed"),
        (["search", "swingup", "--complexity", "size"], "complexity: 'size' is not one; use"),
        (["show", "missing.json"], "missing.json: can't read"),
        (["show", "."], "holds no run"),
        (["show", "missing.json", "--connections", "3"], "missing.json: is not a folder"),
        (["show", ".", "-o", "net.json"], "--output: which network?"),
        (["evaluate", "missing.json"], "missing.json"),
        (["evaluate", "."], "directory"),
        (["export", "missing.json", "--format", "c"], "missing.json"),
        (["verify", "missing.json"], "missing.json"),
        (["import", "no.out", "--inputs", "5", "--outputs", "1", "-o", "x.json"], "no.out"),
        (["import", "no.out", "--inputs", "0", "--outputs", "1", "-o", "x.json"], "--inputs"),
    ],
)
def test_bad_input_gets_one_line(
    arguments: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in complaint(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


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
    assert all(set(row) == {"weight", "mean", "sd"} for row in rows)
    mean = sum(row["mean"] for row in rows) / 6
    assert document["mean_of_weights"] == pytest.approx(mean)
    assert (document["episodes"], document["seed"], document["task"]) == (5, 3, "swingup")
    assert run(command) == 0
    table = capsys.readouterr().out
    assert all(f"{row['mean']:.1f}" in table for row in rows)


def test_evaluate_takes_weights_that_begin_with_a_minus(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(["evaluate", str(champion), "--weights", "-1.5,0.25", "--episodes", "2", "--json"]) == 0
    )
    rows = json.loads(capsys.readouterr().out)["per_weight"]
    assert [row["weight"] for row in rows] == [-1.5, 0.25]


def test_export_chooses_the_format_by_the_ending(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, graph = champion.with_name("policy.h"), champion.with_name("graph.onnx")
    assert run(["export", str(champion), "-o", str(header)]) == 0
    assert "POLICY_INPUTS" in header.read_text()
    assert run(["export", str(champion), "-o", str(graph)]) == 0
    assert run(["export", str(champion), "--format", "c", "--name", "cart"]) == 0
    assert "cart_step" in champion.with_suffix(".h").read_text()
    capsys.readouterr()
    assert "--format: c, c-fixed" in complaint(capsys, "export", champion)
    assert "'elf' is not one of the exporters" in complaint(
        capsys, "export", champion, "--format", "elf"
    )


def test_export_to_a_place_that_can_not_be_written_to(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = champion / "policy.h"
    assert "policy.h" in complaint(capsys, "export", champion, "-o", place)


def test_verify_prints_json_and_a_table(champion: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["verify", str(champion), "--episodes", "3"]
    assert run([*command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is True
    assert {check["target"] for check in document["checks"]} == {*registered("targets")}
    assert run([*command, "--target", "host"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("same bits") >= 4
    assert shown.count("0 of 20700") == shown.count("same bits")


def test_verify_says_what_is_missing_and_fails_where_it_is_asked_for(
    champion: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wann_edge.system.needs.find_spec", lambda name: None)
    command = ["verify", str(champion), "--episodes", "2"]
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert shown.count('pip install "wann-edge[emu]"') == 3
    assert "skipped cortex-m0plus, cortex-m3," in shown
    for more in (["--require"], ["--target", "host,wasm32"]):
        assert run([*command, *more]) == 1
        assert 'wasm32: ziglang, wasmtime not installed; pip install "wann-edge[emu]"' in (
            capsys.readouterr().out
        )


@pytest.mark.usefixtures("emulators")
def test_the_table_of_an_emulated_core_fits_80_columns(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = "cortex-m0plus,onnxruntime"
    assert run(["verify", str(champion), "--target", targets, "--episodes", "2"]) == 0
    shown = capsys.readouterr().out
    assert "same bits" in shown
    assert "…" not in shown


def test_verify_of_a_wrong_artefact_fails(
    champion: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wann_edge.verify.host.COMPILERS", ("no-such-compiler",))
    assert run(["verify", str(champion), "--target", "host"]) == 1
    shown = capsys.readouterr().out
    assert "FAILED" in shown
    assert "no-such-compiler not installed" in shown


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


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200), (" 10m ", 600)]
)
def test_times(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1", "0", "1d", "1e3", "nan", "9999999999h"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(SettingsError, match="is not a time"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("stem", "name"),
    [("policy", "policy"), ("my-net v2", "my_net_v2"), ("2fast", "policy_2fast"), ("-", "policy")],
)
def test_names_in_artefacts_are_made_from_file_names(stem: str, name: str) -> None:
    assert identifier(stem) == name


def test_a_reader_that_goes_away_is_no_traceback(champion: Path) -> None:
    command = [sys.executable, "-m", "wann_edge.cli", "evaluate", str(champion), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
