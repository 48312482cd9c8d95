"""Tuning on redrawn episodes: single weights by CMA-ES, for tasks where a controller may fall.

On a fixed set of episodes a candidate learns to get through those, and falls in others. So each
generation runs a few new episodes, and a population larger than usual averages over them (Hansen
2016, arXiv 1604.00772). Runs are compared by the middle of their distribution, on episodes that
no candidate runs on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

import numpy as np

from wann_edge.evaluate import rollouts_of
from wann_edge.kernel import Floats
from wann_edge.network import Network, with_single_weights
from wann_edge.parallel.engine import Engine
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task import Task, check_fit, takes_draws
from wann_edge.tune.core import (
    Budget,
    CmaEsRun,
    Doubles,
    LimitError,
    OnTuningProgress,
    Tuned,
    check_many,
    race,
    reason_of_end,
    result,
)
from wann_edge.tune.weight_grid import GRID_WEIGHTS, peaks_of

# First steps of the runs from each peak.
FIRST_STEPS = (0.1, 0.3)
LEG_GENERATIONS = 30
# The population, as a multiple of the usual one of CMA-ES.
POPULATION_TIMES = 4
# Generations between two judgements of a run's middle, and their episodes.
JUDGE_EVERY = 10
JUDGED_EPISODES = 96
# Evaluations where no limit is given: under noise a run may never converge.
EVALUATIONS = 100_000


class Rows(NamedTuple):
    """Candidates for one worker.

    Attributes:
        network: the topology.
        weights: float32 [candidates, edges].
        seeds: the episodes.
    """

    network: Network
    weights: Floats
    seeds: Sequence[int]


def tune_redrawn(
    network: Network,
    engine: Engine,
    *,
    seed: int,
    episodes: int,
    wire_idle: bool = False,
    evaluations: int | None = None,
    time_limit_s: float | None = None,
    on_progress: OnTuningProgress | None = None,
) -> Tuned:
    """Tune the single weights of a network by CMA-ES on episodes drawn anew each generation.

    Runs with two first steps start at the network's single weights, or else at its best shared
    weights, and race. The tuning ends when the last run has converged, or after a whole
    generation at a limit. The same seed gives the same network for any number of workers, unless
    a time limit ends it.

    Args:
        network: the network to tune; its single weights, if it has any, are the start.
        engine: runs the episodes of its task in all its workers.
        seed: every random number derives from it.
        episodes: episodes of each candidate.
        wire_idle: connect each output without connections to the bias and all inputs first,
            with weights that start at 0.
        evaluations: stop after this many candidates; None for no limit, or for EVALUATIONS
            without a time limit.
        time_limit_s: stop after this many seconds; None for no limit.
        on_progress: called after each generation.

    Raises:
        SettingsError: the network has fewer than two connections.
        TaskError: the network does not fit the task.
        KeyboardInterrupt: interrupted before the start was judged.
    """
    bare = network.without_dead_nodes()
    check_many(bare)
    check_fit(bare, engine.spec)
    if wire_idle:
        bare = with_idle_wired(bare)
    if evaluations is None and time_limit_s is None:
        evaluations = EVALUATIONS
    budget = Budget(evaluations, time_limit_s, on_progress)
    redrawn = RedrawnRace(network=bare, engine=engine, seed=seed, episodes=episodes, budget=budget)
    redrawn.begin(None if network.weights is None else network.shared_weight)
    stopped = reason_of_end(redrawn.run)
    mean, weights = redrawn.best
    return result(
        with_single_weights(bare, weights),
        mean,
        stopped,
        what="weights",
        seed=seed,
        evaluations=budget.done,
        episodes={"episodes_each_generation": episodes},
        before=network.provenance,
    )


def with_idle_wired(network: Network) -> Network:
    """Return the network with the bias and all inputs connected to each unconnected output.

    It has single weights: 0 for new connections, and 1 for others where it had none.
    """
    outputs = range(network.node_count - len(network.outputs), network.node_count)
    idle = {*outputs} - {target for _, target in network.edges}
    added = [(source, target) for target in idle for source in range(network.first_computed)]
    weights = network.weights or (1.0,) * len(network.edges)
    pairs = [*zip(network.edges, weights, strict=True), *((edge, 0.0) for edge in added)]
    pairs.sort(key=lambda pair: (pair[0][1], pair[0][0]))
    edges, every = zip(*pairs, strict=True)
    return replace(network, edges=edges, weights=every)


class RedrawnRace:
    """The race of the runs.

    Attributes:
        best: the best judged mean return, and the weights that had it.
    """

    def __init__(
        self, network: Network, engine: Engine, seed: int, episodes: int, budget: Budget
    ) -> None:
        self.best = -math.inf, tuple[float, ...]()
        self._network, self._engine, self._budget = network, engine, budget
        self._seed, self._episodes = seed, episodes
        self._judged = drawn_seeds(JUDGED_EPISODES, seed, Use.REDRAWN_JUDGED, 0)
        self._runs: list[CmaEsRun] = []

    def begin(self, shared_weight: float | None) -> None:
        """Start the runs.

        Args:
            shared_weight: multiplies the network's single weights, which are the start; None to
                start at the highest peaks of the reward over all shared weights.
        """
        edges = np.array(self._network.weights or (1.0,) * len(self._network.edges))
        peaks = self._peaks(edges) if shared_weight is None else [shared_weight]
        starts = list(product(peaks, FIRST_STEPS))
        population = POPULATION_TIMES * (4 + math.floor(3 * math.log(len(edges))))
        seeds = drawn_seeds(len(starts), self._seed, Use.REDRAWN_RUNS, 0)
        self._runs = [
            CmaEsRun(weight * edges, step, rng_seed, population)
            for (weight, step), rng_seed in zip(starts, seeds, strict=True)
        ]
        self._judge(self._runs[0])

    def _peaks(self, edges: Doubles) -> list[float]:
        grid = np.array(GRID_WEIGHTS)[:, np.newaxis] * edges
        means = self._means(grid.astype(np.float32), self._seeds_of(0))
        return peaks_of(np.array(means))

    def run(self) -> None:
        """Run the race. Raises LimitError at a limit, after the best run is judged."""
        try:
            race(self._runs, self._leg)
        except LimitError:
            self._judge(self._runs[0])
            raise

    def _leg(self, run: CmaEsRun) -> bool:
        """Run some generations of a run; False where it has converged."""
        for _ in range(LEG_GENERATIONS):
            if run.has_converged:
                self._judge(run)
                return False
            self._budget.check(run.population)
            self._advance(run)
        return True

    def _advance(self, run: CmaEsRun) -> None:
        """Run a generation, on new episodes that are the same in all runs."""
        seeds = self._seeds_of(run.generation + 1)
        run.advance(lambda asked: self._means(np.array(asked, np.float32), seeds))
        if run.generation % JUDGE_EVERY == 0:
            self._judge(run)
        self._budget.report(self.best[0])

    def _seeds_of(self, generation: int) -> list[int]:
        return drawn_seeds(self._episodes, self._seed, Use.REDRAWN_EPISODES, generation)

    def _judge(self, run: CmaEsRun) -> None:
        """Set a run's value to the mean return of its middle, and keep the best middle."""
        middle = run.middle.astype(np.float32)
        (run.value,) = self._means(middle[np.newaxis], self._judged)
        self.best = max(self.best, (run.value, tuple(middle.tolist())))

    def _means(self, weights: Floats, seeds: Sequence[int]) -> list[float]:
        """Return the mean return of each row of weights, in all workers."""
        parts = np.array_split(weights, min(len(weights), self._engine.workers))
        items = [Rows(self._network, part, seeds) for part in parts]
        self._budget.done += len(weights)
        return [mean for means in self._engine.map(_means_of, items) for mean in means]


def _means_of(task: Task, rows: Rows) -> list[float]:
    """Return the candidates' mean returns, in a worker."""
    if takes_draws(task):
        episodes = np.repeat(rows.weights[:, np.newaxis], len(rows.seeds), axis=1)
        returns = task.drawn_rollouts(rows.network, episodes, rows.seeds).returns
    else:
        candidates = [with_single_weights(rows.network, row) for row in rows.weights.tolist()]
        found = rollouts_of(candidates, task, (1.0,), rows.seeds)
        returns = np.concatenate([one.returns for one in found])
    means: list[float] = returns.mean(axis=1, dtype=np.float64).tolist()
    return means
