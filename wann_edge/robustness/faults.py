"""The table of faults, and the trials of each kind.

A trial runs a faulty network in all episodes. Faults of weights and connections run in the
kernel; faults of constants, results and nodes run in the exported C header.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import comb
from typing import NamedTuple, TypeVar

import numpy as np

from wann_edge.network import Network, with_single_weights
from wann_edge.network.fixed_network import quantise
from wann_edge.network.number_formats import WORDS
from wann_edge.robustness.bits import BITS, flipped, rounded_to
from wann_edge.robustness.fault_trial import FaultTrial
from wann_edge.robustness.faulty_header import DEAD, NO_FLIP, compiled, stuck
from wann_edge.robustness.sampling import sample_numbers, sample_sets
from wann_edge.robustness.subject import Subject

Severity = float | str
_Fault = TypeVar("_Fault")


class Trials(NamedTuple):
    """The trials of one kind of fault at one severity.

    Attributes:
        possible: the number of different faults; None where it is infinite.
        tried: the episodes with each fault tried.
    """

    possible: int | None
    tried: Iterator[FaultTrial]


class FaultKind(NamedTuple):
    """A kind of fault.

    Attributes:
        what: what it does at its severity, in one phrase.
        runs_in: "kernel", or "header" for the exported C header.
        severities: the values to try.
        run: makes the trials of a severity.
        unit: of the severities; "" for none.
    """

    what: str
    runs_in: str
    severities: tuple[Severity, ...]
    run: Callable[[Subject, Severity, np.random.Generator], Trials]
    unit: str = ""


def _shared_weight(subject: Subject, weight: Severity, rng: np.random.Generator) -> Trials:
    return Trials(1, iter([subject.trial(subject.network, float(weight))]))


def _weight_drift(subject: Subject, drift: Severity, rng: np.random.Generator) -> Trials:
    drifted = subject.with_stored(weight + float(drift) for weight in subject.stored)
    return Trials(1, iter([subject.trial(drifted)]))


def _weight_noise(subject: Subject, percent: Severity, rng: np.random.Generator) -> Trials:
    network = subject.network
    own = np.array(network.weights or (1.0,) * len(network.edges)) * network.shared_weight

    def run() -> Iterator[FaultTrial]:
        for _ in range(subject.samples):
            noise = 1 + float(percent) / 100 * rng.normal(size=len(own))
            yield subject.trial(with_single_weights(network, (own * noise).tolist()))

    return Trials(None, run())


def _weight_bits(subject: Subject, bits: Severity, rng: np.random.Generator) -> Trials:
    rounded = rounded_to(np.array(subject.stored), int(bits))
    return Trials(1, iter([subject.trial(subject.with_stored(rounded))]))


def _word_bits(subject: Subject, bits: Severity, rng: np.random.Generator) -> Trials:
    """Run the header in 16-bit words, each rounded to fewer bits."""
    rounded = rounded_to(np.array(subject.stored), int(bits))
    fixed = quantise(subject.with_stored(rounded), subject.ranges, "q15")
    with compiled(fixed) as header:
        header.drop_bits(WORDS["q15"] - int(bits))
        return Trials(1, iter([header.trial(subject.task, subject.seeds, subject.rule)]))


def _weight_flip(subject: Subject, part: Severity, rng: np.random.Generator) -> Trials:
    bits, stored = BITS[str(part)], subject.stored
    possible = len(stored) * len(bits)

    def run() -> Iterator[FaultTrial]:
        for number in sample_numbers(rng, possible, subject.samples):
            index, bit = divmod(number, len(bits))
            changed = flipped(stored[index], bits[bit])
            yield subject.trial(
                subject.with_stored((*stored[:index], changed, *stored[index + 1 :]))
            )

    return Trials(possible, run())


def _constant_flip(subject: Subject, part: Severity, rng: np.random.Generator) -> Trials:
    bits = BITS[str(part)]
    possible = len(subject.header.constants) * len(bits)

    def inject(number: int) -> None:
        index, bit = divmod(number, len(bits))
        subject.header.flip_constant(index, bits[bit])

    return Trials(
        possible, _in_header(subject, inject, sample_numbers(rng, possible, subject.samples))
    )


def _result_flip(subject: Subject, rate: Severity, rng: np.random.Generator) -> Trials:
    """Flip a random bit of the result of a random node, in this share of the steps."""
    shape = (len(subject.seeds), subject.task.spec.max_steps)

    def run() -> Iterator[FaultTrial]:
        for _ in range(subject.samples):
            node = rng.choice(subject.computed, shape)
            flips = np.where(
                rng.random(shape) < float(rate), node * 32 + rng.integers(32, size=shape), NO_FLIP
            )
            yield subject.header.trial(
                subject.task, subject.seeds, subject.rule, flips.astype(np.int32)
            )

    return Trials(None, run())


def _result_stuck(subject: Subject, part: Severity, rng: np.random.Generator) -> Trials:
    """Hold one bit of the result of a node at 0 or at 1."""
    bits = BITS[str(part)]
    possible = len(subject.computed) * len(bits) * 2

    def inject(number: int) -> None:
        place, at = divmod(number, 2)
        node, bit = divmod(place, len(bits))
        subject.header.inject({subject.computed[node]: stuck(bits[bit], at)})

    return Trials(
        possible, _in_header(subject, inject, sample_numbers(rng, possible, subject.samples))
    )


def _dead_connection(subject: Subject, count: Severity, rng: np.random.Generator) -> Trials:
    network, size = subject.network, int(count)
    sets = sample_sets(rng, len(network.edges), size, subject.samples)
    networks = (without_edges(network, cut) for cut in sets)
    return Trials(comb(len(network.edges), size), map(subject.trial, networks))


def _dead_node(subject: Subject, count: Severity, rng: np.random.Generator) -> Trials:
    """Hold the results of hidden nodes at 0."""
    hidden, size = subject.hidden, int(count)

    def inject(nodes: Sequence[int]) -> None:
        subject.header.inject({hidden[node]: DEAD for node in nodes})

    sets = sample_sets(rng, len(hidden), size, subject.samples)
    return Trials(comb(len(hidden), size), _in_header(subject, inject, sets))


def without_edges(network: Network, cut: Iterable[int]) -> Network:
    """Return the network without the edges at these indices."""
    gone = set(cut)
    kept = [place for place in range(len(network.edges)) if place not in gone]
    weights = network.weights
    return replace(
        network,
        edges=tuple(network.edges[place] for place in kept),
        weights=None if weights is None else tuple(weights[place] for place in kept),
    )


def _in_header(
    subject: Subject, inject: Callable[[_Fault], None], faults: Iterable[_Fault]
) -> Iterator[FaultTrial]:
    """Run the episodes with each fault alone in the header."""
    for fault in faults:
        subject.header.heal()
        inject(fault)
        try:
            yield subject.header.trial(subject.task, subject.seeds, subject.rule)
        finally:
            subject.header.heal()


_SIZES = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_DRIFTS = (*(-size for size in reversed(_SIZES)), 0.0, *_SIZES)
_PERCENTS = (1, 3, 10, 30, 100)
_WEIGHTS = tuple(step / 2 for step in range(-6, 7))
_PARTS = tuple(BITS)
_RATES = (0.001, 0.01, 0.1, 1.0)
_WIDTHS = (16, 12, 10, 8, 7, 6, 5, 4)

FAULTS = {
    "shared-weight": FaultKind(
        what="sets the shared weight to this value; it multiplies single weights",
        runs_in="kernel",
        severities=_WEIGHTS,
        run=_shared_weight,
    ),
    "weight-drift": FaultKind(
        what="adds this value to every stored weight",
        runs_in="kernel",
        severities=_DRIFTS,
        run=_weight_drift,
    ),
    "weight-noise": FaultKind(
        what="changes each connection's weight by a normal share with this standard deviation",
        runs_in="kernel",
        severities=_PERCENTS,
        unit="%",
        run=_weight_noise,
    ),
    "weight-bits": FaultKind(
        what="rounds stored weights to words of this width",
        runs_in="kernel",
        severities=_WIDTHS,
        unit="bits",
        run=_weight_bits,
    ),
    "word-bits": FaultKind(
        what="rounds every 16-bit word of the fixed-point header to this width",
        runs_in="header",
        severities=_WIDTHS,
        unit="bits",
        run=_word_bits,
    ),
    "weight-flip": FaultKind(
        what="flips one bit of one stored weight",
        runs_in="kernel",
        severities=_PARTS,
        run=_weight_flip,
    ),
    "constant-flip": FaultKind(
        what="flips one bit of one constant of the code",
        runs_in="header",
        severities=_PARTS,
        run=_constant_flip,
    ),
    "result-flip": FaultKind(
        what="flips one bit of one node's result in this share of the steps",
        runs_in="header",
        severities=_RATES,
        run=_result_flip,
    ),
    "result-stuck": FaultKind(
        what="holds one bit of one node's result at 0 or at 1",
        runs_in="header",
        severities=_PARTS,
        run=_result_stuck,
    ),
    "dead-connection": FaultKind(
        what="removes this many connections",
        runs_in="kernel",
        severities=(1, 2, 4, 8),
        run=_dead_connection,
    ),
    "dead-node": FaultKind(
        what="sets the results of this many hidden nodes to 0",
        runs_in="header",
        severities=(1, 2, 4),
        run=_dead_node,
    ),
}
