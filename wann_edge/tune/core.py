"""What the three ways to tune share: limits, progress, the run of CMA-ES, and the result."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
from cmaes import CMA
from numpy.typing import NDArray

from wann_edge.errors import SettingsError
from wann_edge.evaluate import rollouts
from wann_edge.network import Network, with_single_weights
from wann_edge.system.limits import share_done
from wann_edge.task import Task

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class TuningProgress:
    """How far a tuning is.

    Attributes:
        evaluations: candidates evaluated.
        best: the highest mean return so far.
        elapsed_s: seconds since the start.
        limit: evaluations at the most, or an estimate of them; None without either.
        time_limit_s: seconds at the most, or None.
    """

    evaluations: int
    best: float
    elapsed_s: float
    limit: int | None
    time_limit_s: float | None

    @property
    def share_done(self) -> float:
        """The share of the nearer limit that is used, 0 to 1."""
        return share_done(self.evaluations, self.limit, self.elapsed_s, self.time_limit_s)


# The mean return and the single weights before any candidate.
NO_BEST: tuple[float, tuple[float, ...]] = (-math.inf, ())

OnTuningProgress = Callable[[TuningProgress], None]


@dataclass(frozen=True)
class Tuned:
    """The result of a tuning.

    Attributes:
        network: the best candidate; its provenance records the tuning, and under "before" the
            provenance of the network that was tuned.
        mean: its mean return over the episodes that candidates are compared on.
        evaluations: candidates evaluated.
        stopped: "converged", "evaluations", "time limit" or "interrupted".
    """

    network: Network
    mean: float
    evaluations: int
    stopped: str


class LimitError(Exception):
    """A limit is reached; the text is the reason: "evaluations" or "time limit"."""


class Budget:
    """The limits of a tuning and what is used of them.

    Attributes:
        done: evaluations so far.
        deadline_s: the end by ``time.monotonic``, or None.
    """

    def __init__(
        self,
        evaluations: int | None,
        time_limit_s: float | None,
        on_progress: OnTuningProgress | None,
    ) -> None:
        self.done = 0
        self._evaluations, self._time_limit_s = evaluations, time_limit_s
        self._on_progress = on_progress
        self._started_s = time.monotonic()
        self.deadline_s = None if time_limit_s is None else self._started_s + time_limit_s

    def check(self, evaluations: int = 1) -> None:
        """Check that so many more evaluations may begin; the first one always may.

        Raises:
            LimitError: they would be too many, or the time is up.
        """
        if self._evaluations is not None and self.done + evaluations > self._evaluations:
            raise LimitError("evaluations")
        if self.done and self.deadline_s is not None and time.monotonic() > self.deadline_s:
            raise LimitError("time limit")

    def report(self, best: float, planned: int | None = None) -> None:
        """Report the progress to the caller.

        Args:
            best: the highest mean return so far.
            planned: an estimate of all evaluations, where there is no limit.
        """
        if self._on_progress is None:
            return
        limit = self._evaluations if planned is None else planned
        elapsed_s = time.monotonic() - self._started_s
        self._on_progress(
            TuningProgress(
                evaluations=self.done,
                best=best,
                elapsed_s=elapsed_s,
                limit=limit,
                time_limit_s=self._time_limit_s,
            )
        )


def reason_of_end(work: Callable[[], None]) -> str:
    """Run a tuning until it converges, reaches a limit or is interrupted; return which."""
    try:
        work()
    except LimitError as reached:
        return str(reached)
    except KeyboardInterrupt:
        return "interrupted"
    return "converged"


def result(
    network: Network,
    mean: float,
    stopped: str,
    *,
    what: str,
    seed: int,
    evaluations: int,
    episodes: Mapping[str, int],
    before: Mapping[str, object],
) -> Tuned:
    """Return the result, with the provenance of a tuned network.

    Args:
        network: the tuned network.
        mean: its mean return.
        stopped: the reason of the end.
        what: "shared" or "weights".
        seed: the seed of the tuning.
        evaluations: candidates evaluated.
        episodes: the entry that counts the episodes of a candidate.
        before: the provenance of the network that was tuned.
    """
    provenance = {
        "version": version("wann-edge"),
        "tuned": what,
        "seed": seed,
        "evaluations": evaluations,
        **episodes,
        "training_mean": mean,
        "before": dict(before),
    }
    return Tuned(replace(network, provenance=provenance), mean, evaluations, stopped)


def check_many(network: Network) -> None:
    """Check that a network has single weights to tune.

    Raises:
        SettingsError: it has fewer than two connections.
    """
    edges = len(network.edges)
    if edges < 2:
        raise SettingsError(
            f"a network of {edges} connections has no single weights to tune",
            where="tune",
            remedy="tune its shared weight",
        )


def with_own_weights(network: Network) -> Network:
    """Return the network with its shared weight written into its single weights."""
    single = network.weights or (1.0,) * len(network.edges)
    return with_single_weights(network, [network.shared_weight * weight for weight in single])


class CmaEsRun:
    """A run of CMA-ES that maximises a mean return (Hansen 2016, arXiv 1604.00772).

    Attributes:
        value: the mean return by which runs are compared.
        generation: generations so far.
    """

    def __init__(
        self,
        start: Doubles,
        first_step: float,
        seed: int,
        population: int | None = None,
    ) -> None:
        self.value = -math.inf
        self.generation = 0
        self._optimizer = CMA(start, first_step, seed=seed, population_size=population)

    @property
    def has_converged(self) -> bool:
        """Whether CMA-ES finds nothing more."""
        return bool(self._optimizer.should_stop())

    @property
    def population(self) -> int:
        """The candidates of a generation."""
        return int(self._optimizer.population_size)

    @property
    def middle(self) -> Doubles:
        """The mean of the distribution, float64 [weights]."""
        return np.array(self._optimizer.mean)

    def reseed(self, seed: int) -> None:
        """Set the random state, which a pickled run loses."""
        self._optimizer.reseed_rng(seed)

    def advance(
        self, means_of: Callable[[Sequence[Doubles]], Sequence[float]]
    ) -> tuple[float, tuple[float, ...]]:
        """Run a generation.

        Args:
            means_of: returns the mean return of each candidate, float64 [weights].

        Returns:
            The generation's highest mean return, and the weights that had it.
        """
        asked = [self._optimizer.ask() for _ in range(self.population)]
        means = means_of(asked)
        self._optimizer.tell([(x, -mean) for x, mean in zip(asked, means, strict=True)])
        self.generation += 1
        best = int(np.argmax(means))
        return means[best], tuple(asked[best].tolist())


def run_generations(
    run: CmaEsRun,
    generations: int,
    means_of: Callable[[Sequence[Doubles]], Sequence[float]],
    deadline_s: float | None = None,
) -> tuple[tuple[float, tuple[float, ...]], int]:
    """Run generations until CMA-ES finds nothing more or the time is up, and one at the least.

    Args:
        run: the run of CMA-ES.
        generations: how many at the most.
        means_of: as ``CmaEsRun.advance`` takes it.
        deadline_s: the end by ``time.monotonic``, or None.

    Returns:
        The highest mean return with the weights that had it, and the candidates evaluated.
    """
    best, evaluations = NO_BEST, 0
    for _ in range(generations):
        late = deadline_s is not None and time.monotonic() > deadline_s
        if evaluations and (late or run.has_converged):
            break
        best = max(best, run.advance(means_of))
        evaluations += run.population
    return best, evaluations


def race(runs: list[CmaEsRun], leg: Callable[[CmaEsRun], bool]) -> None:
    """Run legs of all runs until none is left; after each, the worse half leaves.

    Args:
        runs: the runs; the list shrinks.
        leg: runs some generations of one; False where it has converged.
    """
    while runs:
        runs[:] = [run for run in runs if leg(run)]
        runs.sort(key=lambda run: -run.value)
        del runs[max(1, len(runs) // 2) :]


def mean_return(network: Network, task: Task, seeds: Sequence[int]) -> float:
    """Return the mean return of a network with its own weights over the episodes of ``seeds``."""
    returns = rollouts(network, task, (network.shared_weight,), seeds).returns
    return float(returns.mean(dtype=np.float64))
