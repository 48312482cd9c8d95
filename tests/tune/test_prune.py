"""Pruning: smaller and smaller networks that keep the reward under each condition."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.commands import complaint
from helpers.networks import random_network
from wann_edge.cli import run
from wann_edge.evaluate import rollouts
from wann_edge.network import Network, with_single_weights
from wann_edge.network import file as network_file
from wann_edge.parallel.engine import Engine
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task.disturbances import parse
from wann_edge.tune import prune as pruning
from wann_edge.tune.core import mean_return
from wann_edge.tune.prune import Pruning, prune, prune_within, without_edges

NOISE = parse("noise=1%,latency=1")


class Short(SwingUp):
    """The swing-up's first 60 steps."""

    spec = replace(SPEC, max_steps=60)


@pytest.fixture(autouse=True)
def few_generations(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tune a smaller network for three generations."""
    monkeypatch.setattr(pruning, "GENERATIONS", 3)


def network(seed: int = 3) -> Network:
    """Return a network of about a dozen connections, with single weights."""
    rng = np.random.default_rng(seed)
    made = random_network(rng, inputs=5, hidden=4, outputs=1)
    whole = Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, task="swingup")
    alive = whole.without_dead_nodes()
    return with_single_weights(alive, rng.normal(0, 1, len(alive.edges)).tolist())


def test_each_network_is_smaller_and_keeps_the_reward_under_each_condition() -> None:
    task, whole = Short(), network()
    with Engine(task) as engine:
        reached = [*prune(whole, engine, Pruning(0.03, NOISE), seed=5)]
    sizes = [len(one.network.edges) for one in reached]
    assert sizes[0] == len(whole.edges)
    assert sizes == sorted(set(sizes), reverse=True)
    assert len(sizes) > 2
    seeds = drawn_seeds(pruning.EPISODES, 5, Use.PRUNING_EPISODES, 0)
    worlds = task, task.disturbed(NOISE)
    first = [mean_return(whole, world, seeds) for world in worlds]
    for one in reached:
        assert not one.network.has_dead_nodes
        found = [mean_return(one.network, world, seeds) for world in worlds]
        assert found == pytest.approx(one.means.tolist())
        assert all(mean >= 0.97 * least for mean, least in zip(found, first, strict=True))


def test_the_networks_are_the_same_for_any_number_of_workers(no_main_module: None) -> None:
    found = []
    for workers in (1, 2):
        with Engine(Short(), workers) as engine:
            found.append([one.network for one in prune(network(), engine, Pruning(), seed=1)])
    assert found[0] == found[1]


def test_a_connection_whose_loss_costs_too_much_stays() -> None:
    """The control: an input straight to the output, which is all that swings the pole."""
    with Engine(SwingUp()) as engine:
        single = Network(SPEC.inputs, SPEC.outputs, ("linear",), ((4, 6), (5, 6)), task="swingup")
        tuned = with_single_weights(single, (2.0, 1.0))
        alone = mean_return(without_edges(tuned, (0,)), engine.task, range(48))
        whole = mean_return(tuned, engine.task, range(48))
        assert (
            alone < 0.9 * whole
            or mean_return(without_edges(tuned, (1,)), engine.task, range(48)) < 0.9 * whole
        )
        (only, *smaller) = prune(tuned, engine, Pruning(0.0), seed=2)
    assert only.network.edges == tuned.edges
    for one in smaller:
        assert float(one.means[0]) >= float(only.means[0])


def test_a_shared_weight_becomes_single_weights() -> None:
    shared = replace(network(), weights=None, shared_weight=0.75)
    with Engine(Short()) as engine:
        first = next(prune(shared, engine, Pruning(), seed=0))
    assert first.network.weights is not None
    both = [
        rollouts(one, Short(), (one.shared_weight,), range(9)).returns
        for one in (shared, first.network)
    ]
    # A shared weight multiplies a whole sum, and single weights multiply each term.
    np.testing.assert_allclose(both[0], both[1], rtol=1e-4)


def test_a_limit_ends_the_pruning_with_the_smallest_network_so_far() -> None:
    with Engine(Short()) as engine:
        tuned = prune_within(network(), engine, Pruning(0.5), seed=1, evaluations=1)
    assert tuned.stopped == "evaluations"
    assert tuned.network.provenance["tuned"] == "pruned"


def test_tune_prune_writes_a_smaller_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wann_edge.cli.tune.EPISODES", 10)
    given, out = tmp_path / "given.json", tmp_path / "small.json"
    network_file.save(network(), given)
    limits = ["--evaluations", "200", "--workers", "1", "--loss", "0.5"]
    assert run(["tune", str(given), "--prune", *limits, "-o", str(out)]) == 0
    assert len(network_file.load(out).edges) < len(network().edges)
    assert "stopped by: evaluations" in capsys.readouterr().out
    words = ["tune", str(tmp_path), "--prune", "-o", str(out)]
    assert "--prune is for the single weights of one network" in complaint(capsys, *words)
