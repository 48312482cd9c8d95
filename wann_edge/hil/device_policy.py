"""The device as a policy: each action is timed and compared with the kernel's."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from wann_edge.evaluate import KernelPolicy
from wann_edge.hil.capture import Capture, Exchange, hex_of
from wann_edge.hil.device import Device, Step
from wann_edge.hil.messages import Doubles
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork


@dataclass
class Observed:
    """What a policy measured.

    Attributes:
        latencies_s: round trip of each step in seconds.
        ticks: compute time of each step on the device's clock.
        mismatches: actions whose bits differ from the kernel's.
        first_mismatch: observation, device's action and kernel's action of the first of them.
        missed_deadlines: actions later than a control period after their observation.
    """

    latencies_s: array[float] = field(default_factory=lambda: array("d"))
    ticks: array[int] = field(default_factory=lambda: array("L"))
    mismatches: int = 0
    first_mismatch: tuple[Floats, Doubles, Doubles] | None = None
    missed_deadlines: int = 0


class DevicePolicy:
    """Runs a network on the device and checks every action.

    An action whose bits differ from the kernel's is counted and not applied; the kernel's action
    is applied in its place. Fixed-point words can't carry infinity or NaN: such an observation is
    not sent, and the kernel's action, the safe one, is applied.

    Args:
        device: the device, in a session.
        network: the network that the device runs.
        weight: the shared weight that the device uses.
        period_s: control period in seconds.
        paced: whether each step waits for its control period.
        capture: records each step; None for no recording.

    Attributes:
        on_step: called after each step with the number of steps so far.
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
        self._kernel, self._weight = KernelPolicy(network, weight), weight
        self._takes_any = not isinstance(network, FixedNetwork)
        self._capture = capture
        self._step = 0
        self._due_s = 0.0

    def start_episode(self) -> None:
        """Begin an episode: the next observation is its first."""
        self.episode += 1
        self._step = 0
        self._due_s = time.perf_counter()

    def act(self, observation: Floats) -> Floats:
        """Return the action float32 [outputs] for an observation float32 [inputs]."""
        applied = self._kernel.act(observation)
        if not self._takes_any and not np.isfinite(observation).all():
            return applied
        self._wait()
        step = self._device.step(observation)
        self._note_time(step)
        self._record(observation, step)
        self._step += 1
        self.on_step(len(self.observed.latencies_s))
        numbers = self._device.numbers
        # Bytes, not float32: a word of 32 bits has more digits.
        expected = numbers.kernel_action(observation, self._weight)
        if step.words != expected:
            self.observed.mismatches += 1
            if self.observed.first_mismatch is None:
                found = numbers.exact(step.words), numbers.exact(expected)
                self.observed.first_mismatch = observation.copy(), *found
        return applied

    def _wait(self) -> None:
        """Wait until the observation is due, unless that time has passed."""
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
            action=step.words.hex(),
            ticks=step.ticks,
            latency_s=step.latency_s,
        )
        self._capture.exchanges.append(exchange)
