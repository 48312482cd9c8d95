"""Tuning one network: the best shared weight, or single weights by CMA-ES. See docs/tuning.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.network import Network, float32, with_single_weights
from wann_edge.system.seeds import Use, drawn_seeds, generator
from wann_edge.task import Task, takes_many
from wann_edge.tune.core import (
    Budget,
    CmaEsRun,
    Doubles,
    OnTuningProgress,
    Tuned,
    check_many,
    mean_return,
    race,
    reason_of_end,
    result,
    with_own_weights,
)
from wann_edge.tune.weight_grid import GRID, HIGH, LOW, STEP, scattered

WHAT = ("shared", "weights")

# Finer grids around the best weight, and the weights of each.
FINER_GRIDS = 2
FINER = 21

TRAINING_EPISODES = 96
# For tasks that run one step at a time.
STEPPED_EPISODES = 16
# CMA-ES: a small first step keeps what a searched topology can do already; a large one leaves a
# start that is worth nothing, such as that of a dense network.
FIRST_STEPS = (0.1, 0.2, 0.5, 1.0)
LEG_GENERATIONS = 200
EVALUATIONS = 24_000


def tune(
    network: Network,
    task: Task,
    what: str,
    *,
    seed: int,
    evaluations: int | None = None,
    time_limit_s: float | None = None,
    on_progress: OnTuningProgress | None = None,
) -> Tuned:
    """Tune the shared weight or the single weights of a network for the highest mean return.

    "shared" tries a grid of weights in -3..3, then finer grids around the best. "weights" runs
    CMA-ES with one weight for each connection: four runs with different first steps start at the
    network's own single weights or at the best shared weight of the grid, whichever is better,
    and after each leg the worse half leaves.

    Args:
        network: the topology to tune.
        task: the task; every candidate runs the same training episodes.
        what: "shared" or "weights".
        seed: every random number derives from it.
        evaluations: stop after this many candidates; None for no limit, or for EVALUATIONS with
            "weights" and no time limit.
        time_limit_s: stop after this many seconds; None for no limit.
        on_progress: called after each evaluation.

    Returns:
        The best candidate. Ctrl-C ends the tuning and returns the best so far.

    Raises:
        SettingsError: ``what`` is unknown, or "weights" is given fewer than two connections.
        TaskError: the network does not fit the task.
        KeyboardInterrupt: interrupted before the first evaluation was done.
    """
    if what not in WHAT:
        raise SettingsError(
            f"unknown weights {what!r}", where="tune", remedy=f"use one of {', '.join(WHAT)}"
        )
    budget = Budget(_limit(what, evaluations, time_limit_s), time_limit_s, on_progress)
    trials = _Trials(task, _training_seeds(seed, task), budget)
    bare = replace(network, weights=None, provenance={})

    def work() -> None:
        if what == "shared":
            _tune_shared(bare, trials)
        else:
            own = None if network.weights is None else with_own_weights(network).weights
            _tune_single(bare, own, trials, generator(seed, Use.TUNING_RUNS))

    return trials.tuned(reason_of_end(work), what, seed, network)


def tune_numbers(
    network_of: Callable[[Sequence[float]], Network],
    starts: Sequence[Sequence[float]],
    task: Task,
    *,
    seed: int,
    evaluations: int | None = None,
    time_limit_s: float | None = None,
    on_progress: OnTuningProgress | None = None,
) -> Tuned:
    """Tune the numbers that define a network, as ``tune`` does with single weights.

    Args:
        network_of: returns the network of some numbers.
        starts: the numbers to try first; the runs of CMA-ES start at the best.
        task: the task; every candidate runs the same training episodes.
        seed: every random number derives from it.
        evaluations: stop after this many candidates; None for no limit, or for EVALUATIONS
            without a time limit.
        time_limit_s: stop after this many seconds; None for no limit.
        on_progress: called after each evaluation.

    Raises:
        TaskError: a network does not fit the task.
        KeyboardInterrupt: interrupted before the first evaluation was done.
    """
    budget = Budget(_limit("weights", evaluations, time_limit_s), time_limit_s, on_progress)
    trials = _Trials(task, _training_seeds(seed, task), budget)
    rng = generator(seed, Use.TUNING_RUNS)
    stopped = reason_of_end(lambda: _race(network_of, starts, trials, rng))
    return trials.tuned(stopped, "numbers", seed, network_of(starts[0]))


def _limit(what: str, evaluations: int | None, time_limit_s: float | None) -> int | None:
    """Return the highest number of candidates."""
    if what == "shared":
        whole = GRID + FINER_GRIDS * FINER
        return whole if evaluations is None else min(evaluations, whole)
    return EVALUATIONS if evaluations is None and time_limit_s is None else evaluations


class _Trials:
    """The candidates evaluated on the training episodes, and the best of them."""

    def __init__(self, task: Task, seeds: Sequence[int], budget: Budget) -> None:
        self._task, self._seeds, self._budget = task, seeds, budget
        self._best: tuple[float, Network] | None = None

    def mean(self, candidate: Network) -> float:
        """Return the mean return of a candidate. Raises LimitError at a limit."""
        self._budget.check()
        mean = mean_return(candidate, self._task, self._seeds)
        self._budget.done += 1
        if self._best is None or mean > self._best[0]:
            self._best = mean, candidate
        self._budget.report(self._best[0])
        return mean

    def tuned(self, stopped: str, what: str, seed: int, before: Network) -> Tuned:
        """Return the best candidate as the result. Raises KeyboardInterrupt without any."""
        if self._best is None:
            raise KeyboardInterrupt
        mean, best = self._best
        return result(
            best,
            mean,
            stopped,
            what=what,
            seed=seed,
            evaluations=self._budget.done,
            episodes={"training_episodes": len(self._seeds)},
            before=before.provenance,
        )


def _tune_shared(network: Network, trials: _Trials) -> None:
    def mean(weight: float) -> float:
        return trials.mean(replace(network, shared_weight=float32(weight)))

    best, step = max(scattered(), key=mean), STEP
    for _ in range(FINER_GRIDS):
        finer = np.linspace(max(LOW, best - step), min(HIGH, best + step), FINER)
        best, step = max(finer.tolist(), key=mean), 2 * step / (FINER - 1)


def _tune_single(
    network: Network, own: Sequence[float] | None, trials: _Trials, rng: np.random.Generator
) -> None:
    check_many(network)
    shared = [(weight,) * len(network.edges) for weight in scattered()]
    starts = shared if own is None else [own, *shared]
    _race(partial(with_single_weights, network), starts, trials, rng)


def _race(
    network_of: Callable[[Sequence[float]], Network],
    starts: Sequence[Sequence[float]],
    trials: _Trials,
    rng: np.random.Generator,
) -> None:
    """Run CMA-ES with several first steps from the best start."""

    def means_of(candidates: Sequence[Doubles]) -> list[float]:
        return [trials.mean(network_of(x.tolist())) for x in candidates]

    def leg(run: CmaEsRun) -> bool:
        for _ in range(LEG_GENERATIONS):
            if run.has_converged:
                return False
            run.value = max(run.value, run.advance(means_of)[0])
        return True

    start = max(map(np.array, starts), key=lambda x: means_of([x])[0])
    seeds = [int(rng.integers(2**32)) for _ in FIRST_STEPS]
    runs = zip(FIRST_STEPS, seeds, strict=True)
    race([CmaEsRun(start, step, seed) for step, seed in runs], leg)


def _training_seeds(seed: int, task: Task) -> list[int]:
    """Return the training episodes, which are not those of ``evaluate.episode_seeds``."""
    count = TRAINING_EPISODES if takes_many(task) else STEPPED_EPISODES
    return drawn_seeds(count, seed, Use.TRAINING_EPISODES)
