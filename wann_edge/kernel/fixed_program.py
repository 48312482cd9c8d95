"""A network in fixed point as the kernel reads it, and the calls that run it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.kernel.arrays import Floats, Integers, checked
from wann_edge.kernel.library import FixedStruct, activation_numbers, lanes, library
from wann_edge.kernel.program import CALL_VALUES, Contract, Program, Wires


@dataclass(frozen=True)
class Shifts:
    """What a quantised network adds to its topology: ``wann_fixed`` of kernel/fixed.h.

    edge_shift, edge_factor: one an edge, or no factors where single weights are absent.
    sum_shift, product_shift, argument_bits: one a computed node; an activation is given
    words of 2^-argument_bits. input_units, and for outputs low, high and step: one each.
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
    """A checked network in fixed point, packed for the kernel.

    Takes and gives floats as ``Program`` does, so that whatever runs a network runs it
    in fixed point too; ``walk`` takes and gives words.
    """

    def __init__(
        self,
        contract: Contract,
        activations: Sequence[str],
        wires: Wires,
        shifts: Shifts,
    ) -> None:
        super().__init__(contract, activations, wires, None)
        words = (shifts.edge_shift, shifts.edge_factor, shifts.sum_shift, shifts.product_shift)
        floats = (shifts.input_units, shifts.output_step)
        self._words = [None if part is None else np.array(part, np.int32) for part in words]
        self._bounds = [
            np.array(part, np.int32) for part in (shifts.output_low, shifts.output_high)
        ]
        self._units = [np.array(part, np.float32) for part in floats]
        self._steps = np.exp2(-np.array(shifts.argument_bits, np.float64))
        self._fixed = FixedStruct(
            self.address,
            int(shifts.wide),
            shifts.weight_units,
            *(None if part is None else part.ctypes.data for part in self._words),
            self._units[0].ctypes.data,
            *(part.ctypes.data for part in self._bounds),
            self._units[1].ctypes.data,
        )
        self.fixed_address = ctypes.addressof(self._fixed)

    def _forward(
        self, observations: ArrayLike, weights: ArrayLike, *, with_sums: bool
    ) -> tuple[Floats, Floats]:
        count = np.size(weights)
        weight = checked(weights, (count,), "weights")
        seen = checked(observations, (count, self.inputs), "observations")
        actions = np.empty((count, self.outputs), np.float32)
        sums = np.empty((count, self.computed), np.int32)
        width = lanes()
        _memory, scratch = self.scratch(width)
        for first, size in self.chunks(count, width):
            library().wann_run_fixed_forward(
                width,
                self.fixed_address,
                size,
                weight[first:].ctypes.data,
                seen[first:].ctypes.data,
                actions[first:].ctypes.data,
                sums[first:].ctypes.data,
                scratch,
            )
        return actions, (sums * self._steps).astype(np.float32)

    def walk(self, observations: Integers, weights: Integers) -> Integers:
        """Words of actions [n, outputs] for words of observations [n, inputs] and of shared
        weights [n], int32; with 16-bit words the values are those of an int16."""
        count = len(weights)
        weight = np.ascontiguousarray(weights, np.int32)
        seen = np.ascontiguousarray(observations, np.int32)
        if seen.shape != (count, self.inputs):
            raise ValueError(f"observations: shape {seen.shape}, not {(count, self.inputs)}")
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
    """One activation of the kernel in fixed point, over words [n] int32."""
    x = np.ascontiguousarray(words, np.int32)
    y = np.empty_like(x)
    index = activation_numbers()[name]
    for first in range(0, len(x), CALL_VALUES):
        count = min(CALL_VALUES, len(x) - first)
        library().wann_run_fixed_activation(
            lanes(), int(wide), index, count, x[first:].ctypes.data, y[first:].ctypes.data
        )
    return y
