"""Runs faults on a network, and says what is left of its reward."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from wann_edge.confidence import DEVIATIONS, Reals, enough
from wann_edge.errors import SettingsError, VerifyError
from wann_edge.evaluate import episode_seeds
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.robustness.faults import FAULTS, Severity, Subject
from wann_edge.robustness.faulty_header import compiled
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task, check_fit


@dataclass(frozen=True)
class Row:
    """One network under one kind of fault at one severity.

    faults: how many were tried, of how many possible where that can be counted. mean,
    sd: of the returns of all episodes of all faults. low, high: the 95 % interval of the
    mean, from the means of faults, or from the episodes where there is one fault.
    kept_episodes, kept_faults: the shares that keep 80 % of the reward without a fault:
    episodes, each of its own; faults, of the mean. worst: the lowest mean of a fault.
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
    """The network with its header compiled, ready for faults.

    samples: how many faults of a kind and severity to try at most.
    episodes: 2 or more, for there are intervals.
    Raises TaskError where the network does not fit the task, MissingError without a C
    compiler, VerifyError where the header without a fault does not give the kernel's bits.
    """
    check_fit(network, task.spec)
    seeds = tuple(episode_seeds(seed, episodes))
    alive = network.without_dead_nodes()
    with compiled(alive) as device:
        subject = Subject(alive, task, seeds, device, samples)
        if device.returns(task, seeds).tobytes() != nominal(subject).tobytes():
            raise VerifyError("the header without a fault differs from the kernel", where="stress")
        yield subject


def nominal(subject: Subject) -> Floats:
    """The returns [episodes] without a fault."""
    return subject.returns(subject.network)


def chosen_faults(names: Sequence[str]) -> list[str]:
    """The names, checked. Raises SettingsError."""
    for name in names:
        if name not in FAULTS:
            raise SettingsError(
                f"{name!r} is no fault", where="--faults", remedy=f"use some of {', '.join(FAULTS)}"
            )
    return list(names)


def cases(names: Sequence[str]) -> list[tuple[str, Severity]]:
    """Every fault of these names with each of its severities."""
    return [(name, severity) for name in names for severity in FAULTS[name].severities]


def measure(subject: Subject, fault: str, severity: Severity, seed: int) -> Row | None:
    """One row; None where no such fault is possible, as with more dead nodes than there are.

    The same seed gives the same row, whatever else is measured.
    """
    key = (zlib.crc32(fault.encode()), FAULTS[fault].severities.index(severity))
    rng = generator(seed, Use.FAULTY_NETWORKS, *key)
    trials = FAULTS[fault].run(subject, severity, rng)
    returns = [found.astype(np.float64) for found in trials.returns]
    if not returns:
        return None
    return _row(fault, severity, trials.possible, np.array(returns), nominal(subject))


def _row(
    fault: str,
    severity: Severity,
    possible: int | None,
    returns: Reals,
    without: Floats,
) -> Row:
    """returns: [faults, episodes]."""
    means = returns.mean(axis=1)
    units = means if len(means) > 1 else returns[0]
    width = DEVIATIONS * float(units.std(ddof=1)) / math.sqrt(len(units))
    mean = float(returns.mean())
    whole = without.astype(np.float64)
    return Row(
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
