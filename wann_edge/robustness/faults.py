"""The faults that a network is put under: one table, a family of faults a row.

A family takes a network at work, a severity and a generator, and gives the returns of
every faulty one. What a network file can express runs in the kernel's lanes; what it
can't, in the exported header's own code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import comb
from typing import NamedTuple, TypeVar

import numpy as np

from wann_edge.evaluate import rollouts
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.kernel import Floats
from wann_edge.network import Network, float32, with_single_weights
from wann_edge.network.fixed_network import Ranges, quantise
from wann_edge.network.number_formats import WORDS
from wann_edge.robustness.bits import BITS, flipped, rounded_to, some_of, some_sets
from wann_edge.robustness.faulty_header import DEAD, NO_FLIP, Device, compiled, stuck
from wann_edge.task import Task

Severity = float | str
_Fault = TypeVar("_Fault")


@dataclass(frozen=True)
class Subject:
    """A network without dead nodes at work: its task's episodes, and its header as compiled.

    samples: how many faults of a kind to try at most.
    """

    network: Network
    task: Task
    seeds: tuple[int, ...]
    device: Device
    samples: int

    def returns(self, network: Network, weight: float | None = None) -> Floats:
        """The return of every episode [episodes], with its own shared weight or another."""
        shared = network.shared_weight if weight is None else weight
        found: Floats = rollouts(network, self.task, (shared,), self.seeds).returns[0]
        return found

    @property
    def computed(self) -> tuple[int, ...]:
        """The numbers of the computed nodes of the header, where equal nodes are one."""
        return self.device.computed

    @property
    def hidden(self) -> tuple[int, ...]:
        """Those of them that are no outputs."""
        outputs = self.network.node_count - len(self.network.outputs)
        return tuple(node for node in self.computed if node < outputs)

    @property
    def stored(self) -> tuple[float, ...]:
        """The weights that a device stores: one a connection, or the one that all share."""
        return self.network.weights or (self.network.shared_weight,)

    @cached_property
    def ranges(self) -> Ranges:
        """How large the network's numbers become."""
        return measured_ranges(self.network, self.task)

    def with_stored(self, weights: Iterable[float]) -> Network:
        """The network with other stored weights, which need not be finite."""
        values = tuple(map(float32, weights))
        made = replace(self.network, provenance={})
        if made.weights is None:
            object.__setattr__(made, "shared_weight", values[0])
        else:
            object.__setattr__(made, "weights", values)
        return made


class Trials(NamedTuple):
    """The returns [episodes] of each fault tried; how many there are, where it can be counted."""

    possible: int | None
    returns: Iterator[Floats]


class Family(NamedTuple):
    """Faults of one kind. what: in a few words; severities: of what, in ``unit``."""

    what: str
    unit: str
    severities: tuple[Severity, ...]
    run: Callable[[Subject, Severity, np.random.Generator], Trials]


def _shared_weight(subject: Subject, weight: Severity, rng: np.random.Generator) -> Trials:
    return Trials(1, iter([subject.returns(subject.network, float(weight))]))


def _weight_drift(subject: Subject, drift: Severity, rng: np.random.Generator) -> Trials:
    drifted = subject.with_stored(weight + float(drift) for weight in subject.stored)
    return Trials(1, iter([subject.returns(drifted)]))


def _weight_noise(subject: Subject, percent: Severity, rng: np.random.Generator) -> Trials:
    network = subject.network
    own = np.array(network.weights or (1.0,) * len(network.edges)) * network.shared_weight

    def run() -> Iterator[Floats]:
        for _ in range(subject.samples):
            noise = 1 + float(percent) / 100 * rng.normal(size=len(own))
            yield subject.returns(with_single_weights(network, (own * noise).tolist()))

    return Trials(None, run())


def _weight_bits(subject: Subject, bits: Severity, rng: np.random.Generator) -> Trials:
    rounded = rounded_to(np.array(subject.stored), int(bits))
    return Trials(1, iter([subject.returns(subject.with_stored(rounded))]))


def _word_bits(subject: Subject, bits: Severity, rng: np.random.Generator) -> Trials:
    """The header in 16-bit words, of which every word loses its last bits."""
    rounded = rounded_to(np.array(subject.stored), int(bits))
    fixed = quantise(subject.with_stored(rounded), subject.ranges, "q15")
    with compiled(fixed) as device:
        device.drop_bits(WORDS["q15"] - int(bits))
        return Trials(1, iter([device.returns(subject.task, subject.seeds)]))


def _weight_flip(subject: Subject, part: Severity, rng: np.random.Generator) -> Trials:
    bits, stored = BITS[str(part)], subject.stored
    possible = len(stored) * len(bits)

    def run() -> Iterator[Floats]:
        for number in some_of(rng, possible, subject.samples):
            index, bit = divmod(number, len(bits))
            changed = flipped(stored[index], bits[bit])
            yield subject.returns(
                subject.with_stored((*stored[:index], changed, *stored[index + 1 :]))
            )

    return Trials(possible, run())


def _constant_flip(subject: Subject, part: Severity, rng: np.random.Generator) -> Trials:
    bits = BITS[str(part)]
    possible = len(subject.device.constants) * len(bits)

    def put(number: int) -> None:
        index, bit = divmod(number, len(bits))
        subject.device.flip_constant(index, bits[bit])

    return Trials(possible, _on_device(subject, put, some_of(rng, possible, subject.samples)))


def _result_flip(subject: Subject, rate: Severity, rng: np.random.Generator) -> Trials:
    """A random bit of a random node's result, in a step with probability ``rate``."""
    shape = (len(subject.seeds), subject.task.spec.max_steps)

    def run() -> Iterator[Floats]:
        for _ in range(subject.samples):
            node = rng.choice(subject.computed, shape)
            flips = np.where(
                rng.random(shape) < float(rate), node * 32 + rng.integers(32, size=shape), NO_FLIP
            )
            yield subject.device.returns(subject.task, subject.seeds, flips.astype(np.int32))

    return Trials(None, run())


def _result_stuck(subject: Subject, part: Severity, rng: np.random.Generator) -> Trials:
    """A bit of a node's result that is always 0, or always 1."""
    bits = BITS[str(part)]
    possible = len(subject.computed) * len(bits) * 2

    def put(number: int) -> None:
        place, at = divmod(number, 2)
        node, bit = divmod(place, len(bits))
        subject.device.put({subject.computed[node]: stuck(bits[bit], at)})

    return Trials(possible, _on_device(subject, put, some_of(rng, possible, subject.samples)))


def _dead_connection(subject: Subject, count: Severity, rng: np.random.Generator) -> Trials:
    network, size = subject.network, int(count)
    sets = some_sets(rng, len(network.edges), size, subject.samples)
    networks = (without_edges(network, cut) for cut in sets)
    return Trials(comb(len(network.edges), size), map(subject.returns, networks))


def _dead_node(subject: Subject, count: Severity, rng: np.random.Generator) -> Trials:
    """Hidden nodes whose results are 0."""
    hidden, size = subject.hidden, int(count)

    def put(nodes: Sequence[int]) -> None:
        subject.device.put({hidden[node]: DEAD for node in nodes})

    sets = some_sets(rng, len(hidden), size, subject.samples)
    return Trials(comb(len(hidden), size), _on_device(subject, put, sets))


def without_edges(network: Network, cut: Iterable[int]) -> Network:
    """The network without the edges of these places."""
    gone = set(cut)
    kept = [place for place in range(len(network.edges)) if place not in gone]
    weights = network.weights
    return replace(
        network,
        edges=tuple(network.edges[place] for place in kept),
        weights=None if weights is None else tuple(weights[place] for place in kept),
    )


def _on_device(
    subject: Subject, put: Callable[[_Fault], None], faults: Iterable[_Fault]
) -> Iterator[Floats]:
    """The returns with each fault put in alone."""
    for fault in faults:
        subject.device.heal()
        put(fault)
        try:
            yield subject.device.returns(subject.task, subject.seeds)
        finally:
            subject.device.heal()


_SIZES = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_DRIFTS = (*(-size for size in reversed(_SIZES)), 0.0, *_SIZES)
_PERCENTS = (1, 3, 10, 30, 100)
_WEIGHTS = tuple(step / 2 for step in range(-6, 7))
_PARTS = tuple(BITS)
_RATES = (0.001, 0.01, 0.1, 1.0)
_WIDTHS = (16, 12, 10, 8, 7, 6, 5, 4)

FAULTS = {
    "shared-weight": Family(
        "the shared weight set to this; it multiplies single weights", "", _WEIGHTS, _shared_weight
    ),
    "weight-drift": Family("this added to every stored weight", "", _DRIFTS, _weight_drift),
    "weight-noise": Family(
        "each connection's weight off by so much, at random", "% sd", _PERCENTS, _weight_noise
    ),
    "weight-bits": Family("stored weights rounded to this width", "bits", _WIDTHS, _weight_bits),
    "word-bits": Family(
        "the header in 16-bit words, each rounded to this width", "bits", _WIDTHS, _word_bits
    ),
    "weight-flip": Family("a bit of one stored weight flipped", "", _PARTS, _weight_flip),
    "constant-flip": Family(
        "a bit of one constant of the code flipped", "", _PARTS, _constant_flip
    ),
    "result-flip": Family(
        "a bit of one node's result flipped in this share of steps", "", _RATES, _result_flip
    ),
    "result-stuck": Family("a bit of one node's result stuck at 0 or 1", "", _PARTS, _result_stuck),
    "dead-connection": Family("so many connections removed", "", (1, 2, 4, 8), _dead_connection),
    "dead-node": Family("the results of so many hidden nodes are 0", "", (1, 2, 4), _dead_node),
}
