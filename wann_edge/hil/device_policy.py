"""A policy over a device: each action is compared with the kernel's, and timed."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from wann_edge.evaluate import KernelPolicy
from wann_edge.hil.capture import Capture, Exchange, hex_of
from wann_edge.hil.device import Device, Step
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork


@dataclass
class Observed:
    """What a policy saw. latencies_s and ticks: of each step.

    first_mismatch: observation, device's action and kernel's action. missed_deadlines: actions
    that came later than a control period after their observation.
    """

    latencies_s: array[float] = field(default_factory=lambda: array("d"))
    ticks: array[int] = field(default_factory=lambda: array("L"))
    mismatches: int = 0
    first_mismatch: tuple[Floats, Floats, Floats] | None = None
    missed_deadlines: int = 0


class DevicePolicy:
    """The device in the kernel's place.

    An action whose bits differ from the kernel's is counted and never applied: the kernel's
    is. period_s: of the control; paced: whether a step waits for its time. capture: where
    each step is recorded. A device in fixed point takes no infinite or undefined numbers: for
    such an observation the kernel's action, the safe one, is applied without it. on_step is
    told of each step, with their number.
    """

    def __init__(
        self,
        device: Device,
        network: Network,
        weight: float,
        period_s: float,
        *,
        paced: bool = False,
        capture: Capture | None = None,
    ) -> None:
        self.observed = Observed()
        self.episode = -1
        self.on_step: Callable[[int], None] = lambda steps: None
        self._device, self._period_s, self._paced = device, period_s, paced
        self._kernel = KernelPolicy(network, weight)
        self._takes_any = not isinstance(network, FixedNetwork)
        self._capture = capture
        self._step = 0
        self._due_s = 0.0

    def start_episode(self) -> None:
        """The next observation is the first of an episode."""
        self.episode += 1
        self._step = 0
        self._due_s = time.perf_counter()

    def act(self, observation: Floats) -> Floats:
        """The action float32 [outputs] for an observation float32 [inputs]."""
        expected = self._kernel.act(observation)
        if not self._takes_any and not np.isfinite(observation).all():
            return expected
        self._wait()
        step = self._device.step(observation)
        self._note_time(step)
        self._record(observation, step)
        self._step += 1
        self.on_step(len(self.observed.latencies_s))
        if step.action.tobytes() == expected.tobytes():
            return step.action
        self.observed.mismatches += 1
        if self.observed.first_mismatch is None:
            self.observed.first_mismatch = (observation.copy(), step.action, expected)
        return expected

    def _wait(self) -> None:
        """Until the time of the observation; not where it has passed."""
        now = time.perf_counter()
        if self._paced and now < self._due_s:
            time.sleep(self._due_s - now)
        self._due_s = max(self._due_s, now)

    def _note_time(self, step: Step) -> None:
        self.observed.latencies_s.append(step.latency_s)
        self.observed.ticks.append(step.ticks)
        self._due_s += self._period_s
        late = time.perf_counter() > self._due_s if self._paced else step.latency_s > self._period_s
        self.observed.missed_deadlines += late

    def _record(self, observation: Floats, step: Step) -> None:
        if self._capture is None:
            return
        exchange = Exchange(
            episode=self.episode,
            step=self._step,
            observation=hex_of(observation),
            action=hex_of(step.action),
            ticks=step.ticks,
            latency_s=step.latency_s,
        )
        self._capture.exchanges.append(exchange)
