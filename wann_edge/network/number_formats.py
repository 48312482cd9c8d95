"""Choose the fixed-point number formats of computed nodes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from wann_edge.errors import NetworkError
from wann_edge.kernel import Activation

# The bits of a word, its sign included.
WORDS = {"q15": 16, "q31": 32}

# The finest format has this many bits more than a word, for small numbers; the coarsest
# counts units of 2^16.
_FINEST, _COARSEST = 6, -16
# Activations may exceed 1 by a few units in the last place.
_ABOVE_ONE = 1 + 2.0**-12


class NumberFormat(NamedTuple):
    """The number formats of a computed node, as the shifts between them.

    Attributes:
        terms: for each source a shift to the left, to the right if negative; with single
            weights a factor instead.
        sum_shift: shift to the right before the shared weight.
        product_shift: shift to the right after the shared weight.
        argument_bits: n, if the argument of the activation is in Qn.
        result_bits: n, if the result is in Qn.
        fits: the shifted sum always fits into a word, so it need not saturate.
    """

    terms: tuple[int, ...]
    sum_shift: int
    product_shift: int
    argument_bits: int
    result_bits: int
    fits: bool


class WordRange(NamedTuple):
    """The format of a node, Q``bits``, with its lowest and highest word."""

    bits: int
    low: int
    high: int


# The terms of a sum: the range of each source, and its single weight or None.
Sources = Sequence[tuple[WordRange, float | None]]


def any_word(format_bits: int, bits: int) -> WordRange:
    """Return the range of a node in Q``format_bits`` that can hold every word."""
    return WordRange(format_bits, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


class FormatChooser(NamedTuple):
    """Chooses the number formats of a computed node.

    Attributes:
        bits: of a word, 16 or 32.
        weight_bits: n, if shared weights are in Qn.
        activation: the row of the node's activation.
        sums: the largest magnitude of the sum to make room for.
        arguments: the largest magnitude of the activation's argument to make room for.
    """

    bits: int
    weight_bits: int
    activation: Activation
    sums: float
    arguments: float

    def choose(self, sources: Sources, where: str) -> NumberFormat:
        """Return the formats of a node.

        Args:
            sources: the terms of its sum.
            where: the name of the node in error messages.

        Raises:
            NetworkError: the sum is too large for the words.
        """
        wide = self.bits == 32
        low, wanted = self._coarsest_sum(), finest(self.sums, self.bits)
        total = self._finest_total(sources, wanted)
        narrow = total if wide else min(total, wanted)
        if min(narrow, wanted) < low:
            raise NetworkError(
                f"sums up to {self.sums:.3g} are too large for {self.bits}-bit words",
                where=where,
                remedy="use floats" if wide else "use --dtype q31 or floats",
            )
        product = narrow + self.weight_bits
        argument = self._argument(product)
        terms = self._terms(sources, total)
        fits = wide or self._fits(sources, terms, total - narrow)
        result = self.bits - 2 if self.activation.is_bounded else argument
        return NumberFormat(
            terms=terms,
            sum_shift=total - narrow,
            product_shift=product - argument,
            argument_bits=argument,
            result_bits=result,
            fits=fits,
        )

    def value(self, format: NumberFormat) -> WordRange:
        """Return the range of the node, as a source of others."""
        if not self.activation.is_bounded:
            return any_word(format.result_bits, self.bits)
        most = int(2 ** (self.bits - 2) * _ABOVE_ONE)
        return WordRange(self.bits - 2, 0 if self.activation.low >= 0 else -most, most)

    def _coarsest_sum(self) -> int:
        """Return the coarsest format of a sum whose product can still be shifted to the right."""
        natural = self._natural()
        return _COARSEST if natural is None else natural - self.weight_bits + 1

    def _natural(self) -> int | None:
        """Return the format of the argument if the activation accepts only one."""
        integer_bits = self.activation.argument_integer_bits
        return None if integer_bits is None else self.bits - 1 - integer_bits

    def _argument(self, product: int) -> int:
        """Return the format of the argument, for a product in Q``product``."""
        natural = self._natural()
        if natural is not None:
            return natural
        if self.activation.is_step:
            return product - 1
        wanted = min(product - 1, finest(self.arguments, self.bits))
        return max(wanted, product - (self.bits * 2 - 2))

    def _limit(self) -> int:
        return 2**31 - 1 if self.bits == 32 else 2**30

    def _finest_total(self, sources: Sources, wanted: int) -> int:
        """Return the finest format in which the sum always fits into an int32."""
        most = max([wanted, *(value.bits for value, weight in sources if weight is None)])
        if any(weight is not None for _, weight in sources):
            most = max(wanted, 30)
        room = sum(v.high * 2.0**-v.bits * abs(1.0 if w is None else w) for v, w in sources)
        total = min(most, 30, wanted + 30, floor_log2(self._limit(), room) + 1)
        while not self._holds(sources, self._terms(sources, total)):
            total -= 1
        return total

    def _terms(self, sources: Sources, total: int) -> tuple[int, ...]:
        """Return the shift or factor of each source into Q``total``."""
        extra = 31 if self.bits == 32 else 0
        return tuple(
            max(total - value.bits, -31)
            if weight is None
            else round(weight * 2.0 ** (extra + total - value.bits))
            for value, weight in sources
        )

    def _holds(self, sources: Sources, terms: Sequence[int]) -> bool:
        most = 2 ** (self.bits - 1) - 1
        small = all(
            abs(term) <= (30 if weight is None and term > 0 else most)
            for (_, weight), term in zip(sources, terms, strict=True)
        )
        low, high = self._reach(sources, terms)
        return small and -self._limit() <= low and high <= self._limit()

    def _fits(self, sources: Sources, terms: Sequence[int], shift: int) -> bool:
        """Whether the shifted sum of all possible words fits into a word."""
        low, high = ((end + (1 << shift >> 1)) >> shift for end in self._reach(sources, terms))
        beyond: int = 2 ** (self.bits - 1)
        return -beyond <= low and high < beyond

    def _reach(self, sources: Sources, terms: Sequence[int]) -> tuple[int, int]:
        """Return the lowest and the highest sum of all possible words of the sources."""
        low, high, extra = 0, 0, 31 if self.bits == 32 else 0
        for (value, weight), term in zip(sources, terms, strict=True):
            ends = [value.low, value.high]
            if weight is not None:
                ends = sorted(end * term >> extra for end in ends)
            else:
                ends = [end << term if term >= 0 else end >> -term for end in ends]
            low, high = low + ends[0], high + ends[1]
        return low, high


def finest(largest: float, bits: int) -> int:
    """Return n of the finest Qn whose words of ``bits`` bits can hold a magnitude."""
    wanted = min(floor_log2(2 ** (bits - 1) - 1, largest), bits + _FINEST)
    return max(wanted, _COARSEST)


def floor_log2(limit: float, value: float) -> int:
    """Return the largest n with value 2^n within the limit; at most 64, -1100 for infinity."""
    if math.isinf(value):
        return -1100
    return 64 if value <= limit * 2.0**-64 else math.floor(math.log2(limit / value))
