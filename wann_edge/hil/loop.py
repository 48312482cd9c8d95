"""Episodes with a device in the loop, and their report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

import numpy as np

from wann_edge.errors import LinkError, TaskError
from wann_edge.evaluate import check_repeats, episode_seeds, rollouts, run_episode
from wann_edge.hil.device import Counters, Device
from wann_edge.hil.device_policy import DevicePolicy, Observed
from wann_edge.hil.messages import Hello, Statistics
from wann_edge.network import Network
from wann_edge.task import Task, check_fit
from wann_edge.task.held import WatchedWorld, held_rule
from wann_edge.task.open_world import opened

# Upper limits in seconds of the histogram's classes; the last class has none.
HISTOGRAM_S = tuple(0.000125 * 2**n for n in range(14))


@dataclass(frozen=True)
class Report:
    """The result of a session.

    Attributes:
        hello: what the device reports about itself.
        mode: "lockstep" or "real time".
        period_s: control period in seconds.
        device_rewards: return of each episode with the device.
        host_rewards: return of each episode with the kernel alone.
        observed: latencies and mismatches of the steps.
        link: what the host counted.
        statistics: what the device counted since its last reset; None when it did not answer.
        injected: number of injected faults by name.
        interrupted: whether Ctrl-C ended the session before its last episode.
        untried: why rewards could not be compared, such as an environment that ignores its seed;
            "" where they were.
        held: whether each episode is held; None where the task has no rule.
        held_when: the task's rule, in words.
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
    untried: str = ""
    held: tuple[bool, ...] | None = None
    held_when: str = ""

    @property
    def equal_episodes(self) -> int:
        """Return the number of episodes whose return has the kernel's bits."""
        return sum(a == b for a, b in zip(self.device_rewards, self.host_rewards, strict=True))

    @property
    def ok(self) -> bool:
        """Return whether there was a step and every action and return has the kernel's bits."""
        same = self.equal_episodes == len(self.host_rewards)
        return bool(self.observed.latencies_s) and self.observed.mismatches == 0 and same

    def latency_s(self, quantile: float) -> float:
        """Return a quantile of the round trips in seconds; 1 is the worst."""
        found = self.observed.latencies_s
        return float(np.quantile(found, quantile)) if found else 0.0

    def compute_s(self, quantile: float) -> float | None:
        """Return a quantile of the compute times in seconds; None without a clock on the device."""
        if not self.hello.ticks_hz or not self.observed.ticks:
            return None
        return float(np.quantile(self.observed.ticks, quantile)) / self.hello.ticks_hz

    def histogram(self) -> list[int]:
        """Return the number of round trips in each class of HISTOGRAM_S, and above the last."""
        classes = np.searchsorted(HISTOGRAM_S, np.array(self.observed.latencies_s))
        counts: list[int] = np.bincount(classes, minlength=len(HISTOGRAM_S) + 1).tolist()
        return counts

    def to_document(self) -> dict[str, object]:
        """Return the report as ``--json`` prints it."""
        seen = self.observed
        hello = {**asdict(self.hello), "network": self.hello.network.hex()}
        return {
            "ok": self.ok,
            "interrupted": self.interrupted,
            "untried": self.untried,
            "mode": self.mode,
            "control_period_s": self.period_s,
            "device": {**hello, "contract": self.hello.contract.hex()},
            "episodes": len(self.device_rewards),
            "device_rewards": self.device_rewards,
            "host_rewards": self.host_rewards,
            "equal_episodes": self.equal_episodes,
            "held_when": self.held_when or None,
            "held": self.held,
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
    """Run episodes of a task with the device in the loop, and again with the kernel alone.

    Ctrl-C ends the session with a report of the complete episodes.

    Args:
        device: the device, in a session.
        network: the network that the device runs.
        task: the task whose worlds the host simulates.
        policy: the policy over the device.
        weight: the shared weight that the device uses.
        period_s: control period in seconds, for the report.
        mode: "lockstep" or "real time", for the report.
        episodes: number of episodes.
        seed: the starts of the episodes derive from it.
        injected: number of injected faults by name, for the report.

    Raises:
        TaskError: the network does not fit the task.
        LinkError: the device stops answering.
    """
    check_fit(network, task.spec)
    seeds = episode_seeds(seed, episodes)
    rewards, ends, rule = list[float](), list[bool](), held_rule(task)
    interrupted = False
    try:
        with opened(WatchedWorld(task.world(), rule)) as world:
            for number in seeds:
                policy.start_episode()
                reward, _ = run_episode(policy, world, number, task.spec.max_steps)
                rewards.append(float(reward))
                ends.append(rule is not None and bool(rule.verdict(reward, world.held)))
    except KeyboardInterrupt:
        interrupted = True
    host = _host_rewards(network, task, weight, seeds[: len(rewards)])
    differ = policy.observed.mismatches
    statistics = None
    with suppress(LinkError):
        statistics = device.statistics()
    return Report(
        hello=device.hello,
        mode=mode,
        period_s=period_s,
        device_rewards=tuple(rewards),
        host_rewards=host,
        observed=policy.observed,
        link=device.counters,
        statistics=statistics,
        injected=injected or Counter(),
        interrupted=interrupted,
        untried=_untried(network, task, weight, seeds, rewards, host) if not differ else "",
        held=None if rule is None else tuple(ends),
        held_when="" if rule is None else rule.when,
    )


def _untried(
    network: Network,
    task: Task,
    weight: float,
    seeds: Sequence[int],
    rewards: Sequence[float],
    host: Sequence[float],
) -> str:
    """Return why rewards that differ say nothing about the device; "" where they do."""
    if list(rewards) == list(host):
        return ""
    try:
        check_repeats(network, task, seeds[: len(host)], np.array(host, np.float32), weight)
    except TaskError as error:
        return str(error)
    return ""


def _host_rewards(
    network: Network, task: Task, weight: float, seeds: Sequence[int]
) -> tuple[float, ...]:
    """Return the returns of the same episodes with the kernel alone."""
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
