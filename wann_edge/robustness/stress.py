"""Faults on a network: the reward that remains under each."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from wann_edge.confidence import DEVIATIONS, enough, wilson
from wann_edge.errors import SettingsError, VerifyError
from wann_edge.evaluate import check_repeats, episode_seeds
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.robustness.fault_trial import FaultTrial
from wann_edge.robustness.faults import FAULTS, Severity
from wann_edge.robustness.faulty_header import compiled
from wann_edge.robustness.fresh import Fresh, HeldShare
from wann_edge.robustness.subject import Subject
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task, check_fit
from wann_edge.task.held import Held, held_rule


@dataclass(frozen=True)
class FaultResult:
    """The result of one network under one kind of fault at one severity.

    Attributes:
        fault: the kind of fault.
        severity: of the fault.
        faults: the number of faults tried.
        possible: the number of different faults; None where it is infinite.
        mean: of the returns of all episodes of all faults.
        sd: standard deviation of the same returns.
        low: lower end of the 95 % interval of the mean, from the means of faults; from the
            returns of episodes where there is one fault.
        high: upper end of the interval.
        kept_episodes: the share of episodes with at least 80 % of their return without a
            fault.
        kept_faults: the share of faults with at least 80 % of the mean without a fault.
        worst: the lowest mean of a fault.
        episodes: the number of episodes, of all faults.
        held: how many of them are held; None without a rule.
        held_interval: the 95 % interval of their share (Wilson), or None.
        worst_episode: the lowest return of an episode.
        worst_seed: the seed of that episode.
    """

    fault: str
    severity: Severity
    faults: int
    possible: int | None
    mean: float
    sd: float
    low: float
    high: float
    kept_episodes: float
    kept_faults: float
    worst: float
    episodes: int
    held: int | None
    held_interval: tuple[float, float] | None
    worst_episode: float
    worst_seed: int

    @property
    def held_share(self) -> HeldShare | None:
        """How many episodes are held; None without a rule."""
        return None if self.held is None else HeldShare(self.held, self.episodes)


@contextmanager
def at_work(
    network: Network,
    task: Task,
    *,
    episodes: int = 20,
    samples: int = 100,
    seed: int = 0,
    rule: Held | None = None,
) -> Iterator[Subject]:
    """Compile the network's header for faults.

    Args:
        network: to test.
        task: of the episodes.
        episodes: 2 or more, which intervals need.
        samples: the most faults of a kind and severity to try.
        seed: determines the episodes.
        rule: when an episode is held; None for the task's own rule.

    Returns:
        A context with the subject of ``measure``.

    Raises:
        TaskError: the network does not fit the task, or the task ignores its seeds.
        MissingError: no C compiler is installed.
        VerifyError: the header without a fault differs from the kernel.
    """
    check_fit(network, task.spec)
    seeds = tuple(episode_seeds(seed, episodes))
    alive = network.without_dead_nodes()
    with compiled(alive) as header:
        subject = Subject(
            network=alive,
            task=task,
            seeds=seeds,
            header=header,
            samples=samples,
            rule=rule or held_rule(task),
        )
        if header.returns(task, seeds).tobytes() != nominal(subject).tobytes():
            check_repeats(alive, task, seeds, nominal(subject))
            raise VerifyError(
                "the header without a fault differs from the kernel",
                where="stress",
                remedy="run wann-edge verify with --target host",
            )
        yield subject


def nominal(subject: Subject) -> Floats:
    """Return the returns [episodes] without a fault."""
    return subject.returns(subject.network)


def without_faults(subject: Subject) -> Fresh:
    """Run the episodes without a fault."""
    found = subject.trial(subject.network)
    return Fresh(found.returns, subject.seeds, found.held)


def chosen_faults(names: Sequence[str]) -> list[str]:
    """Return the names of faults. Raises SettingsError for an unknown name."""
    for name in names:
        if name not in FAULTS:
            raise SettingsError(
                f"unknown fault {name!r}",
                where="--faults",
                remedy=f"use some of {', '.join(FAULTS)}",
            )
    return list(names)


def cases(names: Sequence[str]) -> list[tuple[str, Severity]]:
    """Return each of these faults with each of its severities."""
    return [(name, severity) for name in names for severity in FAULTS[name].severities]


def measure(subject: Subject, fault: str, severity: Severity, seed: int) -> FaultResult | None:
    """Measure one kind of fault at one severity.

    The result depends on the seed, not on what else is measured.

    Args:
        subject: from ``at_work``.
        fault: a name in ``FAULTS``.
        severity: one of its severities.
        seed: determines the sample of faults.

    Returns:
        The result; None where no such fault exists, such as more dead nodes than nodes.
    """
    key = (zlib.crc32(fault.encode()), FAULTS[fault].severities.index(severity))
    rng = generator(seed, Use.FAULTY_NETWORKS, *key)
    trials = FAULTS[fault].run(subject, severity, rng)
    tried = list(trials.tried)
    return _result(fault, severity, trials.possible, tried, subject) if tried else None


def _result(
    fault: str,
    severity: Severity,
    possible: int | None,
    tried: Sequence[FaultTrial],
    subject: Subject,
) -> FaultResult:
    """Return the result of the episodes with each fault."""
    returns = np.array([one.returns for one in tried], np.float64)
    means, whole = returns.mean(axis=1), nominal(subject).astype(np.float64)
    units = means if len(means) > 1 else returns[0]
    width = DEVIATIONS * float(units.std(ddof=1)) / math.sqrt(len(units))
    mean = float(returns.mean())
    flags = [one.held for one in tried if one.held is not None]
    held = int(np.sum(flags)) if flags else None
    return FaultResult(
        fault=fault,
        severity=severity,
        faults=len(returns),
        possible=possible,
        mean=mean,
        sd=float(returns.std(ddof=1)),
        low=mean - width,
        high=mean + width,
        kept_episodes=float(np.mean(returns >= enough(whole))),
        kept_faults=float(np.mean(means >= enough(np.array(whole.mean())))),
        worst=float(means.min()),
        episodes=returns.size,
        held=held,
        held_interval=None if held is None else wilson(held, returns.size),
        worst_episode=float(returns.min()),
        worst_seed=subject.seeds[int(returns.min(axis=0).argmin())],
    )
