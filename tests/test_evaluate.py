"""Scores, seeds, and the one loop over an episode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from helpers.networks import random_network
from helpers.rollouts import assert_same
from wann_edge.errors import TaskError
from wann_edge.evaluate import (
    PAPER_WEIGHTS,
    KernelPolicy,
    episode_seeds,
    rollouts,
    rollouts_of,
    run_episode,
    score,
    scores_of,
)
from wann_edge.kernel import Floats
from wann_edge.network import Network, with_single_weights
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import Rollouts, World, is_batch, load_task


class StepwiseSwingUp:
    """The swing-up without its batch answer, so that the loop must run it."""

    spec = SPEC

    def world(self) -> World:
        return SwingUp().world()


@pytest.fixture
def network() -> Network:
    made = random_network(np.random.default_rng(3), inputs=5, hidden=8, outputs=1)
    return Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges)


def test_both_speeds_give_the_same_bits(network: Network) -> None:
    seeds = episode_seeds(0, 4)
    assert not is_batch(StepwiseSwingUp())
    assert is_batch(SwingUp())
    fast = rollouts(network, load_task("swingup"), PAPER_WEIGHTS, seeds)
    slow = rollouts(network, StepwiseSwingUp(), PAPER_WEIGHTS, seeds)
    assert fast.returns.tobytes() == slow.returns.tobytes()
    assert fast.steps.tobytes() == slow.steps.tobytes()
    assert fast.returns.shape == (6, 4)
    assert len(np.unique(fast.returns)) > 1


def test_networks_together_are_the_same_as_each_alone(network: Network) -> None:
    seeds, one = episode_seeds(0, 3), (1.5,)
    pair = [network, replace(network, activations=("abs", *network.activations[1:]))]
    for task in (SwingUp(), StepwiseSwingUp()):
        together = rollouts_of(pair, task, one, seeds)
        alone = [rollouts(each, SwingUp(), one, seeds) for each in pair]
        assert [r.returns.tobytes() for r in together] == [r.returns.tobytes() for r in alone]
        assert [r.steps.tolist() for r in together] == [r.steps.tolist() for r in alone]
        assert together[0].returns.tobytes() != together[1].returns.tobytes()


def test_scores_are_the_means_and_sample_deviations() -> None:
    returns = np.array([[1, 2, 6], [4, 4, 4]], np.float32)
    scores = scores_of(returns, (-1.0, 2.0))
    assert [score.mean for score in scores.per_weight] == [3.0, 4.0]
    assert scores.per_weight[0].sd == pytest.approx(np.sqrt(7.0))
    assert scores.per_weight[1].sd == 0.0
    assert scores.mean_of_weights == 3.5
    assert scores.best.weight == 2.0
    assert scores.episodes == 3


def test_one_episode_has_no_deviation() -> None:
    assert scores_of(np.array([[5.0]], np.float32), (1.0,)).per_weight[0].sd == 0.0


def test_seeds_do_not_depend_on_their_number() -> None:
    assert episode_seeds(7, 50)[:10] == episode_seeds(7, 10)
    assert len(set(episode_seeds(7, 50) + episode_seeds(8, 50))) == 100


def test_evaluation_depends_on_its_seed_only(network: Network) -> None:
    task = SwingUp()
    first = score(network, task, (1.0,), 5, seed=1)
    assert first == score(network, task, (1.0,), 5, seed=1)
    assert first != score(network, task, (1.0,), 5, seed=2)


def test_a_network_of_another_size_is_refused() -> None:
    small = random_network(np.random.default_rng(0))
    with pytest.raises(TaskError, match="has 3 inputs and 2 outputs"):
        score(small, SwingUp(), (1.0,), 1, seed=0)


class CountdownWorld:
    """Ends after a number of steps that the seed says; rewards grow."""

    def reset(self, seed: int) -> Floats:
        self.left = seed
        return np.zeros(5, np.float32)

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        self.left -= 1
        return np.zeros(5, np.float32), np.float32(1.5), self.left == 0


@pytest.mark.parametrize(("ends_after", "steps"), [(3, 3), (10, 10), (11, 10)])
def test_an_episode_ends_with_the_world_or_at_its_limit(
    network: Network, ends_after: int, steps: int
) -> None:
    total, length = run_episode(KernelPolicy(network), CountdownWorld(), ends_after, 10)
    assert (float(total), length) == (1.5 * steps, steps)


def test_the_policy_uses_the_weight_it_is_given(network: Network) -> None:
    observation = np.array([0.3, -0.2, 0.9, 0.1, 1.0], np.float32)
    weights: Sequence[float] = (-2.0, 0.5, 1.0)
    batch = network.program.forward(np.tile(observation, (3, 1)), np.array(weights, np.float32))
    single = [KernelPolicy(network, weight).act(observation) for weight in weights]
    assert np.array(single).tobytes() == batch.tobytes()
    assert KernelPolicy(network).act(observation) == single[2]


class BatchesOnly:
    """The swing-up without its answer for drawn weights."""

    spec = SPEC

    def world(self) -> World:
        return SwingUp().world()

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        return SwingUp().rollouts(network, weights, seeds)


@pytest.mark.parametrize("single", [False, True])
def test_drawn_weights_give_the_same_bits_on_any_task(single: bool) -> None:
    """Dead nodes are taken away before the rule is asked."""
    made = random_network(np.random.default_rng(0), inputs=5, hidden=8, outputs=1, density=0.2)
    network = Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges)
    alive = network.without_dead_nodes()
    assert len(alive.edges) < len(network.edges)
    seeds = episode_seeds(0, 4)

    def rule(asked: Network, episodes: int) -> Floats:
        shape = (3, episodes, len(asked.edges)) if single else (3, episodes)
        drawn: Floats = np.random.default_rng(1).uniform(-2, 2, shape).astype(np.float32)
        return drawn

    tasks = (SwingUp(), BatchesOnly(), StepwiseSwingUp())
    first, *others = [rollouts(network, task, rule, seeds) for task in tasks]
    for other in others:
        assert first.returns.tobytes() == other.returns.tobytes()
        assert first.steps.tobytes() == other.steps.tobytes()
    drawn = rule(alive, 4)
    for w, e in np.ndindex(3, 4):
        own = alive if not single else with_single_weights(alive, drawn[w, e].tolist())
        shared = 1.0 if single else float(drawn[w, e])
        alone = rollouts(own, SwingUp(), (shared,), [seeds[e]])
        assert alone.returns.item() == first.returns[w, e]


def test_one_world_serves_all_networks_and_gives_what_its_own_would() -> None:
    """To make a world can take longer than its episodes: PyBullet loads its robots."""

    class Counted:
        spec, summary, needs = SPEC, "for tests", ()
        worlds = 0

        def world(self) -> World:
            Counted.worlds += 1
            return SwingUp().world()

    rng, task = np.random.default_rng(2), Counted()
    networks = [random_network(rng, inputs=5, hidden=3, outputs=1) for _ in range(3)]
    together = rollouts_of(networks, task, (1.0, -0.5), [3, 4])
    assert Counted.worlds == 1
    for network, found in zip(networks, together, strict=True):
        assert_same(found, rollouts(network, task, (1.0, -0.5), [3, 4]))
    assert rollouts_of([], task, (1.0,), [1]) == []
    assert Counted.worlds == 1 + 3
