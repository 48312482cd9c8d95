"""The finish of a search: the same controllers for any number of workers, and the linear law."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wann_edge.baselines.linear import linear
from wann_edge.cli import run
from wann_edge.cli.finish_table import reasons
from wann_edge.finish.controllers_file import to_json
from wann_edge.finish.finishing import FinishProgress, FinishResult, FinishSettings, finish
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.parallel.engine import Engine
from wann_edge.task import load_task
from wann_edge.task.held import held_rule

TASK = "cartpole"


def front() -> list[Network]:
    """Return a small front: the linear law without most of its connections."""
    spec = load_task(TASK).spec
    law = linear(spec)
    outputs = len(spec.outputs)
    few = [edge for edge in law.edges if edge[0] in (3, 4)]
    hidden = len(spec.inputs) + 1
    edges = [(3, hidden), *((source, target + 1) for source, target in few), (hidden, hidden + 1)]
    edges.sort(key=lambda edge: (edge[1], edge[0]))
    bent = Network(
        inputs=spec.inputs,
        outputs=spec.outputs,
        activations=("tanh",) + ("linear",) * outputs,
        edges=tuple(edges),
        control_period_s=spec.dt_s,
        task=TASK,
    )
    return [law.with_topology(law.activations, tuple(few)), bent]


def finished(workers: int, steps: float = 2e6) -> tuple[FinishResult, list[FinishProgress]]:
    """Run a small finish."""
    told: list[FinishProgress] = []
    rule = held_rule(load_task(TASK))
    with Engine(TASK, workers) as engine:
        settings = FinishSettings(seed=4, steps=steps, within=0.01, core="cortex-m4f", rule=rule)
        return finish(front(), engine, settings, told.append), told


def test_the_controllers_are_the_same_for_any_number_of_workers(no_main_module: None) -> None:
    (one, told), (two, _) = finished(1), finished(2)
    assert to_json(one) == to_json(two)
    assert told[-1].share_done <= 1
    assert [step.share_done for step in told] == sorted(step.share_done for step in told)


def test_a_task_that_a_linear_law_holds_gets_one_and_hears_so() -> None:
    found, _ = finished(1)
    share = found.linear.plain.held_share
    assert share is not None
    assert share.held == share.episodes
    assert found.controller in found.front
    assert found.controller.connections <= found.linear.connections
    is_law = found.controller.origin.startswith("linear law")
    last = reasons(found, 0.01)[1]
    assert last.startswith("The linear law is as good" if is_law else "The linear law is not")


def test_search_ends_with_a_controller(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--generations", "4", "--population", "24", "--islands", "1", "--workers", "1"]
    assert run(["search", TASK, *small, "--out", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "controller: " in shown
    assert "The linear law is" in shown
    assert f"next: wann-edge verify {tmp_path}/controller.json" in shown
    document = json.loads((tmp_path / "controllers.json").read_text())
    entry = document["controllers"][document["controller"]]
    controller = network_file.load(tmp_path / "controller.json")
    assert entry["connections"] == len(controller.edges)
    assert controller.provenance["finish"]["origin"] == entry["origin"]  # type: ignore[index]
    sizes = [one["connections"] for one in document["controllers"]]
    assert sizes == sorted(sizes)
