"""Tuning one network, and the four modes: limits, determinism, draws and gains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.networks import random_network
from helpers.peak import Peak
from wann_edge.baselines.paper import score_mode
from wann_edge.errors import SettingsError, TaskError
from wann_edge.evaluate import episode_seeds, score
from wann_edge.network import Network, with_single_weights
from wann_edge.network import file as network_file
from wann_edge.network.published import read_published
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.tune.core import Tuned, TuningProgress
from wann_edge.tune.one_network import tune

TASK = SwingUp()


@pytest.fixture
def published(data: Path) -> Network:
    """Return the swing-up champion published with the paper."""
    path = data / "wann-release" / "champions" / "swing.out"
    return read_published(path, inputs=5, outputs=1, task=SPEC)


@pytest.fixture
def network() -> Network:
    made = random_network(np.random.default_rng(3), inputs=5, hidden=3, outputs=1)
    return Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, provenance={"a": 1})


def tuned(task: object, network: Network, what: str, **limits: float | None) -> Tuned:
    return tune(network, task, what, seed=1, **limits)  # type: ignore[arg-type]


@pytest.mark.parametrize("target", [-3.0, -1.2345, 0.0, 0.77, 2.9])
def test_the_shared_weight_is_found_within_its_last_step(network: Network, target: float) -> None:
    """Grids of 121, 21 and 21 weights have steps of 0.05, 0.005 and 0.0005 about the best."""
    found = tuned(Peak(target), network, "shared")
    assert abs(found.network.shared_weight - target) <= 0.0005 / 2 + 1e-6
    assert found.network.weights is None
    assert (found.stopped, found.evaluations) == ("converged", 163)


def test_single_weights_reach_a_peak_off_the_grid(network: Network) -> None:
    """A norm is easy for CMA-ES: thousands of evaluations bring it below a thousandth."""
    found = tuned(Peak(0.777), network, "weights", evaluations=6000)
    assert found.network.weights is not None
    assert found.network.weights == pytest.approx([0.777] * len(network.edges), abs=1e-3)
    assert found.network.shared_weight == 1.0


@pytest.mark.parametrize(
    ("what", "evaluations"), [("shared", 1), ("shared", 130), ("weights", 5), ("weights", 200)]
)
def test_the_number_of_evaluations_is_the_limit(
    network: Network, what: str, evaluations: int
) -> None:
    task = Peak(0.3)
    standings: list[TuningProgress] = []
    found = tune(network, task, what, seed=0, evaluations=evaluations, on_progress=standings.append)
    assert len(task.seen) == evaluations == found.evaluations
    assert found.stopped == "evaluations"
    assert [standing.evaluations for standing in standings] == list(range(1, evaluations + 1))
    assert standings[-1].best == found.mean
    assert standings[-1].share_done == 1.0
    assert len({seeds for _, seeds in task.seen}) == 1


def test_a_short_search_covers_the_whole_range(network: Network) -> None:
    task = Peak(0.0)
    tuned(task, network, "shared", evaluations=20)
    gaps = np.diff(sorted([-3.0, 3.0, *(weights[0] for weights, _ in task.seen)]))
    # 20 points that cut a length of 6 as evenly as multiples of 0.62 do: no gap of a twentieth
    # is more than about doubled.
    assert gaps.max() < 2 * 6 / 20


def test_a_time_limit_ends_it_after_at_least_one_evaluation(network: Network) -> None:
    found = tuned(Peak(0.3), network, "weights", time_limit_s=1e-9)
    assert (found.stopped, found.evaluations) == ("time limit", 1)


def test_ctrl_c_keeps_the_best_so_far(network: Network) -> None:
    task = Peak(0.3, interrupt_at=150)
    found = tuned(task, network, "weights")
    assert (found.stopped, found.evaluations) == ("interrupted", 150)
    best = max(task.seen, key=lambda seen: -np.linalg.norm(np.array(seen[0]) - 0.3))
    assert found.network.weights == best[0]
    with pytest.raises(KeyboardInterrupt):
        tuned(Peak(0.3, interrupt_at=0), network, "weights")


def test_provenance_contains_that_of_the_network(network: Network) -> None:
    provenance = tuned(TASK, network, "shared", evaluations=3).network.provenance
    assert provenance["before"] == {"a": 1}
    assert (provenance["tuned"], provenance["seed"]) == ("shared", 1)
    assert provenance["evaluations"] == 3


@pytest.mark.parametrize("what", ["shared", "weights"])
def test_the_same_seed_gives_the_same_bytes(network: Network, what: str) -> None:
    first, again = (tuned(TASK, network, what, evaluations=160) for _ in range(2))
    assert network_file.to_json(first.network) == network_file.to_json(again.network)
    other = tune(network, TASK, what, seed=2, evaluations=160)
    assert network_file.to_json(first.network) != network_file.to_json(other.network)


def test_existing_weights_are_ignored(network: Network) -> None:
    weighted = with_single_weights(network, [0.5] * len(network.edges))
    for mode in ("random-weights", "random-shared", "tuned-shared"):
        assert replace(score_mode(weighted, TASK, mode, 5, 0), network=None) == replace(
            score_mode(network, TASK, mode, 5, 0), network=None
        )


def test_training_episodes_differ_from_the_fresh_ones(network: Network) -> None:
    task = Peak(0.3)
    found = score_mode(network, task, "tuned-shared", 100, 5)
    *training, (_, fresh) = task.seen
    assert list(fresh) == episode_seeds(5, 100)
    assert not set(fresh) & set(training[0][1])
    assert found.mean == pytest.approx(10, abs=1e-3)


def test_tuning_improves_the_return_on_fresh_episodes(published: Network) -> None:
    """The published champion earns 611 with shared weights, 723 tuned, more with single weights."""
    untuned = score(published, TASK, (1.0,), 100, seed=9).best.mean
    shared = score_mode(published, TASK, "tuned-shared", 100, 9)
    assert shared.mean > untuned
    single = tuned(TASK, published, "weights", evaluations=1500).network
    assert score(single, TASK, (1.0,), 100, seed=9).best.mean > shared.mean


def test_bad_settings_are_refused(network: Network) -> None:
    with pytest.raises(SettingsError, match="unknown weights 'both'"):
        tuned(TASK, network, "both")
    with pytest.raises(TaskError, match="has 3 inputs"):
        tuned(TASK, random_network(np.random.default_rng(0)), "shared")
    lonely = Network(SPEC.inputs, SPEC.outputs, ("linear",), ((1, 6),))
    with pytest.raises(SettingsError, match="1 connections has no single weights"):
        tuned(TASK, lonely, "weights")
