"""Pruning: removes connections of a tuned network, one by one, and tunes the others again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_edge.network import Network, with_single_weights
from wann_edge.parallel.engine import Engine
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task import Task, takes_many
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.tune.conditions import mean_returns
from wann_edge.tune.core import (
    Budget,
    CmaEsRun,
    Doubles,
    OnTuningProgress,
    Tuned,
    reason_of_end,
    result,
    run_generations,
    with_own_weights,
)

# Episodes on which candidates are compared under each condition: 24 fill the kernel's lanes.
EPISODES, STEPPED_EPISODES = 48, 8
# How many of the removals that cost least are tuned again, from their weights.
TUNED, FIRST_STEP, GENERATIONS = 3, 0.1, 15
# The share of the connections that one removal may take, while that costs nothing.
SHARE_AT_ONCE = 0.1

Means = NDArray[np.float64]


class Pruning(NamedTuple):
    """How to prune.

    Attributes:
        loss: the share of the reward that a smaller network may lose under each condition.
        disturbances: judge networks under these too, beside the plain task.
    """

    loss: float = 0.03
    disturbances: Disturbances = NONE


class Pruned(NamedTuple):
    """A network that pruning has reached.

    Attributes:
        network: with single weights and without dead nodes.
        means: float64 [conditions]: its mean returns on the episodes of the pruning.
        evaluations: candidates evaluated so far.
    """

    network: Network
    means: Means
    evaluations: int


class _Retuning(NamedTuple):
    network: Network
    disturbances: Disturbances
    seeds: Sequence[int]
    rng_seed: int
    generations: int


def prune(
    network: Network,
    engine: Engine,
    how: Pruning,
    *,
    seed: int,
) -> Iterator[Pruned]:
    """Remove connections while the reward stays, and yield each network that is reached.

    In each step every connection is removed in turn; the removals that cost least are tuned
    again by CMA-ES from the weights that are left, and the best of them is the next network. It
    goes on while each condition keeps its share of the reward. Large networks lose several
    connections at once. The same seed gives the same networks for any number of workers.

    Args:
        network: the network; a shared weight becomes single weights.
        engine: runs the episodes of its task in all its workers.
        how: how much reward a smaller network may lose, as a share of the size of the mean
            return of the network itself, and under which conditions.
        seed: every random number derives from it.

    Yields:
        The network itself, and then smaller and smaller ones.

    Raises:
        TaskError: the network does not fit the task.
    """
    return _Steps(engine, how, seed).run(with_own_weights(network.without_dead_nodes()))


def prune_within(
    network: Network,
    engine: Engine,
    how: Pruning,
    *,
    seed: int,
    evaluations: int | None = None,
    time_limit_s: float | None = None,
    on_progress: OnTuningProgress | None = None,
) -> Tuned:
    """Prune a network until no smaller one is good enough, or to a limit.

    Args:
        network: the network.
        engine: runs the episodes of its task in all its workers.
        how: how much reward may be lost, and under which conditions.
        seed: every random number derives from it.
        evaluations: stop after this many candidates; None for no limit.
        time_limit_s: stop after this many seconds; None for no limit.
        on_progress: called after each removal.

    Returns:
        The smallest network. Ctrl-C ends the pruning and returns the smallest one so far.

    Raises:
        TaskError: the network does not fit the task.
        KeyboardInterrupt: interrupted before the network itself was judged.
    """
    budget = Budget(evaluations, time_limit_s, on_progress)
    reached: list[Pruned] = []

    def work() -> None:
        for one in prune(network, engine, how, seed=seed):
            reached.append(one)
            budget.done = one.evaluations
            budget.report(float(one.means.mean()))
            budget.check()

    stopped = reason_of_end(work)
    if not reached:
        raise KeyboardInterrupt
    smallest = reached[-1]
    return result(
        smallest.network,
        float(smallest.means.mean()),
        stopped,
        what="pruned",
        seed=seed,
        evaluations=smallest.evaluations,
        episodes={"training_episodes": episodes_for(engine.task)},
        before=network.provenance,
    )


def episodes_for(task: Task) -> int:
    """Return the episodes of a candidate under each condition."""
    return EPISODES if takes_many(task) else STEPPED_EPISODES


def without_edges(network: Network, places: Sequence[int]) -> Network:
    """Return a network with single weights without some edges, and without the dead nodes."""
    assert network.weights is not None
    gone = {*places}
    kept = [place for place in range(len(network.edges)) if place not in gone]
    return replace(
        network,
        edges=tuple(network.edges[place] for place in kept),
        weights=tuple(network.weights[place] for place in kept),
    ).without_dead_nodes()


class _Steps:
    def __init__(self, engine: Engine, how: Pruning, seed: int) -> None:
        self._engine, self._seed, self._loss = engine, seed, how.loss
        self._disturbances = how.disturbances
        self._seeds = drawn_seeds(episodes_for(engine.task), seed, Use.PRUNING_EPISODES, 0)
        self._evaluations, self._steps = 0, 0

    def run(self, network: Network) -> Iterator[Pruned]:
        (means,) = self._means([network])
        least = means - self._loss * np.abs(means)
        yield Pruned(network, means, self._evaluations)
        while len(network.edges) > 1:
            found = self._smaller(network, least)
            if found is None:
                return
            network, means = found
            yield Pruned(network, means, self._evaluations)

    def _smaller(self, network: Network, least: Means) -> tuple[Network, Means] | None:
        """Return the best network with fewer connections that is good enough, or None."""
        edges = range(len(network.edges))
        singles = [without_edges(network, (edge,)) for edge in edges]
        margins = [float((means - least).min()) for means in self._means(singles)]
        order = sorted(edges, key=lambda edge: -margins[edge])
        several = order[: int(SHARE_AT_ONCE * len(edges))]
        tried = [] if len(several) < 2 else [without_edges(network, several)]
        for candidates in (tried, [singles[edge] for edge in order[:TUNED]]):
            fitting = self._tuned([one for one in candidates if one.edges], least)
            if fitting is not None:
                return fitting
        return None

    def _tuned(self, networks: Sequence[Network], least: Means) -> tuple[Network, Means] | None:
        """Tune each network from its weights; return the best that is good enough, or None."""
        if not networks:
            return None
        drawn = drawn_seeds(len(networks), self._seed, Use.PRUNING_RUNS, self._steps)
        self._steps += 1
        items = [
            _Retuning(
                network=network,
                disturbances=self._disturbances,
                seeds=self._seeds,
                rng_seed=rng_seed,
                generations=GENERATIONS,
            )
            for network, rng_seed in zip(networks, drawn, strict=True)
        ]
        done = self._engine.map(_retuned, items)
        self._evaluations += sum(evaluations for _, _, evaluations in done)
        best, means, _ = max(done, key=lambda one: float((one[1] - least).min()))
        return (best, means) if bool((means >= least).all()) else None

    def _means(self, networks: Sequence[Network]) -> list[Means]:
        """Return the mean returns of each network under each condition, in all workers."""
        self._evaluations += len(networks)
        stride = min(len(networks), self._engine.workers)
        chunks = [
            (networks[first::stride], self._disturbances, self._seeds) for first in range(stride)
        ]
        parts = self._engine.map(_means_of, chunks)
        return [parts[place % stride][place // stride] for place in range(len(networks))]


def _means_of(
    task: Task, chunk: tuple[Sequence[Network], Disturbances, Sequence[int]]
) -> list[Means]:
    networks, disturbances, seeds = chunk
    means = mean_returns(task, disturbances, networks, (1.0,), seeds)
    return list(means[:, :, 0].T)


def _retuned(task: Task, item: _Retuning) -> tuple[Network, Means, int]:
    """Tune a network from its weights; return it, its mean returns and the evaluations."""
    assert item.network.weights is not None
    before = np.array(item.network.weights, np.float64)
    (means,) = _means_of(task, ([item.network], item.disturbances, item.seeds))
    best = float(means.mean()), item.network, means
    run = CmaEsRun(before, FIRST_STEP, item.rng_seed % 2**32)

    def means_of(asked: Sequence[Doubles]) -> list[float]:
        nonlocal best
        tried = [with_single_weights(item.network, weights.tolist()) for weights in asked]
        found = _means_of(task, (tried, item.disturbances, item.seeds))
        values = [float(means.mean()) for means in found]
        place = int(np.argmax(values))
        if values[place] > best[0]:
            best = values[place], tried[place], found[place]
        return values

    generations = item.generations if len(before) > 1 else 0
    _, evaluations = run_generations(run, generations, means_of)
    return best[1], best[2], 1 + evaluations
