"""A network as the kernel reads it, and the calls that run it."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.kernel.arrays import Floats, Integers, checked
from wann_edge.kernel.disturbance import Disturbance, Packed, rows_of
from wann_edge.kernel.library import (
    JobsStruct,
    NetworkStruct,
    activation_numbers,
    lanes,
    library,
)
from wann_edge.kernel.links import Links
from wann_edge.kernel.plant import Plant

# Operations of one lane in one call: tens of milliseconds, so that Ctrl-C is heard.
_CALL_OPERATIONS = 30_000_000
CALL_VALUES = 2**24
# Vectors that the kernel walks together (WANN_BLOCKS of lanes.h): fewer would save no time.
_BLOCKS = 3
_ALIGNMENT_BYTES = 64

Disturbed = tuple[Disturbance, Integers]


class Rules(NamedTuple):
    """What may differ in episodes that only serve practice: practice.Practice, as numbers."""

    reward_floor: float = -np.inf
    patience_steps: int = 0
    patience_reward: float = 0.0


USUAL = Rules()


class Contract:
    """Input scaling and output clamping in arrays, shared by all networks of a task."""

    def __init__(
        self,
        offset: Sequence[float],
        scale: Sequence[float],
        low: Sequence[float],
        high: Sequence[float],
        safe: Sequence[float],
    ) -> None:
        self.inputs = len(offset)
        self.outputs = len(low)
        parts = (offset, scale, low, high, safe)
        self._values = np.array([value for part in parts for value in part], np.float32)
        ends = np.cumsum([0, *map(len, parts)])
        start = self._values.ctypes.data
        self.addresses = tuple(start + 4 * int(end) for end in ends[:5])


class Wires:
    """The edges of a checked network, packed: for all networks that differ in no edge.

    edges: ascending. first: the number of the first computed node. computed: how many.
    """

    def __init__(self, edges: Links, first: int, computed: int) -> None:
        self.edges = len(edges)
        self._integers = edges.ends(first, computed)
        start = ctypes.addressof(self._integers)
        self.addresses = start, start + 4 * computed


class Program:
    """A checked network, packed for the kernel; made by ``Network.program``.

    activations: names, one a computed node, in topological order, outputs last.
    weights: one an edge, or None where all are 1.
    """

    def __init__(
        self,
        contract: Contract,
        activations: Sequence[str],
        wires: Wires,
        weights: Sequence[float] | None,
    ) -> None:
        self.inputs, self.outputs = contract.inputs, contract.outputs
        self.computed = len(activations)
        numbers = map(activation_numbers().__getitem__, activations)
        self._activations = array("i", [*numbers])
        self._weights = None if weights is None else np.array([*weights], np.float32)
        self._contract, self._wires = contract, wires
        self._struct = NetworkStruct(
            self.inputs,
            self.outputs,
            self.computed,
            self._activations.buffer_info()[0],
            *wires.addresses,
            None if self._weights is None else self._weights.ctypes.data,
            *contract.addresses,
        )
        self.address = ctypes.addressof(self._struct)
        self.fixed_address: int | None = None
        self.edges = wires.edges
        self.operations_per_step = 100 + self.edges + 20 * self.computed

    def scratch(self, width: int, edges: int = 0) -> tuple[Floats, int]:
        """Memory for the kernel's values, and the aligned address in it."""
        size = library().wann_scratch_bytes(width, self.address, edges) + _ALIGNMENT_BYTES
        memory = np.empty(size // 4, np.float32)
        start = memory.ctypes.data
        return memory, start + -start % _ALIGNMENT_BYTES

    def rows_of_a_call(self, width: int, steps: int = 1) -> int:
        """How many rows of so many steps a call may have at the most."""
        return max(_BLOCKS, _CALL_OPERATIONS // (self.operations_per_step * steps)) * width

    def chunks(self, count: int, width: int, steps: int = 1) -> Iterator[tuple[int, int]]:
        """First row and number of rows of each call; a row is of so many steps."""
        most = self.rows_of_a_call(width, steps)
        for first in range(0, count, most):
            yield first, min(most, count - first)

    def forward(self, observations: ArrayLike, weights: ArrayLike) -> Floats:
        """Actions [n, outputs] for observations [n, inputs] and shared weights [n], float32."""
        return self._forward(observations, weights, with_sums=False)[0]

    def forward_with_sums(
        self, observations: ArrayLike, weights: ArrayLike
    ) -> tuple[Floats, Floats]:
        """``forward``, and what each activation was given: [n, computed], float32."""
        return self._forward(observations, weights, with_sums=True)

    def _forward(
        self, observations: ArrayLike, weights: ArrayLike, *, with_sums: bool
    ) -> tuple[Floats, Floats]:
        count = np.size(weights)
        weight = checked(weights, (count,), "weights")
        seen = checked(observations, (count, self.inputs), "observations")
        actions = np.empty((count, self.outputs), np.float32)
        sums = np.empty((count, self.computed if with_sums else 0), np.float32)
        width = lanes()
        _memory, scratch = self.scratch(width)
        for first, size in self.chunks(count, width):
            library().wann_run_forward(
                width,
                self.address,
                size,
                weight[first:].ctypes.data,
                seen[first:].ctypes.data,
                actions[first:].ctypes.data,
                sums[first:].ctypes.data if with_sums else None,
                scratch,
            )
        return actions, sums

    def rollouts(
        self,
        plant: Plant,
        weights: ArrayLike,
        states: ArrayLike,
        max_steps: int,
        edge_weights: ArrayLike | None = None,
        disturbed: Disturbed | None = None,
        rules: Rules = USUAL,
    ) -> tuple[Floats, Integers]:
        """Whole episodes of a native plant: ``rollouts_of`` this program, [n] and [n].

        edge_weights [n, edges] float32: each episode's own, in place of the network's.
        """
        totals, steps = rollouts_of(
            [self], plant, weights, states, max_steps, edge_weights, disturbed, rules
        )
        return totals[0], steps[0]


def rollouts_of(
    programs: Sequence[Program],
    plant: Plant,
    weights: ArrayLike,
    states: ArrayLike,
    max_steps: int,
    edge_weights: ArrayLike | None = None,
    disturbed: Disturbed | None = None,
    rules: Rules = USUAL,
) -> tuple[Floats, Integers]:
    """Whole episodes of a native plant, the same ones for each program.

    weights [n] and starting states [n, plant.states] float32, one pair an episode;
    edge_weights as in ``Program.rollouts``, for one program. disturbed: a disturbance, and
    each episode's row in it, int32 [n]. rules: of the episodes. Gives returns [programs, n]
    float32 (rewards summed in step order) and lengths [programs, n] int32 in steps.
    """
    if not 0 < max_steps < 2**31:
        raise ValueError(f"max_steps: {max_steps} is not a number of steps")
    if any((p.inputs, p.outputs) != (plant.observations, plant.actions) for p in programs):
        raise ValueError(f"the network does not fit the plant {plant.name}")
    count = np.size(weights)
    weight = checked(weights, (count,), "weights")
    state = checked(states, (count, plant.states), "states")
    single, edges = None, 0
    if edge_weights is not None:
        (program,) = programs
        if program.fixed_address is not None:
            raise ValueError("edge_weights: a network in fixed point has formats for its own")
        single, edges = checked(edge_weights, (count, program.edges), "edge_weights"), program.edges
    shape = (len(programs), count)
    totals, steps = np.empty(shape, np.float32), np.empty(shape, np.int32)
    if totals.size:
        packed, rows = None, None
        if disturbed is not None:
            packed = Packed(disturbed[0], plant, max_steps)
            rows = rows_of(disturbed[1], count, packed)
        *before, written, counted = [
            0 if part is None else part.ctypes.data
            for part in (weight, single, state, rows, totals, steps)
        ]
        around = None if packed is None else packed.address
        sizes = (count, max_steps, plant.states, edges)
        parts = (*sizes, *before, around, *rules, written, counted)
        _run_rollouts(programs, plant, JobsStruct(*parts))
    return totals, steps


def _run_rollouts(programs: Sequence[Program], plant: Plant, jobs: JobsStruct) -> None:
    """Runs the jobs with each program, which writes behind the one before.

    A call runs several programs whole, or a part of one.
    """
    count, width, run = jobs.count, lanes(), library().wann_run_rollouts
    starts = (jobs.weight, jobs.edge_weight, jobs.state, jobs.total, jobs.steps, jobs.episode)
    largest = max(programs, key=lambda program: program.computed)
    slowest = max(programs, key=lambda program: program.operations_per_step)
    _memory, scratch = largest.scratch(width, jobs.edges)
    chunks = list(slowest.chunks(count, width, jobs.max_steps))
    together = max(1, slowest.rows_of_a_call(width, jobs.max_steps) // count)
    address = plant.address(width)
    for number in range(0, len(programs), together):
        some = programs[number : number + together]
        networks = _addresses(program.address for program in some)
        fixed = _addresses(program.fixed_address for program in some)
        for first, size in chunks:
            written = 4 * (number * count + first)
            jobs.count = size
            jobs.weight = starts[0] + 4 * first
            jobs.edge_weight = starts[1] and starts[1] + 4 * first * jobs.edges
            jobs.state = starts[2] + 4 * first * jobs.states
            jobs.episode = starts[5] and starts[5] + 4 * first
            jobs.total, jobs.steps = starts[3] + written, starts[4] + written
            run(width, len(some), networks, fixed, address, ctypes.addressof(jobs), scratch)


def _addresses(of: Iterable[int | None]) -> ctypes.Array[ctypes.c_void_p]:
    """Addresses as C reads them."""
    addresses = [*of]
    return (ctypes.c_void_p * len(addresses))(*addresses)


def activate(name: str, values: ArrayLike) -> Floats:
    """One activation of the kernel over an array [n] of float32."""
    x = checked(values, (np.size(values),), "values")
    y = np.empty_like(x)
    index = activation_numbers()[name]
    for first in range(0, len(x), CALL_VALUES):
        count = min(CALL_VALUES, len(x) - first)
        library().wann_run_activation(
            lanes(), index, count, x[first:].ctypes.data, y[first:].ctypes.data
        )
    return y
