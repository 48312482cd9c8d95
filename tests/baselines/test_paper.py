"""The paper's four modes: what is drawn, from which seed, and on which episodes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from helpers.networks import random_network
from helpers.peak import Peak
from wann_edge.baselines.paper import MODES, draw_weights, score_mode
from wann_edge.errors import SettingsError
from wann_edge.evaluate import episode_seeds
from wann_edge.network import Network
from wann_edge.sims.swingup import SPEC, SwingUp

TASK = SwingUp()


@pytest.fixture
def network() -> Network:
    made = random_network(np.random.default_rng(3), inputs=5, hidden=3, outputs=1)
    return Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, provenance={"a": 1})


def test_random_weights_are_uniform_from_minus_2_to_2() -> None:
    """Kolmogorov-Smirnov, with a seed that does not change: p is no matter of luck."""
    drawn = draw_weights(np.random.default_rng(0), 100, 50)
    assert drawn.shape == (100, 50)
    assert drawn.dtype == np.float32
    assert stats.kstest(drawn.ravel(), stats.uniform(-2, 4).cdf).pvalue > 0.01
    assert len(np.unique(drawn)) > 4900


@pytest.mark.parametrize(("mode", "each"), [("random-shared", 1), ("random-weights", None)])
def test_each_episode_draws_anew(network: Network, mode: str, each: int | None) -> None:
    task = Peak(0.0)
    found = score_mode(network, task, mode, 40, 3)
    drawn, seeds = zip(*task.seen, strict=True)
    assert {len(weights) for weights in drawn} == {each or len(network.edges)}
    assert len(set(drawn)) == 40
    assert [seed for (seed,) in seeds] == episode_seeds(3, 40)
    returns = [10 - np.linalg.norm(np.array(weights)) for weights in drawn]
    # float32 returns of about 10, summed in float64: a relative 6e-8 each.
    assert (found.mean, found.sd) == pytest.approx(
        (np.mean(returns), np.std(returns, ddof=1)), rel=1e-6
    )
    assert found.network is None


def test_modes_depend_on_their_seed_only(network: Network) -> None:
    for mode in MODES[:3]:
        assert score_mode(network, TASK, mode, 10, 1) == score_mode(network, TASK, mode, 10, 1)
        assert score_mode(network, TASK, mode, 10, 1) != score_mode(network, TASK, mode, 10, 2)


def test_an_unknown_mode_is_refused(network: Network) -> None:
    with pytest.raises(SettingsError, match="unknown mode 'tuned'"):
        score_mode(network, TASK, "tuned", 1, 0)
