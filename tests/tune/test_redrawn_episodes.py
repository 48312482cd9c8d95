"""Tuning on redrawn episodes: draws, limits, determinism and selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from helpers.commands import complaint
from helpers.networks import random_network
from helpers.peak import Peak as AnyPeak
from wann_edge.cli import run
from wann_edge.errors import SettingsError
from wann_edge.evaluate import episode_seeds, rollouts, score
from wann_edge.network import Network, float32, named_channels
from wann_edge.network import file as network_file
from wann_edge.parallel.engine import Engine
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task import Rollouts
from wann_edge.tune.core import Tuned, TuningProgress
from wann_edge.tune.redrawn_episodes import (
    JUDGE_EVERY,
    JUDGED_EPISODES,
    tune_redrawn,
    with_idle_wired,
)
from wann_edge.tune.weight_grid import GRID_WEIGHTS


@pytest.fixture
def network() -> Network:
    made = random_network(np.random.default_rng(3), inputs=5, hidden=3, outputs=1)
    return Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, provenance={"a": 1})


class Peak(AnyPeak):
    """That is asked about single weights alone."""

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        assert network.weights is not None
        return super().rollouts(network, weights, seeds)


def tuned(task: object, network: Network, **told: object) -> Tuned:
    with Engine(task) as engine:  # type: ignore[arg-type]
        return tune_redrawn(network, engine, **{"seed": 1, "episodes": 4} | told)  # type: ignore[arg-type]


def test_weights_reach_a_peak(network: Network) -> None:
    found = tuned(Peak(0.777), network, evaluations=20_000)
    edges = len(found.network.edges)
    assert found.network.weights == pytest.approx([0.777] * edges, abs=1e-5)
    assert found.stopped == "converged"
    assert found.network.shared_weight == 1.0
    assert found.mean == pytest.approx(10, abs=1e-4)


def test_noise_is_averaged_out(network: Network) -> None:
    """The noise of a candidate is 1; the luckiest of 10,000 candidates would be 3 or 4 away."""
    found = tuned(Peak(0.777, noise=2.0), network, evaluations=10_000)
    edges = len(found.network.edges)
    assert found.network.weights == pytest.approx([0.777] * edges, abs=0.25)


def test_each_generation_has_new_episodes(network: Network) -> None:
    task = Peak(0.3)
    tuned(task, network, evaluations=5000)
    judged = {seeds for _, seeds in task.seen if len(seeds) == JUDGED_EPISODES}
    drawn = [seeds for _, seeds in task.seen if len(seeds) == 4]
    assert len(judged) == 1
    assert sum(one != other for one, other in pairwise(drawn)) > 10
    names = {seed for seeds in drawn for seed in seeds}
    assert not names & set(*judged)
    assert not (names | set(*judged)) & set(episode_seeds(1, 1000))


def test_the_result_is_the_candidate_judged_best(network: Network) -> None:
    task = Peak(0.3, noise=1.0)
    standings: list[TuningProgress] = []
    found = tuned(task, network, evaluations=6000, on_progress=standings.append)
    judged = [weights for weights, seeds in task.seen if len(seeds) == JUDGED_EPISODES]
    assert len(judged) > 6000 / (JUDGE_EVERY * 80)
    assert found.network.weights in judged
    assert [one.best for one in standings] == sorted(one.best for one in standings)
    assert found.mean >= standings[-1].best


@pytest.mark.parametrize("evaluations", [1, 200, 1000])
def test_only_the_start_may_exceed_the_evaluations(network: Network, evaluations: int) -> None:
    task = Peak(0.3)
    found = tuned(task, network, evaluations=evaluations)
    assert found.stopped == "evaluations"
    assert found.evaluations == len(task.seen)
    # The grid of 121 shared weights, and the best of it, judged before and after.
    assert found.evaluations <= max(123, evaluations + 1)


def test_a_time_limit_ends_it(network: Network) -> None:
    found = tuned(Peak(0.3), network, time_limit_s=1e-9)
    assert (found.stopped, found.evaluations) == ("time limit", 123)


def test_it_ends_without_a_limit(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wann_edge.tune.redrawn_episodes.EVALUATIONS", 500)
    assert tuned(Peak(0.3, noise=4.0), network).stopped == "evaluations"


def test_ctrl_c_keeps_the_best_so_far(network: Network) -> None:
    found = tuned(Peak(0.3, interrupt_at=700), network)
    assert found.stopped == "interrupted"
    assert found.network.weights is not None
    with pytest.raises(KeyboardInterrupt):
        tuned(Peak(0.3, interrupt_at=100), network)


def test_the_same_bytes_for_any_number_of_workers(network: Network, no_main_module: None) -> None:
    files = []
    for workers in (1, 3):
        with Engine("swingup", workers) as engine:
            found = tune_redrawn(network, engine, seed=5, episodes=2, evaluations=300)
        files.append(network_file.to_json(found.network))
    assert files[0] == files[1]
    other = tuned(SwingUp(), network, seed=6, episodes=2, evaluations=300)
    assert network_file.to_json(other.network) != files[0]


def test_provenance_records_the_method(network: Network) -> None:
    found = tuned(SwingUp(), network, evaluations=300)
    provenance = found.network.provenance
    assert provenance["before"] == {"a": 1}
    assert (provenance["tuned"], provenance["seed"]) == ("weights", 1)
    assert provenance["evaluations"] == found.evaluations
    assert provenance["episodes_each_generation"] == 4


def test_one_connection_is_refused() -> None:
    single = Network(SPEC.inputs, SPEC.outputs, ("linear",), ((1, 6),))
    with pytest.raises(SettingsError, match="no single weights"):
        tuned(SwingUp(), single)


def test_the_command_line_redraws(
    network: Network, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = tmp_path / "net.json", tmp_path / "tuned.json"
    network_file.save(network, path)
    options = ["--task", "swingup", "--redraw", "3", "--evaluations", "200", "-o", str(output)]
    assert run(["tune", str(path), *options]) == 0
    assert "stopped by: evaluations" in capsys.readouterr().out
    made = network_file.load(output)
    (row,) = score(made, SwingUp(), (1.0,), 100, 0).per_weight
    assert made.provenance["fresh"] == {"episodes": 100, "mean": row.mean, "sd": row.sd}
    for wrong in (["tune", str(path), "--mode", "shared"], ["tune", str(tmp_path)]):
        told = complaint(capsys, *wrong, "--redraw", "3", "-o", str(output))
        assert "--redraw is for the single weights of one network" in told
    assert "--wire-idle: needs --redraw" in complaint(
        capsys, "tune", str(path), "--wire-idle", "-o", str(output)
    )


def test_an_unconnected_output_gets_connections_that_start_at_weight_0() -> None:
    """The first candidates act as the network did; nothing else is added."""
    inputs, outputs = named_channels(3, 2)
    one_idle = Network(inputs, outputs, ("tanh", "linear", "linear"), ((1, 4), (4, 5)))
    wired = with_idle_wired(one_idle)
    assert wired.edges == ((1, 4), (4, 5), (0, 6), (1, 6), (2, 6), (3, 6))
    assert wired.weights == (1.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    assert with_idle_wired(wired) == wired
    task = Peak(0.3)
    task.spec = replace(SPEC, inputs=inputs, outputs=outputs)
    found = tuned(task, one_idle, wire_idle=True, evaluations=300)
    assert found.network.edges == wired.edges
    assert all(weights[2:] == (0.0,) * 4 for weights, _ in task.seen[:121])
    assert {weights[:2] for weights, _ in task.seen[:121]} == {
        (float32(weight),) * 2 for weight in GRID_WEIGHTS
    }


def test_tuning_starts_from_the_networks_single_weights(network: Network) -> None:
    task = Peak(0.777)
    first = tuned(task, network, evaluations=2000)
    task.seen.clear()
    tuned(task, first.network, evaluations=200)
    assert task.seen[0][0] == first.network.weights


def test_the_written_weights_are_those_judged_best(network: Network) -> None:
    """Lanes evaluate candidates with different weights; the result has the best one's weights."""
    seeds = drawn_seeds(JUDGED_EPISODES, 1, Use.REDRAWN_JUDGED, 0)
    before = network
    for _ in range(2):
        found = tuned(SwingUp(), before, evaluations=300)
        returns = rollouts(found.network, SwingUp(), (1.0,), seeds).returns
        assert found.mean == returns.mean(dtype=np.float64)
        before = found.network
