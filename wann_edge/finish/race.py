"""The race of the finish: topologies are tuned under two conditions, and the better half goes on.

Successive halving (Jamieson & Talwalkar 2016): many short runs of CMA-ES begin, each with one
weight for each connection; those that are left continue on twice as many episodes. Runs that are
nearly as good as the best count as equal, and of these the smaller one goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from wann_edge.network import Network, float32, with_single_weights
from wann_edge.parallel.engine import Engine
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task import Task, takes_many
from wann_edge.task.disturbances import Disturbances
from wann_edge.tune.conditions import mean_returns
from wann_edge.tune.core import CmaEsRun, Doubles, run_generations
from wann_edge.tune.weight_grid import GRID_WEIGHTS, peaks_of

# Shared weights at which runs of a topology begin: the highest peaks of its reward.
PEAKS = 2
# From fine to coarse: steps of 0.05, 0.2 and 1 from -3 to 3.
GRIDS = GRID_WEIGHTS, GRID_WEIGHTS[::4], GRID_WEIGHTS[::20]
# The first stage has at most so many runs; the race ends with so many.
MOST_RUNS, LAST = 32, 3
STAGES = 4
# A run of fewer generations tells little; more are of more use in a later stage.
LEAST_GENERATIONS, MOST_GENERATIONS = 15, 80


class EpisodeCounts(NamedTuple):
    """Episodes of a candidate under each condition.

    Attributes:
        first: in the first stage; they double from stage to stage.
        most: in the last ones.
    """

    first: int
    most: int


# 24 episodes fill the kernel's lanes.
BATCHED, STEPPED = EpisodeCounts(24, 96), EpisodeCounts(4, 16)


class Start(NamedTuple):
    """A topology at a peak of its reward over the shared weight.

    Attributes:
        network: the topology with this shared weight.
        value: its mean return over both conditions.
    """

    network: Network
    value: float


class TunedRun(NamedTuple):
    """A run of CMA-ES in the race.

    Attributes:
        network: the best candidate of its last stage, with single weights.
        run: the run of CMA-ES.
        value: the mean return over both conditions of that candidate.
        evaluations: candidates of that stage.
    """

    network: Network
    run: CmaEsRun
    value: float
    evaluations: int = 0


class _Stage(NamedTuple):
    run: TunedRun
    disturbances: Disturbances
    seeds: Sequence[int]
    rng_seed: int
    generations: int
    deadline_s: float | None


def counts_for(task: Task) -> EpisodeCounts:
    """Return the episodes of a candidate: fewer for a task that runs step by step."""
    return BATCHED if takes_many(task) else STEPPED


def peaks_of_each(
    networks: Sequence[Network],
    engine: Engine,
    disturbances: Disturbances,
    *,
    seed: int,
    episodes: float,
) -> list[Start]:
    """Return each topology at the peaks of its reward over the shared weight, the best first.

    Args:
        networks: the topologies.
        engine: runs the episodes of its task in all its workers.
        disturbances: of the second condition.
        seed: every random number derives from it.
        episodes: the budget, which decides how many weights are tried; 7 at the least.
    """
    seeds = drawn_seeds(counts_for(engine.task).first, seed, Use.FINISH_EPISODES, 0)
    affordable = episodes / (2 * len(seeds) * len(networks))
    grid = next((g for g in GRIDS if len(g) <= affordable), GRIDS[-1])
    found = engine.map(_peaks, [(network, disturbances, grid, seeds) for network in networks])
    starts = [
        Start(replace(network, shared_weight=float32(weight)), value)
        for network, peaks in zip(networks, found, strict=True)
        for weight, value in peaks
    ]
    return sorted(starts, key=lambda start: -start.value)


def race(
    starts: Sequence[Start],
    engine: Engine,
    disturbances: Disturbances,
    *,
    seed: int,
    first_steps: Sequence[float],
    episodes: float,
    within: float,
    deadline_s: float | None = None,
    on_stage: Callable[[float, TunedRun], None] = lambda share, best: None,
) -> list[TunedRun]:
    """Race topologies from their shared weights; return the runs that are left, the best first.

    Args:
        starts: the topologies, the best first; the budget decides how many of them race.
        engine: runs the episodes of its task in all its workers.
        disturbances: of the second condition.
        seed: every random number derives from it.
        first_steps: of the runs of CMA-ES from each start.
        episodes: the budget, in episodes of candidates under both conditions together.
        within: the share of the best value within which runs count as equal.
        deadline_s: the end by ``time.monotonic``, or None. The first stage is always run.
        on_stage: called after each stage with the share of the race that is done, and the best run.
    """
    counts, budget = counts_for(engine.task), episodes / STAGES
    runs = _first_runs(starts, first_steps, budget / (2 * counts.first * LEAST_GENERATIONS))
    for stage in range(STAGES):
        each = min(counts.most, counts.first << stage)
        seeds = drawn_seeds(each, seed, Use.FINISH_EPISODES, stage + 1)
        drawn = drawn_seeds(len(runs), seed, Use.FINISH_RUNS, stage)
        candidates = budget / (2 * each * sum(one.run.population for one in runs))
        generations = min(MOST_GENERATIONS, round(candidates))
        if not generations and stage:
            break
        items = [
            _Stage(
                run=one,
                disturbances=disturbances,
                seeds=seeds,
                rng_seed=rng_seed,
                generations=max(1, generations),
                deadline_s=deadline_s,
            )
            for one, rng_seed in zip(runs, drawn, strict=True)
        ]
        runs = best_first(engine.map(_run_stage, items), within)
        on_stage((stage + 1) / STAGES, runs[0])
        is_late = deadline_s is not None and time.monotonic() > deadline_s
        if is_late or all(one.run.has_converged for one in runs):
            break
        if stage < STAGES - 1:
            runs = runs[: max(LAST, len(runs) // 2)]
    return runs[:LAST]


def best_first(runs: Sequence[TunedRun], within: float) -> list[TunedRun]:
    """Sort runs: those within a share of the best value by size, then the others by value."""
    best = max(one.value for one in runs)
    least = best - within * abs(best)

    def key(one: TunedRun) -> tuple[float, float]:
        size = len(one.network.edges) if one.value >= least else np.inf
        return size, -one.value

    return sorted(runs, key=key)


def _first_runs(
    starts: Sequence[Start], first_steps: Sequence[float], candidates: float
) -> list[TunedRun]:
    """Return the runs of the first stage, as many as a generation of all candidates allows."""
    runs: list[TunedRun] = []
    asked = 0
    for network, value in starts:
        for step in first_steps:
            run = CmaEsRun(np.full(len(network.edges), network.shared_weight), step, 0)
            asked += run.population
            if len(runs) >= LAST and (asked > candidates or len(runs) == MOST_RUNS):
                return runs
            runs.append(TunedRun(network=network, run=run, value=value))
    return runs


def _peaks(
    task: Task, item: tuple[Network, Disturbances, Sequence[float], Sequence[int]]
) -> list[tuple[float, float]]:
    """Return the shared weights of a topology's highest peaks, with their values."""
    network, disturbances, grid, seeds = item
    means = mean_returns(task, disturbances, [network], grid, seeds)[:, 0].mean(axis=0)
    value = dict(zip(grid, means.tolist(), strict=True))
    return [(weight, value[weight]) for weight in peaks_of(means, grid)[:PEAKS]]


def _run_stage(task: Task, stage: _Stage) -> TunedRun:
    """Run the generations of one run of CMA-ES, in a worker."""
    network, run, *_ = stage.run
    run.reseed(stage.rng_seed % 2**32)

    def values_of(asked: Sequence[Doubles]) -> list[float]:
        tried = [with_single_weights(network, weights.tolist()) for weights in asked]
        means = mean_returns(task, stage.disturbances, tried, (1.0,), stage.seeds)
        values: list[float] = means.mean(axis=(0, 2)).tolist()
        return values

    (value, weights), evaluations = run_generations(
        run, stage.generations, values_of, stage.deadline_s
    )
    return TunedRun(
        network=with_single_weights(network, weights),
        run=run,
        value=value,
        evaluations=evaluations,
    )
