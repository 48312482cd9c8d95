"""The four columns of the paper's table: what a topology is worth, by how its weights are set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.evaluate import episode_seeds, rollouts, scores_of
from wann_edge.kernel import Floats
from wann_edge.network import Network, with_single_weights
from wann_edge.task import Task, final_task
from wann_edge.tune.one_network import OnTrial, tune

MODES = ("random-weights", "random-shared", "tuned-shared", "tuned-weights")

# The range of random weights in the paper (Gaier & Ha 2019, section 4).
LOW, HIGH = -2.0, 2.0

# A use of a seed, apart from those of tune.py; part of what it means.
_DRAWS = 3


@dataclass(frozen=True)
class ModeScore:
    """Returns over fresh episodes in one mode: mean and sample standard deviation.

    network: the tuned network, or None where each episode drew its weights.
    """

    mode: str
    mean: float
    sd: float
    episodes: int
    seed: int
    network: Network | None

    def to_document(self) -> dict[str, object]:
        """All but the network, for JSON."""
        names = ("mode", "mean", "sd", "episodes", "seed")
        return {name: getattr(self, name) for name in names}


def draw_weights(rng: np.random.Generator, episodes: int, count: int) -> Floats:
    """Uniform weights [episodes, count], float32, in -2..2: a row an episode."""
    return rng.uniform(LOW, HIGH, (episodes, count)).astype(np.float32)


def score_mode(
    network: Network,
    task: Task,
    mode: str,
    episodes: int,
    seed: int,
    on_trial: OnTrial | None = None,
    time_limit_s: float | None = None,
) -> ModeScore:
    """Returns of a topology over the episodes that ``score`` takes; weights it has are set aside.

    "random-weights": each episode draws a weight an edge. "random-shared": each draws
    one shared weight. "tuned-shared", "tuned-weights": ``tune`` sets them on training
    episodes, within its usual number of evaluations, or ``time_limit_s``, or until Ctrl-C.

    Raises SettingsError on an unknown mode, TaskError when the network does not fit.
    """
    if mode not in MODES:
        raise SettingsError(f"unknown mode {mode!r}", remedy=f"use one of {', '.join(MODES)}")
    way, _, what = mode.partition("-")
    seeds, tuned = episode_seeds(seed, episodes), None
    if way == "tuned":
        tuned = tune(
            network, task, what, seed=seed, time_limit_s=time_limit_s, on_trial=on_trial
        ).network
        returns = rollouts(tuned, final_task(task), (tuned.shared_weight,), seeds).returns
    else:
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_DRAWS,)))
        returns = _drawn(replace(network, weights=None), final_task(task), what, seeds, rng)
    found = scores_of(returns, (1.0,)).best
    return ModeScore(mode, found.mean, found.sd, episodes, seed, tuned)


def _drawn(
    network: Network, task: Task, what: str, seeds: Sequence[int], rng: np.random.Generator
) -> Floats:
    """Returns [1, episodes]: each episode with weights of its own."""
    if what == "shared":
        drawn = draw_weights(rng, len(seeds), 1).tolist()
        runs = [(network, weights) for weights in drawn]
    else:
        drawn = draw_weights(rng, len(seeds), len(network.edges)).tolist()
        runs = [(with_single_weights(network, weights), (1.0,)) for weights in drawn]
    returns = [
        rollouts(candidate, task, weights, [seed]).returns
        for (candidate, weights), seed in zip(runs, seeds, strict=True)
    ]
    return np.concatenate(returns, axis=1)
