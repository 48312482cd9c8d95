"""Evaluation: the returns and scores of networks on tasks, and the one loop over episodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np

from wann_edge.errors import TaskError
from wann_edge.kernel import Floats
from wann_edge.kernel.arithmetic import ieee_arithmetic
from wann_edge.kernel.stepwise_program import StepwiseProgram
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
from wann_edge.task.held import WatchedWorld, judged_by
from wann_edge.task.open_world import opened

# The weights of rollouts: shared weights, each run with every episode; or a rule that takes a
# network without dead nodes and the number of episodes. The rule returns float32
# [weights, episodes], a shared weight for each rollout, or [weights, episodes, edges], a weight for
# each connection.
Weights = Sequence[float] | Callable[[Network, int], Floats]

# Episodes that are run again to find out whether a task depends on its seed alone.
_REPEATED = 10

# The shared weights of the paper's fitness (Gaier & Ha 2019, section 3).
PAPER_WEIGHTS = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class WeightScore:
    """The returns of one shared weight over all episodes.

    Attributes:
        weight: the shared weight.
        mean: the mean return.
        sd: the sample standard deviation of the returns; 0 for one episode.
    """

    weight: float
    mean: float
    sd: float


@dataclass(frozen=True)
class Scores:
    """The scores of a network.

    Attributes:
        per_weight: one for each shared weight.
        episodes: episodes for each weight.
    """

    per_weight: tuple[WeightScore, ...]
    episodes: int

    @property
    def mean_of_weights(self) -> float:
        """The mean, over the weights, of the mean return."""
        return sum(score.mean for score in self.per_weight) / len(self.per_weight)

    @property
    def best(self) -> WeightScore:
        """The weight with the highest mean return."""
        return max(self.per_weight, key=lambda score: score.mean)


class ForwardPolicy:
    """A policy made from a function of observations [1, inputs] and shared weights [1]."""

    def __init__(self, forward: Callable[[Floats, Floats], Floats], weight: float) -> None:
        self._forward = forward
        self._weight = np.array([weight], np.float32)

    def act(self, observation: Floats) -> Floats:
        """Return the action, float32 [outputs], for an observation, float32 [inputs]."""
        action: Floats = self._forward(observation[np.newaxis], self._weight)[0]
        return action


class KernelPolicy(StepwiseProgram):
    """A network in the kernel, with its shared weight or another one."""

    def __init__(self, network: Network, weight: float | None = None) -> None:
        super().__init__(network.program, network.shared_weight if weight is None else weight)


def episode_seeds(seed: int, episodes: int) -> list[int]:
    """Return the seeds of fresh episodes; more episodes continue the same list."""
    return [drawn_seeds(1, seed, Use.FRESH_EPISODES, index)[0] for index in range(episodes)]


def check_repeats(
    network: Network,
    task: Task,
    seeds: Sequence[int],
    returns: Floats,
    weight: float | None = None,
) -> None:
    """Run the first ten episodes of the kernel twice more and compare their returns.

    A verdict on an artefact that is compared with the kernel in episodes holds only then.

    Args:
        network: the network that the kernel runs.
        task: of the episodes.
        seeds: one for each episode.
        returns: float32 [episodes]: the kernel's returns so far.
        weight: the shared weight; None for the network's own.

    Raises:
        TaskError: an episode has another return, so the task does not depend on its seed alone.
    """
    policy, world = KernelPolicy(network, weight), task.world()
    known = [*zip(seeds, returns.tolist(), strict=True)]
    for seed, first in known[:_REPEATED]:
        for _ in range(2):
            again = float(run_episode(policy, world, seed, task.spec.max_steps)[0])
            if again != first and not np.isnan([again, first]).all():
                raise TaskError(
                    f"the episode of seed {seed} gives a reward of {first:.6g}, and then "
                    f"{again:.6g}, with the kernel both times",
                    where=task.spec.name,
                    remedy="make the environment depend on the seed of reset() alone",
                )


@ieee_arithmetic()
def run_episode(policy: Policy, world: World, seed: int, max_steps: int) -> tuple[np.float32, int]:
    """Run an episode, in IEEE arithmetic.

    Args:
        policy: sets the actions.
        world: the world to reset and step.
        seed: determines the start of the episode.
        max_steps: the longest episode, in steps.

    Returns:
        The return, summed in float32 and in step order as in the kernel, and the length in steps.
    """
    observation = world.reset(seed)
    total = np.float32(0)
    for step in range(1, max_steps + 1):
        action = policy.act(observation)
        observation, reward, over = world.step(action)
        total = np.float32(total + reward)
        if over:
            return total, step
    return total, max_steps


def rollouts(network: Network, task: Task, weights: Weights, seeds: Sequence[int]) -> Rollouts:
    """Run a network with every shared weight, or row of drawn weights, on every episode.

    Args:
        network: the network.
        task: the task.
        weights: shared weights, or a rule that draws weights.
        seeds: the episodes.

    Raises:
        TaskError: the network does not fit the task.
    """
    check_fit(network, task.spec)
    return _rollouts(network, task, weights, seeds, None)


def rollouts_of(
    networks: Sequence[Network], task: Task, weights: Weights, seeds: Sequence[int]
) -> list[Rollouts]:
    """Return the rollouts of each network. Raises TaskError when one does not fit the task."""
    for network in networks:
        check_fit(network, task.spec)
    if takes_many(task) and not callable(weights):
        return task.rollouts_of(networks, weights, seeds)
    # One world for all networks: making one can take longer than its episodes.
    steps_alone = not (is_batch(task) or takes_draws(task))
    with _episodes(task) if networks and steps_alone else nullcontext() as run:
        return [_rollouts(network, task, weights, seeds, run) for network in networks]


def _rollouts(
    network: Network, task: Task, weights: Weights, seeds: Sequence[int], run: _RunEpisode | None
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
    run: _RunEpisode | None = None,
) -> Rollouts:
    """Run rollouts that each have their own weights, on any task.

    Args:
        network: the network, without dead nodes.
        task: the task.
        weights: float32 [weights, episodes] or [weights, episodes, edges].
        seeds: the episodes.
        run: runs an episode; None for a new world, or for batches of the task.
    """
    if takes_draws(task):
        return task.drawn_rollouts(network, weights, seeds)
    shape = weights.shape[:2]
    result = Rollouts(np.empty(shape, np.float32), np.empty(shape, np.int32))
    held = np.zeros(shape, np.int32)
    with nullcontext(run) if run is not None else _single_episodes(task) as one:
        for place in np.ndindex(shape):
            own = weights[place].tolist()
            shared = own if weights.ndim == 2 else 1.0
            runs = network if weights.ndim == 2 else with_single_weights(network, own)
            found = one(runs, shared, seeds[place[1]])
            result.returns[place], result.steps[place], held[place] = found
    return result._replace(held=held) if judged_by(task) else result


# From a network, its shared weight and a seed to the return, the steps, and whether it is held.
_RunEpisode = Callable[[Network, float, int], tuple[float, int, bool]]


def _single_episodes(task: Task) -> AbstractContextManager[_RunEpisode]:
    return nullcontext(_batches_of_one(task)) if is_batch(task) else _episodes(task)


@contextmanager
def _episodes(task: Task) -> Iterator[_RunEpisode]:
    with opened(WatchedWorld(task.world(), judged_by(task))) as world:

        def run(network: Network, weight: float, seed: int) -> tuple[float, int, bool]:
            policy = KernelPolicy(network, weight)
            total, steps = run_episode(policy, world, seed, task.spec.max_steps)
            return float(total), steps, world.held

        yield run


def _batches_of_one(task: BatchTask) -> _RunEpisode:
    def run(network: Network, weight: float, seed: int) -> tuple[float, int, bool]:
        one = task.rollouts(network, (weight,), (seed,))
        return one.returns.item(), one.steps.item(), one.held is not None and bool(one.held.item())

    return run


def score(
    network: Network, task: Task, weights: Sequence[float], episodes: int, seed: int
) -> Scores:
    """Score a network on fresh episodes of the task whose scores count.

    Args:
        network: the network.
        task: the task.
        weights: the shared weights, all on the same episodes.
        episodes: how many episodes.
        seed: the seed of the episodes.

    Raises:
        TaskError: the network does not fit the task.
    """
    returns = rollouts(network, final_task(task), weights, episode_seeds(seed, episodes)).returns
    return scores_of(returns, weights)


def scores_of(returns: Floats, weights: Sequence[float]) -> Scores:
    """Return the means and standard deviations of returns [weights, episodes]."""
    exact = returns.astype(np.float64)
    means = exact.mean(axis=1)
    sds = exact.std(axis=1, ddof=1) if exact.shape[1] > 1 else np.zeros(len(means))
    rows = zip(weights, means, sds, strict=True)
    return Scores(
        tuple(WeightScore(float32(w), float(mean), float(sd)) for w, mean, sd in rows),
        exact.shape[1],
    )
