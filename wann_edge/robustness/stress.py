"""Faults on a network: the reward that remains under each."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from wann_edge.confidence import DEVIATIONS, Reals, enough
from wann_edge.errors import SettingsError, VerifyError
from wann_edge.evaluate import check_repeats, episode_seeds
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.robustness.faults import FAULTS, Severity
from wann_edge.robustness.faulty_header import compiled
from wann_edge.robustness.subject import Subject
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task, check_fit


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


@contextmanager
def at_work(
    network: Network, task: Task, *, episodes: int = 20, samples: int = 100, seed: int = 0
) -> Iterator[Subject]:
    """Compile the network's header for faults.

    Args:
        network: to test.
        task: of the episodes.
        episodes: 2 or more, which intervals need.
        samples: the most faults of a kind and severity to try.
        seed: determines the episodes.

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
        subject = Subject(network=alive, task=task, seeds=seeds, header=header, samples=samples)
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
    returns = [found.astype(np.float64) for found in trials.returns]
    if not returns:
        return None
    return _result(fault, severity, trials.possible, np.array(returns), nominal(subject))


def _result(
    fault: str,
    severity: Severity,
    possible: int | None,
    returns: Reals,
    without: Floats,
) -> FaultResult:
    """Return the result for returns [faults, episodes] and those without a fault [episodes]."""
    means = returns.mean(axis=1)
    units = means if len(means) > 1 else returns[0]
    width = DEVIATIONS * float(units.std(ddof=1)) / math.sqrt(len(units))
    mean = float(returns.mean())
    whole = without.astype(np.float64)
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
    )
