"""Fresh episodes of a network: their rewards, which are held, and the worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from wann_edge.confidence import wilson
from wann_edge.evaluate import Scores, episode_seeds, rollouts, scores_of
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.task import Task, final_task, is_batch
from wann_edge.task.held import Flags, Held, held_episodes, held_rule, judging

# With 100 episodes that are all held, the 95 % interval begins at 96 %; with 20, at 84 %.
EPISODES, STEPWISE_EPISODES = 100, 20


def usual_episodes(task: Task) -> int:
    """Return how many fresh episodes a summary runs; fewer where they run step by step."""
    return EPISODES if is_batch(final_task(task)) else STEPWISE_EPISODES


class HeldShare(NamedTuple):
    """How many episodes are held.

    Attributes:
        held: the episodes that are held.
        episodes: all episodes.
    """

    held: int
    episodes: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return wilson(self.held, self.episodes)

    def __str__(self) -> str:
        """Return, for example, "97 of 100 (92-99 %)"."""
        low, high = self.interval
        return f"{self.held} of {self.episodes} ({100 * low:.0f}-{100 * high:.0f} %)"


@dataclass(frozen=True)
class Fresh:
    """The fresh episodes of a network with one weight.

    Attributes:
        returns: float32 [episodes].
        seeds: one for each episode.
        held: bool [episodes], which are held; None where the task has no rule.
    """

    returns: Floats
    seeds: Sequence[int]
    held: Flags | None

    @property
    def mean(self) -> float:
        """The mean return."""
        return float(self.returns.mean(dtype=np.float64))

    @property
    def sd(self) -> float:
        """The sample standard deviation of the returns; 0 for one episode."""
        exact = self.returns.astype(np.float64)
        return float(exact.std(ddof=1)) if len(exact) > 1 else 0.0

    @property
    def worst_twentieth(self) -> float:
        """The mean of the least twentieth of the returns, of one return or more."""
        count = max(1, len(self.returns) // 20)
        return float(np.sort(self.returns)[:count].mean(dtype=np.float64))

    @property
    def worst_seed(self) -> int:
        """The seed of the episode with the least return."""
        return self.seeds[int(np.argmin(self.returns))]

    @property
    def held_share(self) -> HeldShare | None:
        """How many episodes are held; None where the task has no rule."""
        return None if self.held is None else HeldShare(int(self.held.sum()), len(self.held))


def fresh_episodes(
    network: Network,
    task: Task,
    weights: Sequence[float],
    episodes: int,
    seed: int,
    rule: Held | None = None,
) -> list[Fresh]:
    """Run each shared weight on the same fresh episodes of the task whose scores count.

    Args:
        network: the network.
        task: the task.
        weights: the shared weights.
        episodes: how many episodes.
        seed: the seed of the episodes.
        rule: when an episode is held; None for the task's own rule.

    Raises:
        TaskError: the network does not fit the task.
    """
    judge, seeds = judging(final_task(task)), episode_seeds(seed, episodes)
    found = rollouts(network, judge, weights, seeds)
    held = held_episodes(rule or held_rule(judge), found)
    return [
        Fresh(returns, seeds, None if held is None else held[row])
        for row, returns in enumerate(found.returns)
    ]


def scores_of_fresh(found: Sequence[Fresh], weights: Sequence[float]) -> Scores:
    """Return the scores of the weights from their episodes."""
    return scores_of(np.array([one.returns for one in found]), weights)
