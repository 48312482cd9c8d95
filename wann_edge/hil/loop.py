"""Episodes with a device in the loop, and the report of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

import numpy as np

from wann_edge.errors import LinkError
from wann_edge.evaluate import episode_seeds, rollouts, run_episode
from wann_edge.hil.device import Counters, Device
from wann_edge.hil.device_policy import DevicePolicy, Observed
from wann_edge.hil.messages import Hello, Statistics
from wann_edge.network import Network
from wann_edge.task import Task, check_fit

# The upper ends of the histogram's classes, but for the last, which has none.
HISTOGRAM_S = tuple(0.000125 * 2**n for n in range(14))


@dataclass(frozen=True)
class Report:
    """What came of a session. Latencies are from the first byte of an observation to the last
    of its action, retries included.

    device_rewards, host_rewards: of each episode, with the device and with the kernel alone.
    statistics: the device's, since its last reset; None where it was no longer to be asked.
    injected: faults by name. interrupted: whether it ended before its last episode.
    """

    hello: Hello
    mode: str
    period_s: float
    device_rewards: tuple[float, ...]
    host_rewards: tuple[float, ...]
    observed: Observed
    link: Counters
    statistics: Statistics | None
    injected: Counter[str]
    interrupted: bool

    @property
    def equal_episodes(self) -> int:
        """Episodes with the kernel's reward to the bit."""
        return sum(a == b for a, b in zip(self.device_rewards, self.host_rewards, strict=True))

    @property
    def ok(self) -> bool:
        """Whether there was a step, and every action and reward has the kernel's bits."""
        same = self.equal_episodes == len(self.host_rewards)
        return bool(self.observed.latencies_s) and self.observed.mismatches == 0 and same

    def latency_s(self, quantile: float) -> float:
        """A quantile of the round trips; 1 is the worst."""
        found = self.observed.latencies_s
        return float(np.quantile(found, quantile)) if found else 0.0

    def compute_s(self, quantile: float) -> float | None:
        """A quantile of the device's compute times; None where it has no clock."""
        if not self.hello.ticks_hz or not self.observed.ticks:
            return None
        return float(np.quantile(self.observed.ticks, quantile)) / self.hello.ticks_hz

    def histogram(self) -> list[int]:
        """Round trips in each class of HISTOGRAM_S, and behind the last."""
        classes = np.searchsorted(HISTOGRAM_S, np.array(self.observed.latencies_s))
        counts: list[int] = np.bincount(classes, minlength=len(HISTOGRAM_S) + 1).tolist()
        return counts

    def to_document(self) -> dict[str, object]:
        """For ``--json``."""
        seen = self.observed
        hello = {**asdict(self.hello), "network": self.hello.network.hex()}
        return {
            "ok": self.ok,
            "interrupted": self.interrupted,
            "mode": self.mode,
            "control_period_s": self.period_s,
            "device": {**hello, "contract": self.hello.contract.hex()},
            "episodes": len(self.device_rewards),
            "device_rewards": self.device_rewards,
            "host_rewards": self.host_rewards,
            "equal_episodes": self.equal_episodes,
            "steps": len(seen.latencies_s),
            "mismatches": seen.mismatches,
            "first_mismatch": _mismatch(seen),
            "missed_deadlines": seen.missed_deadlines,
            "latency_s": _quantiles(self.latency_s),
            "latency_histogram": {"below_s": HISTOGRAM_S, "counts": self.histogram()},
            "compute_s": _quantiles(self.compute_s),
            "link": asdict(self.link),
            "device_statistics": None if self.statistics is None else asdict(self.statistics),
            "injected": dict(self.injected),
        }


def run_loop(
    device: Device,
    network: Network,
    task: Task,
    policy: DevicePolicy,
    *,
    weight: float,
    period_s: float,
    mode: str,
    episodes: int,
    seed: int,
    injected: Counter[str] | None = None,
) -> Report:
    """Episodes of the task, driven by the device. Ctrl-C ends it with a report of what was.

    Raises TaskError where the network does not fit the task, LinkError where the device does
    not answer any more.
    """
    check_fit(network, task.spec)
    seeds = episode_seeds(seed, episodes)
    world, rewards = task.world(), list[float]()
    interrupted = False
    try:
        for number in seeds:
            policy.start_episode()
            reward, _ = run_episode(policy, world, number, task.spec.max_steps)
            rewards.append(float(reward))
    except KeyboardInterrupt:
        interrupted = True
    host = _host_rewards(network, task, weight, seeds[: len(rewards)])
    statistics = None
    with suppress(LinkError):
        statistics = device.statistics()
    return Report(
        *(device.hello, mode, period_s, tuple(rewards), host, policy.observed, device.counters),
        *(statistics, injected or Counter(), interrupted),
    )


def _host_rewards(
    network: Network, task: Task, weight: float, seeds: Sequence[int]
) -> tuple[float, ...]:
    """The same episodes with the kernel alone."""
    if not seeds:
        return ()
    return tuple(rollouts(network, task, (weight,), seeds).returns[0].tolist())


def _quantiles(at: Callable[[float], float | None]) -> dict[str, float | None]:
    return {"median": at(0.5), "p99": at(0.99), "worst": at(1.0)}


def _mismatch(seen: Observed) -> dict[str, list[float]] | None:
    if seen.first_mismatch is None:
        return None
    names = ("observation", "device_action", "kernel_action")
    values = (numbers.tolist() for numbers in seen.first_mismatch)
    return dict(zip(names, values, strict=True))
