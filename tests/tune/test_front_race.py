"""Tuning a front: many runs race, and the best topology wins for any number of workers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.commands import complaint
from helpers.networks import random_network
from wann_edge.cli import run
from wann_edge.errors import SettingsError
from wann_edge.evaluate import rollouts
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.parallel.engine import Engine
from wann_edge.search import front
from wann_edge.search.front import Front, FrontEntry
from wann_edge.sims.native import NativeTask
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.tune import front_race as fronts
from wann_edge.tune.core import TuningProgress
from wann_edge.tune.front_race import tune_front
from wann_edge.tune.weight_grid import GRID_WEIGHTS


class Short(SwingUp):
    """The swing-up's first 20 steps, whose return depends on the angle from straight down."""

    spec = replace(SPEC, max_steps=20)


@pytest.fixture
def networks() -> list[Network]:
    """Return networks of one, two and four connections."""
    rng = np.random.default_rng(1)
    made = [random_network(rng, inputs=5, hidden=hidden, outputs=1) for hidden in (0, 1, 2)]
    whole = [
        Network(SPEC.inputs, SPEC.outputs, one.activations, one.edges, task="swingup")
        for one in made
    ]
    single = Network(SPEC.inputs, SPEC.outputs, ("linear",), ((1, 6),), task="swingup")
    return [single, *(one for one in whole if len(one.edges) > 1)]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a short race in this process."""
    monkeypatch.setattr(fronts, "GENERATIONS", 3)
    monkeypatch.setattr(fronts, "MOST_EPISODES", 48)
    monkeypatch.setattr(fronts, "FINAL_EPISODES", 64)


def test_the_winner_is_the_same_for_any_number_of_workers(
    networks: list[Network], no_main_module: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fewer generations and episodes, not fewer stages of the race.
    monkeypatch.setattr(fronts, "GENERATIONS", 20)
    monkeypatch.setattr(fronts, "MOST_EPISODES", 96)
    monkeypatch.setattr(fronts, "FINAL_EPISODES", 256)
    found = []
    for workers in (1, 2):
        with Engine(Short(), workers) as engine:
            found.append(tune_front(networks[:2], engine, seed=3))
    assert found[0] == found[1]
    assert found[0].stopped == "converged"


@pytest.mark.usefixtures("quick")
def test_the_race_improves_the_return_and_records_its_provenance(networks: list[Network]) -> None:
    standings: list[TuningProgress] = []
    task: NativeTask = SwingUp()
    with Engine(task) as engine:
        tuned = tune_front(networks, engine, seed=1, on_progress=standings.append)
    network = tuned.network
    assert network.weights is not None
    seeds = drawn_seeds(48, 1, Use.FRONT_FINAL, 0)
    again = rollouts(network, task, (network.shared_weight,), seeds).returns
    assert tuned.mean == pytest.approx(float(again.mean(dtype=np.float64)))
    shared = [
        rollouts(one, task, GRID_WEIGHTS, seeds).returns.mean(axis=1).max() for one in networks
    ]
    assert tuned.mean > max(shared) - 0.1 * abs(max(shared))
    assert network.provenance["evaluations"] == tuned.evaluations == standings[-1].evaluations
    assert network.provenance["training_episodes"] == 48
    shares = [standing.share_done for standing in standings]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


@pytest.mark.usefixtures("quick")
def test_a_time_limit_and_ctrl_c_keep_the_best(
    networks: list[Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine(Short()) as engine:
        late = tune_front(networks, engine, seed=1, time_limit_s=0.2)
        assert late.stopped in ("time limit", "converged")

        def pressed(standing: TuningProgress) -> None:
            raise KeyboardInterrupt

        stopped = tune_front(networks, engine, seed=1, on_progress=pressed)
    assert stopped.stopped == "interrupted"
    assert stopped.network.weights is not None


def test_a_front_without_connections_is_refused(networks: list[Network]) -> None:
    with Engine(Short()) as engine, pytest.raises(SettingsError, match="two connections"):
        tune_front(networks[:1], engine, seed=1)


@pytest.mark.usefixtures("quick")
def test_the_command_accepts_a_run_folder(
    networks: list[Network], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = tuple(FrontEntry(one, len(one.edges), 0.0) for one in networks)
    (tmp_path / front.NAME).write_text(front.to_json(Front("connections", entries)))
    output = tmp_path / "tuned.json"
    assert run(["tune", str(tmp_path), "-o", str(output), "--workers", "1"]) == 0
    assert "stopped by: converged" in capsys.readouterr().out
    tuned = network_file.load(output)
    assert tuned.provenance["fresh"]["episodes"] == 100  # type: ignore[index]
    for options in (["--mode", "shared"], ["--evaluations", "9"]):
        said = complaint(capsys, "tune", tmp_path, "-o", output, *options)
        assert "a front is tuned with --mode weights" in said
    assert "holds no run" in complaint(capsys, "tune", tmp_path / "..", "-o", output)
