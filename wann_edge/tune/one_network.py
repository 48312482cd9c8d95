"""Tuning: the best shared weight, or single weights by CMA-ES. See docs/tuning.md.

It is the topology that is tuned: weights that the network has already are set aside.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
from cmaes import CMA
from numpy.typing import NDArray

from wann_edge.errors import SettingsError
from wann_edge.evaluate import rollouts
from wann_edge.network import Network, float32, with_single_weights
from wann_edge.system.limits import share_done
from wann_edge.task import Task, takes_many

WHAT = ("shared", "weights")

LOW, HIGH = -3.0, 3.0
# Steps of 0.05, so that the paper's six weights are among them.
GRID = 121
# Coprime to GRID, and 0.62 of it: a search cut short has looked at the whole range.
STRIDE = 75
GRID_WEIGHTS = tuple(np.linspace(LOW, HIGH, GRID).tolist())
FINER = 21
ROUNDS = 2

TRAINING_EPISODES = 96
# Where a simulator runs them step by step.
STEPPED_EPISODES = 16
# CMA-ES: a small first step keeps what a searched topology can do already, a large one
# leaves a start that is worth nothing, as a dense network's. The worse half leaves after a leg of
# so many generations each.
SIGMAS = (0.1, 0.2, 0.5, 1.0)
LEG = 200
EVALUATIONS = 24_000

# The uses of a seed. The numbers are part of what it means: they never change.
_TRAINING, _CMA_ES = 1, 2


@dataclass(frozen=True)
class Standing:
    """Where a tuning stands: candidates tried, the best mean return, the limits."""

    evaluations: int
    best: float
    elapsed_s: float
    limit: int | None
    time_limit_s: float | None

    @property
    def share_done(self) -> float:
        """0 to 1, by whichever limit is nearer."""
        return share_done(self.evaluations, self.limit, self.elapsed_s, self.time_limit_s)


OnTrial = Callable[[Standing], None]


@dataclass(frozen=True)
class Tuned:
    """The best candidate, and how it was found.

    network: provenance tells of the tuning, and holds what the network's was before.
    mean: its mean return over the training episodes. evaluations: candidates tried.
    stopped: "converged", "evaluations", "time limit" or "interrupted".
    """

    network: Network
    mean: float
    evaluations: int
    stopped: str


def tune(
    network: Network,
    task: Task,
    what: str,
    *,
    seed: int,
    evaluations: int | None = None,
    time_limit_s: float | None = None,
    on_trial: OnTrial | None = None,
) -> Tuned:
    """The network with the weights that give the highest mean return found.

    what: "shared": one weight in -3..3, from a grid and finer grids about its best.
    "weights": one an edge, by CMA-ES (Hansen 2016, arXiv 1604.00772). Four runs of
    different first steps start at the best shared weight of the grid on every edge, and
    race.
    evaluations, time_limit_s: it ends at whichever comes first; EVALUATIONS for
    "weights" where neither is given. An evaluation is a candidate on all training
    episodes, which are the same for all candidates. Ctrl-C ends it too.

    Raises SettingsError when a setting is not valid, TaskError when the network does
    not fit the task, KeyboardInterrupt when interrupted before one evaluation was done.
    """
    if what not in WHAT:
        raise SettingsError(f"{what!r} can't be tuned", remedy=f"use one of {', '.join(WHAT)}")
    limit = _limit(what, evaluations, time_limit_s)
    seeds = _training_seeds(seed, task)
    trials = _Trials(task, seeds, limit, time_limit_s, on_trial)
    bare = replace(network, weights=None, provenance={})
    stopped = "converged"
    try:
        if what == "shared":
            _shared(bare, trials)
        else:
            _single(bare, trials, np.random.default_rng(_sequence(seed, _CMA_ES)))
    except LimitError as reached:
        stopped = str(reached)
    except KeyboardInterrupt:
        stopped = "interrupted"
    best, mean = trials.best()
    provenance = {
        "version": version("wann-edge"),
        "tuned": what,
        "seed": seed,
        "evaluations": trials.done,
        "training_episodes": len(seeds),
        "training_mean": mean,
        "before": dict(network.provenance),
    }
    return Tuned(replace(best, provenance=provenance), mean, trials.done, stopped)


def _limit(what: str, evaluations: int | None, time_limit_s: float | None) -> int | None:
    """How many candidates are tried at most."""
    if what == "shared":
        whole = GRID + ROUNDS * FINER
        return whole if evaluations is None else min(evaluations, whole)
    return EVALUATIONS if evaluations is None and time_limit_s is None else evaluations


class LimitError(Exception):
    """The evaluations are done, or the time is up: which of them."""


class _Trials:
    """Candidates tried on the training episodes, and the best of them."""

    def __init__(
        self,
        task: Task,
        seeds: Sequence[int],
        limit: int | None,
        time_limit_s: float | None,
        on_trial: OnTrial | None,
    ) -> None:
        self.done = 0
        self._task, self._seeds = task, seeds
        self._limit, self._time_limit_s = limit, time_limit_s
        self._on_trial = on_trial
        self._started_s = time.monotonic()
        self._best: tuple[float, Network] | None = None

    def mean(self, candidate: Network) -> float:
        """The mean return of a candidate. Raises LimitError instead of one too many."""
        elapsed_s = time.monotonic() - self._started_s
        if self.done == self._limit:
            raise LimitError("evaluations")
        if self.done and self._time_limit_s is not None and elapsed_s > self._time_limit_s:
            raise LimitError("time limit")
        weights = (candidate.shared_weight,)
        returns = rollouts(candidate, self._task, weights, self._seeds).returns
        mean = float(returns.mean(dtype=np.float64))
        self.done += 1
        if self._best is None or mean > self._best[0]:
            self._best = mean, candidate
        if self._on_trial is not None:
            limits = self._limit, self._time_limit_s
            self._on_trial(Standing(self.done, self._best[0], elapsed_s, *limits))
        return mean

    def best(self) -> tuple[Network, float]:
        """The best candidate and its mean. Raises KeyboardInterrupt where there is none."""
        if self._best is None:
            raise KeyboardInterrupt
        return self._best[1], self._best[0]


def _shared(network: Network, trials: _Trials) -> None:
    def mean(weight: float) -> float:
        return trials.mean(replace(network, shared_weight=float32(weight)))

    best, step = max(_grid(), key=mean), (HIGH - LOW) / (GRID - 1)
    for _ in range(ROUNDS):
        finer = np.linspace(max(LOW, best - step), min(HIGH, best + step), FINER)
        best, step = max(finer.tolist(), key=mean), 2 * step / (FINER - 1)


def check_many(network: Network) -> None:
    """Raises SettingsError where there are no single weights to tune."""
    edges = len(network.edges)
    if edges < 2:
        raise SettingsError(
            f"a network of {edges} connections has no single weights to tune",
            remedy="tune its shared weight",
        )


def _single(network: Network, trials: _Trials, rng: np.random.Generator) -> None:
    check_many(network)
    edges = len(network.edges)

    def mean(weights: Sequence[float]) -> float:
        return trials.mean(with_single_weights(network, weights))

    start = max(_grid(), key=lambda weight: mean([weight] * edges))
    runs = [_Run(np.full(edges, start), sigma, rng) for sigma in SIGMAS]
    while runs:
        runs = [run for run in runs if run.leg(mean)]
        runs.sort(key=lambda run: -run.best)
        del runs[max(1, len(runs) // 2) :]


class _Run:
    """A run of CMA-ES, and the best mean that it has found."""

    def __init__(self, start: NDArray[np.float64], sigma: float, rng: np.random.Generator) -> None:
        self.best = -math.inf
        self._optimizer = CMA(start, sigma, seed=int(rng.integers(2**32)))

    def leg(self, mean: Callable[[Sequence[float]], float]) -> bool:
        """Runs LEG generations; False where it converged."""
        optimizer = self._optimizer
        for _ in range(LEG):
            if optimizer.should_stop():
                return False
            asked = [optimizer.ask() for _ in range(optimizer.population_size)]
            means = [mean(weights.tolist()) for weights in asked]
            self.best = max(self.best, *means)
            optimizer.tell([(x, -found) for x, found in zip(asked, means, strict=True)])
        return True


def _grid() -> list[float]:
    """The shared weights that are tried first, -3 to 3, neighbours apart."""
    return [GRID_WEIGHTS[STRIDE * index % GRID] for index in range(GRID)]


def _sequence(seed: int, use: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed, spawn_key=(use,))


def _training_seeds(seed: int, task: Task) -> list[int]:
    """The training episodes; ``evaluate.episode_seeds`` of the same seed names others."""
    count = TRAINING_EPISODES if takes_many(task) else STEPPED_EPISODES
    return [int(state) for state in _sequence(seed, _TRAINING).generate_state(count)]
