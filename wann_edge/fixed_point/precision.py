"""Measure what fixed point costs a network: its reward compared with that in floats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wann_edge.confidence import DEVIATIONS
from wann_edge.errors import NetworkError, SettingsError
from wann_edge.evaluate import check_repeats, episode_seeds, rollouts
from wann_edge.fixed_point.ranges import drawn_observations, measured_ranges
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork, quantise
from wann_edge.network.number_formats import WORDS
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task

# The values of --dtype: floats, a word size, or the narrowest word size that is good enough.
DTYPES = ("float", *WORDS, "auto")
# The largest share of the reward that fixed point may cost by default.
MAX_LOSS = 0.02


@dataclass(frozen=True)
class Precision:
    """The comparison of a network in fixed point with the same network in floats.

    Attributes:
        dtype: "q15" or "q31".
        loss: the lost share of the mean reward, over the same episodes. Without a task, the
            mean difference of actions as a share of their range (of 1 if unbounded), over
            inputs within their declared bounds.
        max_loss: the largest loss that is good enough.
        episodes: number of episodes compared; 0 without a task.
        float_reward: mean return in floats; None without a task.
        fixed_reward: mean return in fixed point; None without a task.
        difference: mean of fixed minus float return over the episodes; None without a task.
        interval: 95 % confidence interval of the difference; None without a task.
    """

    dtype: str
    loss: float
    max_loss: float
    episodes: int = 0
    float_reward: float | None = None
    fixed_reward: float | None = None
    difference: float | None = None
    interval: tuple[float, float] | None = None

    @property
    def ok(self) -> bool:
        """Whether the loss is at most ``max_loss``."""
        return self.loss <= self.max_loss


def in_fixed_point(
    network: Network,
    dtype: str,
    task: Task | None,
    *,
    episodes: int = 100,
    seed: int = 0,
    max_loss: float = MAX_LOSS,
) -> tuple[FixedNetwork, Precision]:
    """Return the network in fixed point, and what that costs.

    The number formats come from other episodes than those that are compared.

    Args:
        network: a network in floats.
        dtype: "q15", "q31", or "auto" for the narrowest that loses at most ``max_loss``; if
            none does, the widest.
        task: the task for episodes; None to compare actions over drawn inputs.
        episodes: number of episodes to compare; default 100.
        seed: the episodes derive from it; default 0.
        max_loss: the largest share of the reward that may be lost; default 0.02.

    Raises:
        SettingsError: the dtype is unknown.
        NetworkError: numbers are too large for the words.
        TaskError: the network does not fit the task.
    """
    if dtype not in DTYPES[1:]:
        raise SettingsError(
            f"unknown dtype {dtype!r}",
            where="--dtype",
            remedy=f"use one of {', '.join(DTYPES)}",
        )
    ranges = measured_ranges(network, task)
    names = list(WORDS) if dtype == "auto" else [dtype]
    for name in names[:-1]:
        try:
            fixed = quantise(network, ranges, name)
        except NetworkError:
            continue
        found = compare(network, fixed, task, episodes, seed, max_loss)
        if found.ok:
            return fixed, found
    fixed = quantise(network, ranges, names[-1])
    return fixed, compare(network, fixed, task, episodes, seed, max_loss)


def compare(
    network: Network,
    fixed: FixedNetwork,
    task: Task | None,
    episodes: int,
    seed: int,
    max_loss: float,
    weight: float | None = None,
) -> Precision:
    """Compare a network in floats and in fixed point over the same episodes.

    Args:
        network: the network in floats.
        fixed: the same network in fixed point.
        task: the task for episodes; None to compare actions over drawn inputs.
        episodes: number of episodes.
        seed: the episodes, or the inputs, derive from it.
        max_loss: the largest loss that is good enough.
        weight: a shared weight for the episodes; None for the network's own.

    Raises:
        TaskError: the task gives other rewards for the same seeds, so nothing can be compared.
    """
    if task is None:
        return Precision(
            dtype=fixed.dtype, loss=_action_loss(network, fixed, seed), max_loss=max_loss
        )
    weights = [network.shared_weight if weight is None else weight]
    seeds = episode_seeds(seed, episodes)
    ours = rollouts(network, task, weights, seeds).returns[0].astype(np.float64)
    theirs = rollouts(fixed, task, weights, seeds).returns[0].astype(np.float64)
    change = theirs - ours
    mean = float(change.mean())
    loss = _share(-mean, abs(float(ours.mean())))
    if loss > max_loss:
        check_repeats(network, task, seeds, ours, weights[0])
    width = DEVIATIONS * float(change.std(ddof=1)) / episodes**0.5 if episodes > 1 else np.inf
    return Precision(
        dtype=fixed.dtype,
        loss=loss,
        max_loss=max_loss,
        episodes=episodes,
        float_reward=float(ours.mean()),
        fixed_reward=float(theirs.mean()),
        difference=mean,
        interval=(mean - width, mean + width),
    )


def _share(lost: float, whole: float) -> float:
    if whole > 0:
        return lost / whole
    return 1.0 if lost > 0 else 0.0


def _action_loss(network: Network, fixed: FixedNetwork, seed: int) -> float:
    """Return the mean difference of actions as a share of their range."""
    seen = drawn_observations(network, generator(seed, Use.PRECISION_INPUTS))
    weights = np.full(len(seen), network.shared_weight, np.float32)
    ours, theirs = network.program.forward(seen, weights), fixed.program.forward(seen, weights)
    span = np.array([output.high - output.low for output in network.outputs])
    span = np.where(np.isfinite(span) & (span > 0), span, 1.0)
    return float(np.mean(np.abs(theirs.astype(np.float64) - ours) / span))
