"""Tuning a front: its networks race, each from several starts of CMA-ES, in all workers.

Which topology tunes best is not seen in what it is worth with a shared weight, and single
weights have many peaks: so many short runs begin, and the better half of them goes on, on
twice as many episodes (Jamieson & Talwalkar 2016, successive halving).
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
from cmaes import CMA
from numpy.typing import NDArray

from wann_edge.errors import SettingsError
from wann_edge.evaluate import rollouts
from wann_edge.network import Network, with_single_weights
from wann_edge.parallel.engine import Engine
from wann_edge.task import Task
from wann_edge.tune.one_network import GRID_WEIGHTS, OnTrial, Standing, Tuned

# Starts of a network: peaks of its reward over the shared weight, and first steps.
PEAKS = 4
SIGMAS = (0.2, 0.5)
GRID_EPISODES = 24
# Of each stage: generations of a run, and episodes of a candidate, doubled up to the most.
GENERATIONS = 100
EPISODES, MOST_EPISODES = 24, 384
# Runs that the halving ends with; then the best two go on, on so many episodes, while a stage
# gains so much, as a share of the mean.
LAST = 4
FINAL_EPISODES, GAIN, MOST_STAGES = 1536, 1e-4, 6

# Uses of the seed; those of tune.py are others.
_EPISODES, _RUNS, _JUDGED = 11, 12, 13


class Run(NamedTuple):
    """A run of CMA-ES.

    best: the best mean return of its last leg, and the single weights that had it.
    evaluations: candidates of that leg.
    """

    number: int
    network: Network
    optimizer: CMA
    best: tuple[float, tuple[float, ...]] = (-math.inf, ())
    evaluations: int = 0


class Leg(NamedTuple):
    """A stage for one run. deadline_s: by ``time.monotonic``; it ends the leg early."""

    run: Run
    seeds: Sequence[int]
    rng_seed: int
    deadline_s: float | None


def tune_front(
    networks: Sequence[Network],
    engine: Engine,
    *,
    seed: int,
    time_limit_s: float | None = None,
    on_trial: OnTrial | None = None,
) -> Tuned:
    """The network of a front, with single weights, that has the highest mean return found.

    The same seed gives the same network for any number of workers, where no time limit
    ends it. Raises SettingsError where no network has two connections, TaskError when
    one does not fit the task.
    """
    bare = [replace(one, weights=None, provenance={}) for one in networks if len(one.edges) > 1]
    if not bare:
        raise SettingsError("no network of the front has two connections", where="tune")
    race = _Race(bare, engine, seed, time_limit_s, on_trial)
    stopped = "converged"
    try:
        race.run()
    except TimeoutError:
        stopped = "time limit"
    except KeyboardInterrupt:
        stopped = "interrupted"
    if not race.runs:
        raise KeyboardInterrupt
    network, mean, episodes = race.winner()
    original = next(one for one in networks if one.edges == network.edges)
    provenance = {
        "version": version("wann-edge"),
        "tuned": "weights",
        "seed": seed,
        "evaluations": race.done,
        "training_episodes": episodes,
        "training_mean": mean,
        "before": dict(original.provenance),
    }
    return Tuned(replace(network, provenance=provenance), mean, race.done, stopped)


class _Race:
    """The stages. runs: those that are still in it, the best first."""

    def __init__(
        self,
        networks: Sequence[Network],
        engine: Engine,
        seed: int,
        time_limit_s: float | None,
        on_trial: OnTrial | None,
    ) -> None:
        self.runs: list[Run] = []
        self.done = 0
        self._networks, self._engine, self._seed = networks, engine, seed
        self._on_trial, self._time_limit_s = on_trial, time_limit_s
        self._started_s = time.monotonic()
        self._deadline_s = None if time_limit_s is None else self._started_s + time_limit_s
        self._episodes = EPISODES
        self._stages = 0

    def run(self) -> None:
        """All stages. Raises TimeoutError when the time is up."""
        self.runs = self._starts()
        self._stage()
        while len(self.runs) > LAST or self._episodes < MOST_EPISODES:
            self.runs = self.runs[: max(LAST, len(self.runs) // 2)]
            self._episodes = min(MOST_EPISODES, 2 * self._episodes)
            self._stage()
        self._episodes = FINAL_EPISODES
        reached: list[float] = []
        while len(reached) < MOST_STAGES:
            self.runs = self.runs[:2]
            self._stage()
            best = self.runs[0].best[0]
            if reached and best < reached[-1] + GAIN * abs(reached[-1]):
                break
            reached.append(best)

    def winner(self) -> tuple[Network, float, int]:
        """The best of what is left, its mean on episodes that no run saw, and how many."""
        finalists = [run for run in self.runs[:LAST] if run.best[1]]
        if not finalists:
            raise KeyboardInterrupt
        seeds = seeds_for(self._seed, _JUDGED, 0, MOST_EPISODES)
        tuned = [with_single_weights(run.network, run.best[1]) for run in finalists]
        means = self._engine.map(_mean_of, [(network, seeds) for network in tuned])
        place = int(np.argmax(means))
        return tuned[place], means[place], len(seeds)

    def _starts(self) -> list[Run]:
        """Runs from each network's best peaks."""
        seeds = seeds_for(self._seed, _EPISODES, 0, GRID_EPISODES)
        items = [(network, seeds) for network in self._networks]
        peaks = self._engine.map(_peaks, items, self._deadline_s)
        self.done += len(GRID_WEIGHTS) * len(items)
        starts = [
            (network, weight, sigma)
            for network, weights in zip(self._networks, peaks, strict=True)
            for weight in weights
            for sigma in SIGMAS
        ]
        return [
            Run(number, network, CMA(np.full(len(network.edges), weight), sigma, seed=0))
            for number, (network, weight, sigma) in enumerate(starts)
        ]

    def _stage(self) -> None:
        """A leg of every run, on the same episodes; the best are first after it."""
        seeds = seeds_for(self._seed, _EPISODES, self._episodes, self._episodes)
        drawn = seeds_for(self._seed, _RUNS, self._stages, 1 + max(run.number for run in self.runs))
        legs = [Leg(run, seeds, drawn[run.number], self._deadline_s) for run in self.runs]
        self._stages += 1
        ran = self._engine.map(_run_leg, legs)
        self.done += sum(run.evaluations for run in ran)
        self.runs = sorted(ran, key=lambda run: -run.best[0])
        elapsed_s = time.monotonic() - self._started_s
        if self._on_trial is not None:
            limits = self._planned(), self._time_limit_s
            self._on_trial(Standing(self.done, self.runs[0].best[0], elapsed_s, *limits))
        if self._deadline_s is not None and time.monotonic() > self._deadline_s:
            raise TimeoutError

    def _planned(self) -> int:
        """Evaluations of the whole race, roughly: each stage has half of those before it."""
        left = max(0, math.ceil(math.log2(max(1, len(self.runs) / LAST))))
        return round(self.done * (1 + (1 - 0.5**left) / (2.0**self._stages - 1)))


def _peaks(task: Task, item: tuple[Network, Sequence[int]]) -> list[float]:
    """The highest peaks of the mean return over the shared weight."""
    network, seeds = item
    returns = rollouts(network, task, GRID_WEIGHTS, seeds).returns
    return peaks_of(returns.mean(axis=1, dtype=np.float64))


def peaks_of(means: NDArray[np.float64]) -> list[float]:
    """The weights of the highest peaks of the mean returns over the grid, the best first."""
    sides = np.pad(means, 1, constant_values=-np.inf)
    peaks = np.flatnonzero((means > sides[:-2]) & (means >= sides[2:]))
    best = peaks[np.argsort(-means[peaks], kind="stable")][:PEAKS]
    return [GRID_WEIGHTS[place] for place in best]


def _run_leg(task: Task, leg: Leg) -> Run:
    """Generations of one run, where the task is: in a worker."""
    run, optimizer = leg.run, leg.run.optimizer
    # A pickled optimizer loses its random state.
    optimizer.reseed_rng(leg.rng_seed % 2**32)
    best: tuple[float, tuple[float, ...]] = (-math.inf, ())
    evaluations = 0
    for _ in range(GENERATIONS):
        late = leg.deadline_s is not None and time.monotonic() > leg.deadline_s
        if best[1] and (late or optimizer.should_stop()):
            break
        asked = [optimizer.ask() for _ in range(optimizer.population_size)]
        tried = [with_single_weights(run.network, x.tolist()) for x in asked]
        means = [_mean_of(task, (network, leg.seeds)) for network in tried]
        place = int(np.argmax(means))
        best = max(best, (means[place], tuple(asked[place].tolist())))
        optimizer.tell([(x, -mean) for x, mean in zip(asked, means, strict=True)])
        evaluations += len(asked)
    return run._replace(best=best, evaluations=evaluations)


def _mean_of(task: Task, item: tuple[Network, Sequence[int]]) -> float:
    network, seeds = item
    returns = rollouts(network, task, (network.shared_weight,), seeds).returns
    return float(returns.mean(dtype=np.float64))


def seeds_for(seed: int, use: int, number: int, count: int) -> list[int]:
    """Seeds of one of the uses of a seed; each number of it has others."""
    sequence = np.random.SeedSequence(seed, spawn_key=(use, number))
    return [int(state) for state in sequence.generate_state(count)]
