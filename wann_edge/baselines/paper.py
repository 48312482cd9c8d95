"""The paper's four modes: how a topology scores by the way its weights are set; and its figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.evaluate import episode_seeds, rollouts, scores_of
from wann_edge.kernel import Floats
from wann_edge.network import Network, with_single_weights
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task, final_task
from wann_edge.tune.core import OnTuningProgress
from wann_edge.tune.one_network import tune

MODES = ("random-weights", "random-shared", "tuned-shared", "tuned-weights")

# Mean and standard deviation over 100 episodes in each of MODES (Gaier & Ha 2019, table 1), of
# the searched network and of a fixed topology.
PAPER_WANN = {"swingup": ((57, 121), (515, 58), (723, 16), (932, 6))}
PAPER_FIXED = {"swingup": ((21, 43), (7, 2), (8, 1), (918, 7))}

# The range of random weights in the paper (Gaier & Ha 2019, section 4).
LOW, HIGH = -2.0, 2.0


@dataclass(frozen=True)
class ModeScore:
    """Returns over fresh episodes in one mode.

    Attributes:
        mode: one of MODES.
        mean: the mean return.
        sd: the sample standard deviation of the returns.
        episodes: how many episodes.
        seed: the seed of the episodes, the random weights and the tuning.
        network: the tuned network, or None where each episode drew its weights.
    """

    mode: str
    mean: float
    sd: float
    episodes: int
    seed: int
    network: Network | None

    def to_document(self) -> dict[str, object]:
        """Return everything but the network, for JSON."""
        names = ("mode", "mean", "sd", "episodes", "seed")
        return {name: getattr(self, name) for name in names}


def draw_weights(rng: np.random.Generator, episodes: int, count: int) -> Floats:
    """Return uniform weights in -2..2, float32 [episodes, count]."""
    return rng.uniform(LOW, HIGH, (episodes, count)).astype(np.float32)


def score_mode(
    network: Network,
    task: Task,
    mode: str,
    episodes: int,
    seed: int,
    on_progress: OnTuningProgress | None = None,
    time_limit_s: float | None = None,
) -> ModeScore:
    """Score a topology in one of the paper's modes, over the episodes that ``score`` runs.

    Args:
        network: the topology; existing weights are ignored.
        task: the task.
        mode: "random-weights" draws a weight for each connection and episode, "random-shared"
            one shared weight for each episode; "tuned-shared" and "tuned-weights" tune the
            weights on training episodes first.
        episodes: how many fresh episodes.
        seed: every random number derives from it.
        on_progress: called while tuning.
        time_limit_s: stop tuning after this many seconds; None for the usual number of
            evaluations.

    Raises:
        SettingsError: the mode is unknown.
        TaskError: the network does not fit the task.
    """
    if mode not in MODES:
        raise SettingsError(
            f"unknown mode {mode!r}", where="mode", remedy=f"use one of {', '.join(MODES)}"
        )
    way, _, what = mode.partition("-")
    seeds, tuned = episode_seeds(seed, episodes), None
    if way == "tuned":
        tuned = tune(
            network, task, what, seed=seed, time_limit_s=time_limit_s, on_progress=on_progress
        ).network
        returns = rollouts(tuned, final_task(task), (tuned.shared_weight,), seeds).returns
    else:
        rng = generator(seed, Use.MODE_WEIGHTS)
        returns = _drawn(replace(network, weights=None), final_task(task), what, seeds, rng)
    found = scores_of(returns, (1.0,)).best
    return ModeScore(
        mode=mode, mean=found.mean, sd=found.sd, episodes=episodes, seed=seed, network=tuned
    )


def _drawn(
    network: Network, task: Task, what: str, seeds: Sequence[int], rng: np.random.Generator
) -> Floats:
    """Return the returns [1, episodes] with new weights in each episode."""
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
