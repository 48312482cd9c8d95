"""Network x shared weights x task -> scores; and the one loop over an episode's steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.network import Network, float32, with_single_weights
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task import (
    BatchTask,
    Policy,
    Rollouts,
    Task,
    World,
    check_fit,
    final_task,
    is_batch,
    takes_draws,
    takes_many,
)

# What the rollouts of a network run with: shared weights, each with every episode; or a
# rule that a network without dead nodes and the number of episodes are given to. It gives
# float32 [weights, episodes], a shared weight a rollout, or [weights, episodes, edges], a
# weight a connection.
Weights = Sequence[float] | Callable[[Network, int], Floats]

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
    return [drawn_seeds(1, seed, Use.FRESH_EPISODES, index)[0] for index in range(episodes)]


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


def rollouts(network: Network, task: Task, weights: Weights, seeds: Sequence[int]) -> Rollouts:
    """Every shared weight, or row of drawn weights, with the episode of every seed.

    Raises TaskError when the network does not fit the task.
    """
    check_fit(network, task.spec)
    return _rollouts(network, task, weights, seeds, None)


def rollouts_of(
    networks: Sequence[Network], task: Task, weights: Weights, seeds: Sequence[int]
) -> list[Rollouts]:
    """The rollouts of each network. Raises TaskError when one does not fit the task."""
    for network in networks:
        check_fit(network, task.spec)
    if takes_many(task) and not callable(weights):
        return task.rollouts_of(networks, weights, seeds)
    # One world serves all: to make one can take longer than its episodes.
    steps_alone = not (is_batch(task) or takes_draws(task))
    run = _episodes(task) if networks and steps_alone else None
    return [_rollouts(network, task, weights, seeds, run) for network in networks]


def _rollouts(
    network: Network, task: Task, weights: Weights, seeds: Sequence[int], run: _Run | None
) -> Rollouts:
    if callable(weights):
        alive = network.without_dead_nodes()
        return drawn_rollouts(alive, task, weights(alive, len(seeds)), seeds, run)
    if is_batch(task):
        return task.rollouts(network, weights, seeds)
    rows = np.array(weights, np.float32)[:, np.newaxis]
    return drawn_rollouts(network, task, np.repeat(rows, len(seeds), axis=1), seeds, run)


def drawn_rollouts(
    network: Network,
    task: Task,
    weights: Floats,
    seeds: Sequence[int],
    run: _Run | None = None,
) -> Rollouts:
    """Rollouts with weights of their own, as ``DrawTask`` says; of any task.

    run: what runs an episode, if not a new world or batches of the task.
    """
    if takes_draws(task):
        return task.drawn_rollouts(network, weights, seeds)
    shape = weights.shape[:2]
    result = Rollouts(np.empty(shape, np.float32), np.empty(shape, np.int32))
    if run is None:
        run = _batches_of_one(task) if is_batch(task) else _episodes(task)
    for place in np.ndindex(shape):
        own = weights[place].tolist()
        shared = own if weights.ndim == 2 else 1.0
        runs = network if weights.ndim == 2 else with_single_weights(network, own)
        result.returns[place], result.steps[place] = run(runs, shared, seeds[place[1]])
    return result


# A network, its shared weight and a seed -> the return and the length in steps.
_Run = Callable[[Network, float, int], tuple[float, int]]


def _episodes(task: Task) -> _Run:
    world = task.world()

    def run(network: Network, weight: float, seed: int) -> tuple[float, int]:
        policy = KernelPolicy(network, weight)
        total, steps = run_episode(policy, world, seed, task.spec.max_steps)
        return float(total), steps

    return run


def _batches_of_one(task: BatchTask) -> _Run:
    def run(network: Network, weight: float, seed: int) -> tuple[float, int]:
        one = task.rollouts(network, (weight,), (seed,))
        return one.returns.item(), one.steps.item()

    return run


def score(
    network: Network, task: Task, weights: Sequence[float], episodes: int, seed: int
) -> Scores:
    """Returns for each shared weight over the same episodes, of the task whose scores count.

    Raises TaskError when the network does not fit the task.
    """
    returns = rollouts(network, final_task(task), weights, episode_seeds(seed, episodes)).returns
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
