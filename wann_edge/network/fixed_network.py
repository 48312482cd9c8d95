"""Networks in fixed point: a number format for every node, and words in place of floats.

A word in format Qn counts units of 2^-n. docs/fixed-point.md has the rules, kernel/fixed.h the
arithmetic.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, fields
from functools import cached_property, partial

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.kernel import ACTIVATIONS, FixedProgram, Floats, Integers, Shifts
from wann_edge.network import LARGEST, Network, float32
from wann_edge.network.number_formats import (
    WORDS,
    FormatChooser,
    NumberFormat,
    WordRange,
    any_word,
    finest,
    floor_log2,
)


@dataclass(frozen=True)
class Ranges:
    """The largest magnitudes of a network's numbers, for which formats must make room.

    Attributes:
        weight: largest shared weight that the network will run with.
        inputs: of each input, after scaling.
        sums: of each computed node, before the shared weight; without dead nodes.
        arguments: of each computed node, after the shared weight; without dead nodes.
    """

    weight: float
    inputs: tuple[float, ...]
    sums: tuple[float, ...]
    arguments: tuple[float, ...]


@dataclass(frozen=True)
class FixedNetwork(Network):
    """A network without dead nodes that runs in words; ``quantise`` makes it.

    All code that runs, scores or verifies networks also takes this one.

    Attributes:
        dtype: "q15" for 16-bit words or "q31" for 32-bit words.
        input_bits: n for each input, if its words are in Qn.
        weight_bits: n, if shared weights are in Qn.
        formats: the number formats of each computed node.
    """

    dtype: str = "q15"
    input_bits: tuple[int, ...] = ()
    weight_bits: int = 0
    formats: tuple[NumberFormat, ...] = ()

    def __getstate__(self) -> dict[str, object]:
        """Leave cached values out: they hold memory addresses of this process."""
        own = {"dtype", "input_bits", "weight_bits", "formats"}
        return super().__getstate__() | {name: self.__dict__[name] for name in own}

    @cached_property
    def program(self) -> FixedProgram:
        """The network packed for the kernel."""
        bounds = [self.output_words(index) for index in range(len(self.outputs))]
        scales = [channel.scale for channel in self.inputs]
        terms = [term for format in self.formats for term in format.terms]
        return FixedProgram(
            self.contract,
            self.activations,
            self.wires,
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
                output_step=self.output_steps,
            ),
        )

    @property
    def output_bits(self) -> tuple[int, ...]:
        """n for each action, if its words are in Qn."""
        return tuple(format.result_bits for format in self.formats[-len(self.outputs) :])

    @property
    def output_steps(self) -> list[float]:
        """The action of one word of each output, without its offset."""
        outputs = zip(self.outputs, self.output_bits, strict=True)
        return [output.scale * 2.0**-bits for output, bits in outputs]

    def output_words(self, index: int) -> tuple[int, int, int]:
        """Return the lower bound, the upper bound and the safe value of an action, in words."""
        output, one = self.outputs[index], 2.0 ** self.output_bits[index]
        smallest, largest = -(2 ** (WORDS[self.dtype] - 1)), 2 ** (WORDS[self.dtype] - 1) - 1
        below, above = output.node_bounds
        low = math.ceil(max(below * one, smallest))
        high = math.floor(min(above * one, largest))
        if output.is_scaled:
            # The rounding of step and offset must not lead out of the bounds.
            words = range(smallest, largest + 1)
            low = smallest + bisect_left(words, output.low, key=partial(self._action, index))
            high = smallest + bisect_right(words, output.high, key=partial(self._action, index)) - 1
        low, high = (low, high) if low <= high else (high, high)
        safe = (output.safe - output.offset) / output.scale
        return low, high, min(max(round(safe * one), low), high)

    def _action(self, index: int, word: int) -> float:
        return float32(
            float32(float32(word) * float32(self.output_steps[index])) + self.outputs[index].offset
        )

    def actions(self, words: ArrayLike) -> Floats:
        """Return the actions, float32 [..., outputs], of words, as the kernel makes them."""
        steps = np.array(self.output_steps, np.float32)
        offsets = np.array([output.offset or -0.0 for output in self.outputs], np.float32)
        actions: Floats = np.asarray(words).astype(np.float32) * steps + offsets
        return actions

    def words(self, observations: ArrayLike) -> Integers:
        """Return words, int32 [n, inputs], as ``wann_nearest_word`` in fixed.h makes them.

        Args:
            observations: float32 [n, inputs], in physical units.
        """
        offset = np.array([channel.offset for channel in self.inputs], np.float32)
        scale = np.array([channel.scale for channel in self.inputs], np.float32)
        units = scale * np.exp2(np.array(self.input_bits, np.float32))
        most = np.float32(32767.0 if self.dtype == "q15" else 2147483520.0)
        with np.errstate(over="ignore", invalid="ignore"):
            numbers = (np.asarray(observations, np.float32) - offset) * units
        bounded = np.clip(np.where(np.isnan(numbers), np.float32(0), numbers), -most, most)
        whole = bounded.astype(np.int32)
        rest = bounded - whole.astype(np.float32)
        words: Integers = whole + (rest + rest).astype(np.int32)
        return words

    def weight_word(self, weight: float) -> int:
        """Return the word of a shared weight, saturated as in the kernel."""
        most = 2.0 ** (WORDS[self.dtype] - 1) - (1 if self.dtype == "q15" else 128)
        word = min(max(weight * 2.0**self.weight_bits, -most), most)
        return math.trunc(word + math.copysign(0.5, word))


def quantise(network: Network, ranges: Ranges, dtype: str) -> FixedNetwork:
    """Return the network in fixed point.

    Args:
        network: a network in floats.
        ranges: the magnitudes to make room for.
        dtype: "q15" or "q31".

    Raises:
        NetworkError: numbers are too large for the words.
    """
    alive = network.without_dead_nodes()
    bits = WORDS[dtype]
    weight_bits = min(bits - 2, floor_log2(2 ** (bits - 1), ranges.weight))
    # The words in one unit of an input must be a float32.
    input_bits = tuple(
        min(finest(value, bits), floor_log2(LARGEST, abs(channel.scale)))
        for value, channel in zip(ranges.inputs, alive.inputs, strict=True)
    )
    one = 2 ** (bits - 2)
    values = [WordRange(bits - 2, one, one), *(any_word(n, bits) for n in input_bits)]
    formats = []
    for node, activation in enumerate(alive.activations):
        most = ranges.arguments[node]
        output = node - (len(alive.activations) - len(alive.outputs))
        if output >= 0:
            low, high = alive.outputs[output].node_bounds
            most = min(most, max(abs(low), abs(high)))
        chooser = FormatChooser(
            bits=bits,
            weight_bits=weight_bits,
            activation=ACTIVATIONS[activation],
            sums=ranges.sums[node],
            arguments=most,
        )
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
