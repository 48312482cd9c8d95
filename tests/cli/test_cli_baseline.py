"""``wann-edge baseline --kind`` as a user meets it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from helpers.commands import complaint
from wann_edge.baselines import kinds
from wann_edge.baselines.linear import plan
from wann_edge.cli import run
from wann_edge.evaluate import score
from wann_edge.network import file as network_file
from wann_edge.task import load_task
from wann_edge.tune.core import Tuned

Capture = pytest.CaptureFixture[str]
FEW = ("--evaluations", "10")


def test_kinds_share_a_table_and_each_gets_a_file(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "new" / "baselines"
    asked = ["baseline", "cartpole", "--kind", "linear,dense", "--layers", "3"]
    assert run([*asked, *FEW, "--disturb", "noise=1%", "--out", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "disturbed: the mean reward of the same episodes with noise=1%" in shown
    assert "held: " in shown
    for kind, numbers in (("linear", 5), ("dense", 19)):
        network = network_file.load(folder / f"{kind}.json")
        assert len(network.edges) == numbers
        assert f" {kind} " in shown
        mean = score(network, load_task("cartpole"), (1.0,), 100, seed=0).best.mean
        assert f" {mean:.1f} " in shown


def test_json_has_the_rows_of_the_table(tmp_path: Path, capsys: Capture) -> None:
    output = tmp_path / "linear.json"
    asked = ["baseline", "cartpole", "--kind", "linear", "--no-bias", *FEW, "--json"]
    assert run([*asked, "-o", str(output)]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    document = json.loads(told.out)
    (row,) = document["baselines"]
    assert (row["kind"], row["numbers"], row["connections"]) == ("linear", 4, 4)
    assert (row["file"], row["evaluations"], row["stopped"]) == (str(output), 10, "evaluations")
    assert row["held"] is not None
    assert run([*asked, "--held", "501"]) == 0
    assert json.loads(capsys.readouterr().out)["baselines"][0]["held"] == 0
    assert row["disturbed"] is None


def test_a_pid_controller_takes_its_pairs(tmp_path: Path, capsys: Capture) -> None:
    output = tmp_path / "pid.json"
    pairs = "--pair", "angle:push_sign", "--pair", "position,velocity:push_sign"
    assert run(["baseline", "cartpole", "--kind", "pid", *pairs, *FEW, "-o", str(output)]) == 0
    told = capsys.readouterr().out
    assert "angle, angular_velocity to push_sign; position, velocity to push_sign" in told
    assert len(network_file.load(output).edges) == 5


def test_after_ctrl_c_the_kinds_so_far_are_shown(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, runs = kinds.tuned_baseline, []

    def tuned(kind: str, *given: Any, **options: Any) -> Tuned:  # noqa: ANN401
        runs.append(kind)
        found = real(kind, *given, **options)
        return replace(found, stopped="interrupted") if kind == "dense" else found

    monkeypatch.setattr(kinds, "tuned_baseline", tuned)
    asked = ["baseline", "cartpole", "--kind", "linear,dense,lqr", *FEW, "--out", str(tmp_path)]
    monkeypatch.setattr(kinds, "plan_of", lambda kind, task, _: plan(task, kinds.Choices()))
    assert run(asked) == 130
    assert runs == ["linear", "dense"]
    assert "dense: stopped by interrupted" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dense.json", "linear.json"]


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--kind", "bang"), "--kind: unknown kind 'bang'; use some of linear"),
        (("--kind", "linear,dense", "-o", "a.json"), "--output: one file for 2 kinds"),
        (("--disturb", "noise=1%"), "--disturb: needs --kind"),
        (("--pair", "a:b"), "--pair: needs --kind"),
        (("--kind", "pid"), "--pair: a PID controller needs a pair of input and output"),
        (("--kind", "pid", "--pair", "angle"), "--pair: 'angle' is not a pair; write INPUT:OUTPUT"),
        (("--evaluations", "5"), "--evaluations: needs --kind"),
        (("--json",), "--json: needs --kind"),
        (("--out", "x"), "--out: needs --kind"),
    ],
)
def test_bad_options_get_a_line(options: tuple[str, ...], what: str, capsys: Capture) -> None:
    assert what in complaint(capsys, "baseline", "cartpole", *options)


def test_a_task_without_a_paper_has_no_columns_of_the_paper(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wann_edge.tune.one_network.EVALUATIONS", 10)
    monkeypatch.setattr("wann_edge.cli.baseline.EPISODES", 2)
    assert run(["baseline", "cartpole", "--layers", "1"]) == 0
    assert "paper" not in capsys.readouterr().out
    assert run(["baseline", "swingup", "--layers", "1"]) == 0
    assert "paper" in capsys.readouterr().out
