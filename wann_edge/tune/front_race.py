"""Tuning a front: its networks race, each from several starts of CMA-ES, in all workers.

Which topology tunes best does not show with a shared weight, and single weights have many peaks:
so many short runs begin, and the better half goes on, on twice as many episodes (Jamieson &
Talwalkar 2016, successive halving).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.evaluate import rollouts
from wann_edge.network import Network, with_single_weights
from wann_edge.parallel.engine import Engine
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task import Task
from wann_edge.tune.core import (
    NO_BEST,
    Budget,
    CmaEsRun,
    Doubles,
    LimitError,
    OnTuningProgress,
    Tuned,
    mean_return,
    reason_of_end,
    result,
    run_generations,
)
from wann_edge.tune.weight_grid import GRID_WEIGHTS, peaks_of

# Each network starts at the peaks of its reward over the shared weight, with each first step.
FIRST_STEPS = (0.2, 0.5)
GRID_EPISODES = 24
# In each stage: generations of a run, and episodes of a candidate, which double up to the most.
GENERATIONS = 100
EPISODES, MOST_EPISODES = 24, 384
# The halving ends with this many runs. Then the best two go on, on FINAL_EPISODES, while a stage
# gains at least this share of the mean.
LAST = 4
FINAL_EPISODES, GAIN, MOST_STAGES = 1536, 1e-4, 6


class Contender(NamedTuple):
    """A run of CMA-ES in the race.

    Attributes:
        number: its number in the race.
        network: the topology that it tunes.
        run: the run of CMA-ES.
        best: the best mean return of its last stage, and the single weights that had it.
        evaluations: candidates of that stage.
    """

    number: int
    network: Network
    run: CmaEsRun
    best: tuple[float, tuple[float, ...]] = NO_BEST
    evaluations: int = 0


class Stage(NamedTuple):
    """A stage of the race for one contender.

    Attributes:
        contender: the contender as it is before the stage.
        seeds: the episodes of the stage.
        generations: the most generations to run.
        rng_seed: the seed of its random state.
        deadline_s: the end by ``time.monotonic``, or None.
    """

    contender: Contender
    seeds: Sequence[int]
    generations: int
    rng_seed: int
    deadline_s: float | None


def tune_front(
    networks: Sequence[Network],
    engine: Engine,
    *,
    seed: int,
    time_limit_s: float | None = None,
    on_progress: OnTuningProgress | None = None,
) -> Tuned:
    """Tune the single weights of all networks of a front, and return the best one.

    The same seed gives the same network for any number of workers, unless a time limit ends it.

    Args:
        networks: the front; existing weights are ignored, and so are networks of one connection.
        engine: runs the episodes of its task in all its workers.
        seed: every random number derives from it.
        time_limit_s: stop after this many seconds; None for no limit.
        on_progress: called after each stage.

    Returns:
        The network with the highest mean return on episodes that no contender saw.

    Raises:
        SettingsError: no network has two connections.
        TaskError: a network does not fit the task.
        KeyboardInterrupt: interrupted before the first stage was done.
    """
    bare = [replace(one, weights=None, provenance={}) for one in networks if len(one.edges) > 1]
    if not bare:
        raise SettingsError(
            "no network of the front has two connections",
            where="tune",
            remedy="search longer, or tune the shared weight of one network",
        )
    budget = Budget(None, time_limit_s, on_progress)
    front = FrontRace(bare, engine, seed, budget)
    stopped = reason_of_end(front.run)
    network, mean, episodes = front.winner()
    original = next(one for one in networks if one.edges == network.edges)
    return result(
        network,
        mean,
        stopped,
        what="weights",
        seed=seed,
        evaluations=budget.done,
        episodes={"training_episodes": episodes},
        before=original.provenance,
    )


class FrontRace:
    """The stages of the race.

    Attributes:
        contenders: those that are still in the race, the best first.
    """

    def __init__(
        self, networks: Sequence[Network], engine: Engine, seed: int, budget: Budget
    ) -> None:
        self.contenders: list[Contender] = []
        self._networks, self._engine, self._seed = networks, engine, seed
        self._budget = budget
        self._episodes = EPISODES
        self._stages = 0

    def run(self) -> None:
        """Run all stages. Raises LimitError when the time is up."""
        self.contenders = self._starts()
        self._stage()
        while len(self.contenders) > LAST or self._episodes < MOST_EPISODES:
            self.contenders = self.contenders[: max(LAST, len(self.contenders) // 2)]
            self._episodes = min(MOST_EPISODES, 2 * self._episodes)
            self._stage()
        self._episodes = FINAL_EPISODES
        reached: list[float] = []
        while len(reached) < MOST_STAGES:
            self.contenders = self.contenders[:2]
            self._stage()
            best = self.contenders[0].best[0]
            if reached and best < reached[-1] + GAIN * abs(reached[-1]):
                break
            reached.append(best)

    def winner(self) -> tuple[Network, float, int]:
        """Return the best network, its mean on fresh episodes, and how many these are.

        Raises:
            KeyboardInterrupt: no stage was done.
        """
        finalists = [one for one in self.contenders[:LAST] if one.best[1]]
        if not finalists:
            raise KeyboardInterrupt
        seeds = drawn_seeds(MOST_EPISODES, self._seed, Use.FRONT_FINAL, 0)
        tuned = [with_single_weights(one.network, one.best[1]) for one in finalists]
        means = self._engine.map(_mean_return, [(network, seeds) for network in tuned])
        place = int(np.argmax(means))
        return tuned[place], means[place], len(seeds)

    def _starts(self) -> list[Contender]:
        """Return the contenders, which start from each network's best peaks."""
        seeds = drawn_seeds(GRID_EPISODES, self._seed, Use.FRONT_EPISODES, 0)
        items = [(network, seeds) for network in self._networks]
        try:
            peaks = self._engine.map(_peaks, items, self._budget.deadline_s)
        except TimeoutError as error:
            raise LimitError("time limit") from error
        self._budget.done += len(GRID_WEIGHTS) * len(items)
        starts = [
            (network, weight, step)
            for network, weights in zip(self._networks, peaks, strict=True)
            for weight in weights
            for step in FIRST_STEPS
        ]
        return [
            Contender(number, network, CmaEsRun(np.full(len(network.edges), weight), step, 0))
            for number, (network, weight, step) in enumerate(starts)
        ]

    def _stage(self) -> None:
        """Run a stage of every contender on the same episodes, and sort them by their best."""
        seed, count = self._seed, 1 + max(one.number for one in self.contenders)
        seeds = drawn_seeds(self._episodes, seed, Use.FRONT_EPISODES, self._episodes)
        drawn = drawn_seeds(count, seed, Use.FRONT_RUNS, self._stages)
        deadline_s = self._budget.deadline_s
        stages = [
            Stage(
                contender=one,
                seeds=seeds,
                generations=GENERATIONS,
                rng_seed=drawn[one.number],
                deadline_s=deadline_s,
            )
            for one in self.contenders
        ]
        self._stages += 1
        ran = self._engine.map(_run_stage, stages)
        self._budget.done += sum(one.evaluations for one in ran)
        self.contenders = sorted(ran, key=lambda one: -one.best[0])
        self._budget.report(self.contenders[0].best[0], self._planned())
        self._budget.check()

    def _planned(self) -> int:
        """Estimate the evaluations of the whole race: each stage has half of those before it."""
        left = max(0, math.ceil(math.log2(max(1, len(self.contenders) / LAST))))
        return round(self._budget.done * (1 + (1 - 0.5**left) / (2.0**self._stages - 1)))


def _peaks(task: Task, item: tuple[Network, Sequence[int]]) -> list[float]:
    """Return the highest peaks of the mean return over the shared weight."""
    network, seeds = item
    returns = rollouts(network, task, GRID_WEIGHTS, seeds).returns
    return peaks_of(returns.mean(axis=1, dtype=np.float64))


def _run_stage(task: Task, stage: Stage) -> Contender:
    """Run the generations of one contender, in a worker."""
    contender, run = stage.contender, stage.contender.run
    run.reseed(stage.rng_seed % 2**32)

    def means_of(candidates: Sequence[Doubles]) -> list[float]:
        tried = [with_single_weights(contender.network, x.tolist()) for x in candidates]
        return [mean_return(network, task, stage.seeds) for network in tried]

    best, evaluations = run_generations(run, stage.generations, means_of, stage.deadline_s)
    return contender._replace(best=best, evaluations=evaluations)


def _mean_return(task: Task, item: tuple[Network, Sequence[int]]) -> float:
    network, seeds = item
    return mean_return(network, task, seeds)
