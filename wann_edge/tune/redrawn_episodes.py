"""Tuning on episodes drawn anew: single weights by CMA-ES, for tasks where a controller may fall.

On a fixed set of episodes a candidate learns to get through those, and falls in others. So each
generation has few episodes of its own, and a population larger than usual averages over them
(Hansen 2016, arXiv 1604.00772). What counts is the middle of the distribution, on episodes that
no candidate runs on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import product
from typing import NamedTuple

import numpy as np
from cmaes import CMA
from numpy.typing import NDArray

from wann_edge.evaluate import rollouts_of
from wann_edge.kernel import Floats
from wann_edge.network import Network, with_single_weights
from wann_edge.parallel.engine import Engine
from wann_edge.task import Task, check_fit, takes_draws
from wann_edge.tune.front_race import peaks_of, seeds_for
from wann_edge.tune.one_network import (
    GRID_WEIGHTS,
    LimitError,
    OnTrial,
    Standing,
    Tuned,
    check_many,
)

# First steps of the runs from each peak; the worse half leaves after a leg of so many
# generations each.
FIRST_STEPS = (0.1, 0.3)
LEG = 30
# A population, in multiples of CMA-ES's usual one.
POPULATION_TIMES = 4
# The middle of a run is judged after so many generations, on so many episodes.
JUDGE_EVERY = 10
JUDGED_EPISODES = 96
# Where no limit is given: under noise a run may never converge.
EVALUATIONS = 100_000

# Uses of the seed; those of tune.py and tune_front.py are others.
_EPISODES, _RUN, _JUDGED = 21, 22, 23


class _Part(NamedTuple):
    """Candidates for one worker: float32 [candidates, edges], a weight a connection."""

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
    on_trial: OnTrial | None = None,
) -> Tuned:
    """The network with single weights from CMA-ES on episodes drawn anew each generation.

    Runs of two first steps start at the network's own single weights, or else at the best
    shared weights, and race. It ends where the last one has converged, or after a whole
    generation at a limit, which is EVALUATIONS where none is given. An evaluation is a
    candidate on so many episodes. The same seed gives the same network for any number of
    workers, where no time limit ends it.
    wire_idle: outputs that nothing reaches are connected to the bias and all inputs before,
    with weights that start at 0.

    Raises SettingsError for a network of one connection, TaskError when it does not fit the
    task, KeyboardInterrupt when interrupted before the start was judged.
    """
    bare = network.without_dead_nodes()
    check_many(bare)
    check_fit(bare, engine.spec)
    if wire_idle:
        bare = with_idle_wired(bare)
    if evaluations is None and time_limit_s is None:
        evaluations = EVALUATIONS
    limits = _Limits(evaluations, time_limit_s)
    race = _Race(bare, engine, seed, episodes, limits, on_trial)
    race.begin(None if network.weights is None else network.shared_weight)
    stopped = race.until_stopped()
    mean, weights = race.best
    provenance = {
        "version": version("wann-edge"),
        "tuned": "weights",
        "seed": seed,
        "evaluations": race.done,
        "episodes_each_generation": episodes,
        "training_mean": mean,
        "before": dict(network.provenance),
    }
    tuned = replace(with_single_weights(bare, weights), provenance=provenance)
    return Tuned(tuned, mean, race.done, stopped)


def with_idle_wired(network: Network) -> Network:
    """The network with the bias and all inputs connected to each output that nothing reaches.

    With single weights: 0 for what is added, 1 for what was there where it had none.
    """
    outputs = range(network.node_count - len(network.outputs), network.node_count)
    idle = {*outputs} - {target for _, target in network.edges}
    added = [(source, target) for target in idle for source in range(network.first_computed)]
    weights = network.weights or (1.0,) * len(network.edges)
    pairs = [*zip(network.edges, weights, strict=True), *((edge, 0.0) for edge in added)]
    pairs.sort(key=lambda pair: (pair[0][1], pair[0][0]))
    edges, every = zip(*pairs, strict=True)
    return replace(network, edges=edges, weights=every)


class _Limits(NamedTuple):
    evaluations: int | None
    time_s: float | None


@dataclass
class _Run:
    """A run of CMA-ES. judged: the mean return of its middle, when it was judged last."""

    optimizer: CMA
    generation: int = 0
    judged: float = -math.inf


class _Race:
    """The runs. best: the best judged mean return, and the weights that had it.

    network: its single weights, where it has some, times a shared weight are where runs start.
    """

    def __init__(
        self,
        network: Network,
        engine: Engine,
        seed: int,
        episodes: int,
        limits: _Limits,
        on_trial: OnTrial | None,
    ) -> None:
        self.done = 0
        self.best = -math.inf, tuple[float, ...]()
        self._network, self._engine, self._on_trial = network, engine, on_trial
        self._seed, self._episodes, self._limits = seed, episodes, limits
        self._started_s = time.monotonic()
        self._judged = seeds_for(seed, _JUDGED, 0, JUDGED_EPISODES)
        self._runs: list[_Run] = []

    def begin(self, shared_weight: float | None) -> None:
        """Starts at this shared weight, or at the highest peaks of the reward over all."""
        edges = self._network.weights or (1.0,) * len(self._network.edges)
        peaks = self._peaks(np.array(edges)) if shared_weight is None else [shared_weight]
        starts = list(product(peaks, FIRST_STEPS))
        size = POPULATION_TIMES * (4 + math.floor(3 * math.log(len(edges))))
        seeds = seeds_for(self._seed, _RUN, 0, len(starts))
        self._runs = [
            _Run(CMA(weight * np.array(edges), step, seed=rng_seed, population_size=size))
            for (weight, step), rng_seed in zip(starts, seeds, strict=True)
        ]
        self._judge(self._runs[0])

    def _peaks(self, edges: NDArray[np.float64]) -> list[float]:
        grid = np.array(GRID_WEIGHTS)[:, np.newaxis] * edges
        seeds = seeds_for(self._seed, _EPISODES, 0, self._episodes)
        return peaks_of(np.array(self._means(grid.astype(np.float32), seeds)))

    def until_stopped(self) -> str:
        """Runs the race; gives the reason of the end."""
        try:
            while self._runs:
                self._runs = [run for run in self._runs if self._leg(run)]
                self._runs.sort(key=lambda run: -run.judged)
                del self._runs[max(1, len(self._runs) // 2) :]
        except LimitError as reached:
            self._judge(self._runs[0])
            return str(reached)
        except KeyboardInterrupt:
            return "interrupted"
        return "converged"

    def _leg(self, run: _Run) -> bool:
        """Some generations of a run; False where it has converged."""
        for _ in range(LEG):
            if run.optimizer.should_stop():
                self._judge(run)
                return False
            self._check_limits(run.optimizer.population_size)
            self._advance(run)
        return True

    def _advance(self, run: _Run) -> None:
        """A generation, on episodes of its own, the same ones in all runs."""
        run.generation += 1
        seeds = seeds_for(self._seed, _EPISODES, run.generation, self._episodes)
        asked = [run.optimizer.ask() for _ in range(run.optimizer.population_size)]
        means = self._means(np.array(asked, np.float32), seeds)
        run.optimizer.tell([(x, -mean) for x, mean in zip(asked, means, strict=True)])
        if run.generation % JUDGE_EVERY == 0:
            self._judge(run)
        if self._on_trial is not None:
            elapsed_s = time.monotonic() - self._started_s
            self._on_trial(Standing(self.done, self.best[0], elapsed_s, *self._limits))

    def _judge(self, run: _Run) -> None:
        """Keeps the middle of the distribution where it is the best so far."""
        middle = np.array(run.optimizer.mean, np.float32)
        (run.judged,) = self._means(middle[np.newaxis], self._judged)
        self.best = max(self.best, (run.judged, tuple(middle.tolist())))

    def _check_limits(self, evaluations: int) -> None:
        """Raises LimitError where so many more would be too many, or the time is up."""
        most, most_s = self._limits
        if most is not None and self.done + evaluations > most:
            raise LimitError("evaluations")
        if most_s is not None and time.monotonic() - self._started_s > most_s:
            raise LimitError("time limit")

    def _means(self, weights: Floats, seeds: Sequence[int]) -> list[float]:
        """The mean return of each row of weights, in all workers."""
        parts = np.array_split(weights, min(len(weights), self._engine.workers))
        items = [_Part(self._network, part, seeds) for part in parts]
        self.done += len(weights)
        return [mean for means in self._engine.map(_means_of, items) for mean in means]


def _means_of(task: Task, part: _Part) -> list[float]:
    """The candidates' mean returns, where the task is: in a worker."""
    if takes_draws(task):
        episodes = np.repeat(part.weights[:, np.newaxis], len(part.seeds), axis=1)
        returns = task.drawn_rollouts(part.network, episodes, part.seeds).returns
    else:
        candidates = [with_single_weights(part.network, row) for row in part.weights.tolist()]
        found = rollouts_of(candidates, task, (1.0,), part.seeds)
        returns = np.concatenate([one.returns for one in found])
    means: list[float] = returns.mean(axis=1, dtype=np.float64).tolist()
    return means
