"""A network in fixed point: a format for every node, and the network that runs in words.

A word in format Qn is a whole number of 2^-n. The rules are in docs/fixed-point.md, the
arithmetic in kernel/fixed.h.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import NamedTuple

from wann_edge.errors import NetworkError
from wann_edge.kernel import FixedProgram, Shifts
from wann_edge.network import Network

# The bits of a word, its sign included.
WORDS = {"q15": 16, "q31": 32}

# Formats of arguments, below the 15 or 31 bits of a word: sin and cos take theirs modulo
# 2; the others are flat beyond 8 (sigmoid: 16).
_ARGUMENT = {"sin": 0, "cos": 0, "tanh": 3, "gauss": 3, "sigmoid": 4}
# Finer than a word's own bits, for small numbers; coarser than whole numbers, for large.
_FINEST, _COARSEST = 6, -16
# Activations may exceed 1 by a few units of their last place.
_ABOVE_ONE = 1 + 2.0**-12
# Those whose result is bounded by their argument; every other one's lies within -1..1.
UNBOUNDED = ("linear", "inverse", "abs", "relu")


@dataclass(frozen=True)
class Ranges:
    """The largest magnitudes that a network's numbers are to reach.

    weight: of the shared weights that it will run with. inputs: each, scaled as the
    network scales it. sums, arguments: of each computed node, before and after the
    shared weight; the nodes are those of the network without its dead ones.
    """

    weight: float
    inputs: tuple[float, ...]
    sums: tuple[float, ...]
    arguments: tuple[float, ...]


class Format(NamedTuple):
    """A computed node's formats, as shifts between them.

    terms: for each source its shift to the left (right where below 0), or with single
    weights its factor. sum_shift, product_shift: to the right, before and after the
    shared weight. argument_bits, result_bits: n of Qn. fits: whether the sum, shifted,
    can't be beyond a word, so that nothing needs to saturate it.
    """

    terms: tuple[int, ...]
    sum_shift: int
    product_shift: int
    argument_bits: int
    result_bits: int
    fits: bool


@dataclass(frozen=True)
class FixedNetwork(Network):
    """A network without dead nodes that runs in words; made by ``quantise``.

    Whatever runs, scores or verifies a network does the same with this one, in the
    kernel's integers. input_bits, weight_bits: n of Qn.
    """

    dtype: str = "q15"
    input_bits: tuple[int, ...] = ()
    weight_bits: int = 0
    formats: tuple[Format, ...] = ()

    def __getstate__(self) -> dict[str, object]:
        """Its own fields too; what is cached is made anew in another process."""
        own = {"dtype", "input_bits", "weight_bits", "formats"}
        return super().__getstate__() | {name: self.__dict__[name] for name in own}

    @cached_property
    def program(self) -> FixedProgram:
        """The network as the kernel runs it."""
        bounds = [self.output_words(index) for index in range(len(self.outputs))]
        scales = [channel.scale for channel in self.inputs]
        terms = [term for format in self.formats for term in format.terms]
        return FixedProgram(
            *self.packed(),
            Shifts(
                wide=self.dtype == "q31",
                weight_units=2.0**self.weight_bits,
                edge_shift=[0] * len(terms) if self.weights else terms,
                edge_factor=terms if self.weights else None,
                sum_shift=[format.sum_shift for format in self.formats],
                product_shift=[format.product_shift for format in self.formats],
                argument_bits=[format.argument_bits for format in self.formats],
                input_units=[s * 2.0**n for s, n in zip(scales, self.input_bits, strict=True)],
                output_low=[low for low, _, _ in bounds],
                output_high=[high for _, high, _ in bounds],
                output_step=[2.0**-n for n in self.output_bits],
            ),
        )

    @property
    def output_bits(self) -> tuple[int, ...]:
        """n of Qn of each action."""
        return tuple(format.result_bits for format in self.formats[-len(self.outputs) :])

    def output_words(self, index: int) -> tuple[int, int, int]:
        """The bounds of an action and its safe value, in words within the bounds."""
        output, one = self.outputs[index], 2.0 ** self.output_bits[index]
        smallest, largest = -(2 ** (WORDS[self.dtype] - 1)), 2 ** (WORDS[self.dtype] - 1) - 1
        low = math.ceil(max(output.low * one, smallest))
        high = math.floor(min(output.high * one, largest))
        low, high = (low, high) if low <= high else (high, high)
        return low, high, min(max(round(output.safe * one), low), high)

    def weight_word(self, weight: float) -> int:
        """The word of a shared weight, saturated as the kernel does."""
        most = 2.0 ** (WORDS[self.dtype] - 1) - (1 if self.dtype == "q15" else 128)
        word = min(max(weight * 2.0**self.weight_bits, -most), most)
        return math.trunc(word + math.copysign(0.5, word))


def quantise(network: Network, ranges: Ranges, dtype: str) -> FixedNetwork:
    """The network in fixed point of "q15" or "q31", with formats for these ranges.

    Raises NetworkError where numbers become too large for words of this size.
    """
    alive = network.without_dead_nodes()
    bits = WORDS[dtype]
    weight_bits = min(bits - 2, _floor_log2(2 ** (bits - 1), ranges.weight))
    input_bits = tuple(_finest(value, bits) for value in ranges.inputs)
    values = [_Value(bits - 2, 2 ** (bits - 2))]
    values += [_Value(n, 2 ** (bits - 1)) for n in input_bits]
    formats = []
    for node, activation in enumerate(alive.activations):
        most = ranges.arguments[node]
        output = node - (len(alive.activations) - len(alive.outputs))
        if output >= 0:
            bound = max(abs(alive.outputs[output].low), abs(alive.outputs[output].high))
            most = min(most, bound)
        chooser = _Chooser(bits, weight_bits, activation, ranges.sums[node], most)
        sources = [(values[source], weight) for source, weight in alive.sources[node]]
        formats.append(chooser.choose(sources, f"nodes[{node}]"))
        values.append(chooser.value(formats[-1]))
    plain = {field.name: getattr(alive, field.name) for field in fields(Network)}
    return FixedNetwork(
        **plain,
        dtype=dtype,
        input_bits=input_bits,
        weight_bits=weight_bits,
        formats=tuple(formats),
    )


class _Value(NamedTuple):
    """A node's format, Q``bits``, and the largest magnitude of its words."""

    bits: int
    most: int


class _Chooser(NamedTuple):
    """Chooses a computed node's formats. sums, arguments: the largest to provide for."""

    bits: int
    weight_bits: int
    activation: str
    sums: float
    arguments: float

    def choose(self, sources: Sequence[tuple[_Value, float | None]], where: str) -> Format:
        """Raises NetworkError where the sum can't be held as finely as is needed."""
        wide = self.bits == 32
        low, wanted = self._coarsest_sum(), _finest(self.sums, self.bits)
        total = self._finest_total(sources, wanted)
        narrow = total if wide else min(total, wanted)
        if min(narrow, wanted) < low:
            raise NetworkError(
                f"sums up to {self.sums:.3g} are too large for {self.bits}-bit words",
                where=where,
                remedy="use floats" if wide else "use --dtype q31",
            )
        product = narrow + self.weight_bits
        argument = self._argument(product)
        terms = self._terms(sources, total)
        fits = (
            wide or (self._largest(sources, terms) >> (total - narrow)) < 2 ** (self.bits - 1) - 1
        )
        result = argument if self.activation in UNBOUNDED else self.bits - 2
        return Format(terms, total - narrow, product - argument, argument, result, fits)

    def value(self, format: Format) -> _Value:
        """The node as a source of others."""
        if self.activation in UNBOUNDED:
            return _Value(format.result_bits, 2 ** (self.bits - 1))
        return _Value(self.bits - 2, int(2 ** (self.bits - 2) * _ABOVE_ONE))

    def _coarsest_sum(self) -> int:
        """The coarsest format of a sum whose product can still be shifted to the right."""
        if self.activation in _ARGUMENT:
            return self._natural() - self.weight_bits + 1
        return _COARSEST

    def _natural(self) -> int:
        return self.bits - 1 - _ARGUMENT[self.activation]

    def _argument(self, product: int) -> int:
        """The argument's format, for a product in Q``product``."""
        if self.activation in _ARGUMENT:
            return self._natural()
        if self.activation == "step":
            return product - 1
        finest = min(product - 1, _finest(self.arguments, self.bits))
        return max(finest, product - (self.bits * 2 - 2))

    def _limit(self) -> int:
        return 2**31 - 1 if self.bits == 32 else 2**30

    def _finest_total(self, sources: Sequence[tuple[_Value, float | None]], wanted: int) -> int:
        """The finest format in which the sum can't be beyond an int32."""
        finest = max([wanted, *(value.bits for value, weight in sources if weight is None)])
        if any(weight is not None for _, weight in sources):
            finest = max(wanted, 30)
        room = sum(v.most * 2.0**-v.bits * abs(1.0 if w is None else w) for v, w in sources)
        total = min(finest, 30, wanted + 30, _floor_log2(self._limit(), room) + 1)
        while not self._holds(sources, self._terms(sources, total)):
            total -= 1
        return total

    def _terms(self, sources: Sequence[tuple[_Value, float | None]], total: int) -> tuple[int, ...]:
        """Each source's shift or factor into Q``total``."""
        extra = 31 if self.bits == 32 else 0
        return tuple(
            max(total - value.bits, -31)
            if weight is None
            else round(weight * 2.0 ** (extra + total - value.bits))
            for value, weight in sources
        )

    def _holds(self, sources: Sequence[tuple[_Value, float | None]], terms: Sequence[int]) -> bool:
        most = 2 ** (self.bits - 1) - 1
        small = all(
            abs(term) <= (30 if weight is None and term > 0 else most)
            for (_, weight), term in zip(sources, terms, strict=True)
        )
        return small and self._largest(sources, terms) <= self._limit()

    def _largest(self, sources: Sequence[tuple[_Value, float | None]], terms: Sequence[int]) -> int:
        """The sum's largest magnitude, each source rounded away from 0."""
        total, extra = 0, 31 if self.bits == 32 else 0
        for (value, weight), term in zip(sources, terms, strict=True):
            if weight is not None:
                total += (value.most * abs(term) >> extra) + (extra > 0)
            else:
                total += value.most << term if term >= 0 else (value.most >> -term) + 1
        return total


def _finest(largest: float, bits: int) -> int:
    """n of the finest Qn whose words of so many bits hold this magnitude."""
    finest = min(_floor_log2(2 ** (bits - 1) - 1, largest), bits + _FINEST)
    return max(finest, _COARSEST)


def _floor_log2(limit: float, value: float) -> int:
    """The largest n for which value 2^n is within the limit; at most 64."""
    return 64 if value <= limit * 2.0**-64 else math.floor(math.log2(limit / value))
