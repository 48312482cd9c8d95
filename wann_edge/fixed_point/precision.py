"""What fixed point costs a network: its reward in its task, beside that in floats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wann_edge.confidence import DEVIATIONS
from wann_edge.errors import NetworkError, SettingsError
from wann_edge.evaluate import episode_seeds, rollouts
from wann_edge.fixed_point.ranges import drawn_observations, measured_ranges
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork, quantise
from wann_edge.network.number_formats import WORDS
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task

# As users choose it: floats, a word size, or the narrowest that is good enough.
DTYPES = ("float", *WORDS, "auto")
# The share of the reward that fixed point may cost.
MAX_LOSS = 0.02


@dataclass(frozen=True)
class Precision:
    """A network in fixed point beside the same in floats, with its own shared weight.

    loss: the share of the mean reward in floats that is lost, over the same episodes;
    without a task, the mean difference of actions as a share of their range (of 1 where
    one is unbounded), over inputs within their declared bounds. difference, interval:
    of the mean rewards, fixed minus float, and its 95 % confidence interval, from the
    differences of the episodes; absent without a task.
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
        """Whether no more is lost than may be."""
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
    """The network in words of "q15" or "q31", and what that costs.

    "auto" is the narrowest that costs no more than max_loss; where none does, the
    widest. Formats come from episodes of their own, not from those that are compared.
    Raises SettingsError on another dtype, NetworkError where numbers are too large for the
    words, TaskError where the network does not fit the task.
    """
    if dtype not in DTYPES[1:]:
        raise SettingsError(
            f"{dtype!r} is no type of numbers",
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
    """Both networks over the same episodes; over drawn inputs where there is no task.

    weight: a shared weight other than the network's own, for a task.
    """
    if task is None:
        return Precision(fixed.dtype, _action_loss(network, fixed, seed), max_loss)
    weights = [network.shared_weight if weight is None else weight]
    seeds = episode_seeds(seed, episodes)
    ours = rollouts(network, task, weights, seeds).returns[0].astype(np.float64)
    theirs = rollouts(fixed, task, weights, seeds).returns[0].astype(np.float64)
    change = theirs - ours
    mean = float(change.mean())
    width = DEVIATIONS * float(change.std(ddof=1)) / episodes**0.5 if episodes > 1 else np.inf
    return Precision(
        fixed.dtype,
        loss=_share(-mean, abs(float(ours.mean()))),
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
    """The mean difference of actions as a share of their range."""
    seen = drawn_observations(network, generator(seed, Use.PRECISION_INPUTS))
    weights = np.full(len(seen), network.shared_weight, np.float32)
    ours, theirs = network.program.forward(seen, weights), fixed.program.forward(seen, weights)
    span = np.array([output.high - output.low for output in network.outputs])
    span = np.where(np.isfinite(span) & (span > 0), span, 1.0)
    return float(np.mean(np.abs(theirs.astype(np.float64) - ours) / span))
