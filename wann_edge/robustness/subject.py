"""The network that faults are tried on, with its episodes and its compiled header."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from wann_edge.evaluate import rollouts
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.kernel import Floats
from wann_edge.network import Network, float32
from wann_edge.network.fixed_network import Ranges
from wann_edge.robustness.fault_trial import FaultTrial
from wann_edge.robustness.faulty_header import FaultyHeader
from wann_edge.task import Task
from wann_edge.task.held import Held, held_episodes, judging


@dataclass(frozen=True)
class Subject:
    """A network under test.

    Attributes:
        network: without dead nodes.
        task: of the episodes.
        seeds: of the episodes.
        header: the exported header of the network, compiled with places for faults.
        samples: the most faults of a kind and severity to try.
        rule: when an episode is held; None where the task does not say.
    """

    network: Network
    task: Task
    seeds: tuple[int, ...]
    header: FaultyHeader
    samples: int
    rule: Held | None = None

    def trial(self, network: Network, weight: float | None = None) -> FaultTrial:
        """Run the episodes of a network, with its own shared weight or another."""
        shared = network.shared_weight if weight is None else weight
        found = rollouts(network, judging(self.task), (shared,), self.seeds)
        held = held_episodes(self.rule, found)
        return FaultTrial(found.returns[0], None if held is None else held[0])

    def returns(self, network: Network) -> Floats:
        """Return the returns [episodes] of a network with its own shared weight."""
        return self.trial(network).returns

    @property
    def computed(self) -> tuple[int, ...]:
        """The computed nodes of the header, which computes equal nodes once."""
        return self.header.computed

    @property
    def hidden(self) -> tuple[int, ...]:
        """The computed nodes that are not outputs."""
        outputs = self.network.node_count - len(self.network.outputs)
        return tuple(node for node in self.computed if node < outputs)

    @property
    def stored(self) -> tuple[float, ...]:
        """The weights that a device stores: one per connection, or the shared weight."""
        return self.network.weights or (self.network.shared_weight,)

    @cached_property
    def ranges(self) -> Ranges:
        """The measured ranges of the network's numbers."""
        return measured_ranges(self.network, self.task)

    def with_stored(self, weights: Iterable[float]) -> Network:
        """Return the network with other stored weights, which can be infinite or NaN."""
        values = tuple(map(float32, weights))
        made = replace(self.network, provenance={})
        if made.weights is None:
            object.__setattr__(made, "shared_weight", values[0])
        else:
            object.__setattr__(made, "weights", values)
        return made
