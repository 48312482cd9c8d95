"""Network x shared weights x task -> scores; and the one loop over an episode's steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.network import Network, float32
from wann_edge.task import Policy, Rollouts, Task, World, check_fit, is_batch

# The shared weights of the paper's fitness (Gaier & Ha 2019, section 3).
PAPER_WEIGHTS = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class WeightScore:
    """Returns of one shared weight over all episodes: mean and sample standard deviation."""

    weight: float
    mean: float
    sd: float


@dataclass(frozen=True)
class Scores:
    """Returns for each shared weight, and the mean of their means."""

    per_weight: tuple[WeightScore, ...]
    episodes: int

    @property
    def mean_of_weights(self) -> float:
        """The mean over the weights of the mean return."""
        return sum(score.mean for score in self.per_weight) / len(self.per_weight)

    @property
    def best(self) -> WeightScore:
        """The weight with the highest mean return."""
        return max(self.per_weight, key=lambda score: score.mean)


class ForwardPolicy:
    """Anything that maps a batch of observations and shared weights to actions, as a policy."""

    def __init__(self, forward: Callable[[Floats, Floats], Floats], weight: float) -> None:
        self._forward = forward
        self._weight = np.array([weight], np.float32)

    def act(self, observation: Floats) -> Floats:
        """The action float32 [outputs] for an observation float32 [inputs]."""
        action: Floats = self._forward(observation[np.newaxis], self._weight)[0]
        return action


class KernelPolicy(ForwardPolicy):
    """The network in the kernel, with its own shared weight or another."""

    def __init__(self, network: Network, weight: float | None = None) -> None:
        super().__init__(
            network.program.forward, network.shared_weight if weight is None else weight
        )


def episode_seeds(seed: int, episodes: int) -> list[int]:
    """The seeds of a run's episodes: the same for the same ``seed``, whatever their number."""
    return [
        int(np.random.SeedSequence([seed, index]).generate_state(1)[0]) for index in range(episodes)
    ]


def run_episode(policy: Policy, world: World, seed: int, max_steps: int) -> tuple[np.float32, int]:
    """The return and length in steps of one episode.

    Rewards are summed in float32 and in step order, as the kernel sums them.
    """
    observation = world.reset(seed)
    total = np.float32(0)
    for step in range(1, max_steps + 1):
        observation, reward, over = world.step(policy.act(observation))
        total = np.float32(total + reward)
        if over:
            return total, step
    return total, max_steps


def rollouts(
    network: Network, task: Task, weights: Sequence[float], seeds: Sequence[int]
) -> Rollouts:
    """Every shared weight with the episode of every seed.

    Raises TaskError when the network does not fit the task.
    """
    check_fit(network, task.spec)
    if is_batch(task):
        return task.rollouts(network, weights, seeds)
    world, shape = task.world(), (len(weights), len(seeds))
    result = Rollouts(np.empty(shape, np.float32), np.empty(shape, np.int32))
    for w, weight in enumerate(weights):
        policy = KernelPolicy(network, weight)
        for e, seed in enumerate(seeds):
            result.returns[w, e], result.steps[w, e] = run_episode(
                policy, world, seed, task.spec.max_steps
            )
    return result


def score(
    network: Network, task: Task, weights: Sequence[float], episodes: int, seed: int
) -> Scores:
    """Returns for each shared weight over the same episodes.

    Raises TaskError when the network does not fit the task.
    """
    returns = rollouts(network, task, weights, episode_seeds(seed, episodes)).returns
    return scores_of(returns, weights)


def scores_of(returns: Floats, weights: Sequence[float]) -> Scores:
    """Means and standard deviations of returns [weights, episodes]."""
    exact = returns.astype(np.float64)
    means = exact.mean(axis=1)
    sds = exact.std(axis=1, ddof=1) if exact.shape[1] > 1 else np.zeros(len(means))
    rows = zip(weights, means, sds, strict=True)
    return Scores(
        tuple(WeightScore(float32(w), float(mean), float(sd)) for w, mean, sd in rows),
        exact.shape[1],
    )
