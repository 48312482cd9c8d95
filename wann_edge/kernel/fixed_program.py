"""A fixed-point network packed for the kernel, and the calls that run it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.kernel.arrays import Floats, Integers, checked
from wann_edge.kernel.library import FixedStruct, activation_numbers, lanes, library
from wann_edge.kernel.packed import PackedContract, Wires
from wann_edge.kernel.program import CALL_VALUES, Program


@dataclass(frozen=True)
class Shifts:
    """The number formats of a quantised network, as ``wann_fixed`` in fixed.h takes them.

    Attributes:
        wide: 32-bit words; else 16-bit words.
        weight_units: the word of a shared weight is the weight times this.
        edge_shift: for each edge a shift to the left; to the right if negative.
        edge_factor: for each edge a factor in place of the shift; None without single weights.
        sum_shift: for each computed node a shift to the right before the shared weight.
        product_shift: the same after it; at least 1.
        argument_bits: for each computed node n, if its activation takes words of 2^-n.
        input_units: for each input the words in one unit of the scaled observation.
        output_low: for each output the lowest word.
        output_high: for each output the highest word.
        output_step: for each output the action of one word, without its offset.
    """

    wide: bool
    weight_units: float
    edge_shift: Sequence[int]
    edge_factor: Sequence[int] | None
    sum_shift: Sequence[int]
    product_shift: Sequence[int]
    argument_bits: Sequence[int]
    input_units: Sequence[float]
    output_low: Sequence[int]
    output_high: Sequence[int]
    output_step: Sequence[float]


class FixedProgram(Program):
    """A checked fixed-point network, packed for the kernel.

    Its methods take and return floats, as those of ``Program`` do, so that all code that runs
    networks runs it too; only ``walk`` takes and returns words.
    """

    def __init__(
        self,
        contract: PackedContract,
        activations: Sequence[str],
        wires: Wires,
        shifts: Shifts,
    ) -> None:
        super().__init__(contract, activations, wires, None)
        words = ("edge_shift", "edge_factor", "sum_shift", "product_shift")
        self._arrays: dict[str, Floats | Integers] = {
            name: np.array(getattr(shifts, name), np.int32)
            for name in (*words, "output_low", "output_high")
            if getattr(shifts, name) is not None
        }
        for name in ("input_units", "output_step"):
            self._arrays[name] = np.array(getattr(shifts, name), np.float32)
        self._steps = np.exp2(-np.array(shifts.argument_bits, np.float64))
        self._fixed = FixedStruct(
            net=self.address,
            wide=int(shifts.wide),
            weight_units=shifts.weight_units,
            **{name: array.ctypes.data for name, array in self._arrays.items()},
        )
        self.fixed_address = ctypes.addressof(self._fixed)

    def _forward(
        self, observations: ArrayLike, weights: ArrayLike, *, with_sums: bool
    ) -> tuple[Floats, Floats]:
        count = np.size(weights)
        weight = checked(weights, (count,), "weights")
        seen = checked(observations, (count, self.inputs), "observations")
        actions = np.empty((count, self.outputs), np.float32)
        width = lanes()
        rows = count if with_sums else min(count, self.rows_of_a_call(width))
        sums = np.empty((rows, self.computed), np.int32)
        _memory, scratch = self.scratch(width)
        for first, size in self.chunks(count, width):
            self.run(
                width,
                size,
                weight[first:].ctypes.data,
                seen[first:].ctypes.data,
                actions[first:].ctypes.data,
                sums[first if with_sums else 0 :].ctypes.data,
                scratch,
            )
        return actions, (sums[: count if with_sums else 0] * self._steps).astype(np.float32)

    def run(self, width: int, count: int, *addresses: int | None) -> None:
        """Run rows: the addresses of weights, observations, actions, sums, scratch."""
        library().wann_run_fixed_forward(width, self.fixed_address, count, *addresses)

    def walk(self, observations: Integers, weights: Integers) -> Integers:
        """Return the words of actions, int32 [n, outputs].

        Args:
            observations: words of observations, int32 [n, inputs].
            weights: words of shared weights, int32 [n].

        With 16-bit words all values are within -32768..32767.
        """
        count = len(weights)
        weight = np.ascontiguousarray(weights, np.int32)
        seen = np.ascontiguousarray(observations, np.int32)
        if seen.shape != (count, self.inputs):
            raise ValueError(f"observations: shape {seen.shape} instead of {(count, self.inputs)}")
        actions = np.empty((count, self.outputs), np.int32)
        width = lanes()
        _memory, scratch = self.scratch(width)
        for first, size in self.chunks(count, width):
            library().wann_run_fixed_walk(
                width,
                self.fixed_address,
                size,
                weight[first:].ctypes.data,
                seen[first:].ctypes.data,
                actions[first:].ctypes.data,
                scratch,
            )
        return actions


def activate_fixed(name: str, words: Integers, *, wide: bool) -> Integers:
    """Return a fixed-point activation of the kernel for each word, int32 [n].

    Args:
        name: the name of the activation.
        words: the arguments, int32 [n].
        wide: 32-bit words; else 16-bit words.
    """
    x = np.ascontiguousarray(words, np.int32)
    y = np.empty_like(x)
    index = activation_numbers()[name]
    for first in range(0, len(x), CALL_VALUES):
        count = min(CALL_VALUES, len(x) - first)
        library().wann_run_fixed_activation(
            lanes(), int(wide), index, count, x[first:].ctypes.data, y[first:].ctypes.data
        )
    return y
