"""A network packed for the kernel, and the calls that run it."""

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
from wann_edge.kernel.packed import PackedContract, Wires
from wann_edge.kernel.plant import Plant

# Operations of one lane in one call: tens of milliseconds, so that Ctrl-C takes effect soon.
_CALL_OPERATIONS = 30_000_000
CALL_VALUES = 2**24
# Vectors that the kernel walks together (WANN_BLOCKS in lanes.h); fewer would not be faster.
_BLOCKS = 3
_ALIGNMENT_BYTES = 64

Disturbed = tuple[Disturbance, Integers]


class Rules(NamedTuple):
    """The rules of practice episodes, as the kernel takes them; see ``task.practice.Practice``.

    Attributes:
        reward_floor: the reward of a step is clamped from below to this.
        patience_steps: an episode ends early after this many steps that earn less than
            ``patience_reward`` in total; 0 for never.
        patience_reward: see ``patience_steps``.
    """

    reward_floor: float = -np.inf
    patience_steps: int = 0
    patience_reward: float = 0.0


USUAL = Rules()


class Program:
    """A checked network, packed for the kernel; ``Network.program`` makes it.

    Args:
        contract: input scaling and output clamping.
        activations: names, one for each computed node, in topological order, outputs last.
        wires: the edges.
        weights: one for each edge, or None if all are 1.
    """

    def __init__(
        self,
        contract: PackedContract,
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
            inputs=self.inputs,
            outputs=self.outputs,
            computed=self.computed,
            activation=self._activations.buffer_info()[0],
            edge_end=wires.edge_end,
            source=wires.source,
            edge_weight=None if self._weights is None else self._weights.ctypes.data,
            **contract.addresses,
        )
        self.address = ctypes.addressof(self._struct)
        self.fixed_address: int | None = None
        self.edges = wires.edges
        self.operations_per_step = 100 + self.edges + 20 * self.computed

    def scratch(self, width: int, edges: int = 0) -> tuple[Floats, int]:
        """Return memory for the kernel's values, and an aligned address in it."""
        size = library().wann_scratch_bytes(width, self.address, edges) + _ALIGNMENT_BYTES
        memory = np.empty(size // 4, np.float32)
        start = memory.ctypes.data
        return memory, start + -start % _ALIGNMENT_BYTES

    def rows_of_a_call(self, width: int, steps: int = 1) -> int:
        """Return the largest number of rows of so many steps that one call may run."""
        return max(_BLOCKS, _CALL_OPERATIONS // (self.operations_per_step * steps)) * width

    def chunks(self, count: int, width: int, steps: int = 1) -> Iterator[tuple[int, int]]:
        """Yield the first row and the number of rows of each call; a row runs ``steps`` steps."""
        most = self.rows_of_a_call(width, steps)
        for first in range(0, count, most):
            yield first, min(most, count - first)

    def forward(self, observations: ArrayLike, weights: ArrayLike) -> Floats:
        """Return actions, float32 [n, outputs], of observations [n, inputs] and weights [n]."""
        return self._forward(observations, weights, with_sums=False)[0]

    def forward_with_sums(
        self, observations: ArrayLike, weights: ArrayLike
    ) -> tuple[Floats, Floats]:
        """Return the actions, and the argument of each activation, float32 [n, computed]."""
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
            self.run(
                width,
                size,
                weight[first:].ctypes.data,
                seen[first:].ctypes.data,
                actions[first:].ctypes.data,
                sums[first:].ctypes.data if with_sums else None,
                scratch,
            )
        return actions, sums

    def run(self, width: int, count: int, *addresses: int | None) -> None:
        """Run rows: the addresses of weights, observations, actions, sums or None, scratch."""
        library().wann_run_forward(width, self.address, count, *addresses)

    def rollouts(
        self,
        plant: Plant,
        weights: ArrayLike,
        states: ArrayLike,
        max_steps: int,
        edge_weights: ArrayLike | None = None,
        disturbed: Disturbed | None = None,
        rules: Rules = USUAL,
        held: Integers | None = None,
    ) -> tuple[Floats, Integers]:
        """Run whole episodes of a native plant with this program; see ``rollouts_of``.

        Returns:
            The returns, float32 [n], and the lengths in steps, int32 [n].
        """
        totals, steps = rollouts_of(
            [self], plant, weights, states, max_steps, edge_weights, disturbed, rules, held
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
    held: Integers | None = None,
) -> tuple[Floats, Integers]:
    """Run whole episodes of a native plant, the same episodes with each program.

    Args:
        programs: packed networks with the plant's numbers of inputs and outputs.
        plant: a native plant.
        weights: float32 [n], the shared weight of each episode.
        states: float32 [n, plant.states], the starting state of each episode.
        max_steps: the length at which an episode ends.
        edge_weights: float32 [n, edges], weights for each episode in place of the network's;
            for a single program only.
        disturbed: a disturbance, and the row in it for each episode, int32 [n].
        rules: rules of practice episodes.
        held: int32 [programs, n], receives 1 for each episode that is held, else 0; None for
            a plant that does not declare when it is held, or to save the time.

    Returns:
        The returns, float32 [programs, n], rewards summed in step order; and the lengths in
        steps, int32 [programs, n].

    Raises:
        ValueError: an argument has the wrong shape or type, or does not fit the plant.
    """
    if not 0 < max_steps < 2**31:
        raise ValueError(f"max_steps: {max_steps} is outside 1 to 2^31 - 1")
    if any((p.inputs, p.outputs) != (plant.observations, plant.actions) for p in programs):
        raise ValueError(
            f"the network's inputs and outputs are not those of the plant {plant.name}"
        )
    count = np.size(weights)
    weight = checked(weights, (count,), "weights")
    state = checked(states, (count, plant.states), "states")
    single, edges = None, 0
    if edge_weights is not None:
        (program,) = programs
        if program.fixed_address is not None:
            raise ValueError(
                "edge_weights: the formats of a fixed-point network fit its own weights only"
            )
        single, edges = checked(edge_weights, (count, program.edges), "edge_weights"), program.edges
    shape = (len(programs), count)
    totals, steps = np.empty(shape, np.float32), np.empty(shape, np.int32)
    if totals.size:
        packed, rows = None, None
        if disturbed is not None:
            packed = Packed(disturbed[0], plant, max_steps)
            rows = rows_of(disturbed[1], count, packed)
        jobs = JobsStruct(
            count=count,
            max_steps=max_steps,
            states=plant.states,
            edges=edges,
            weight=weight.ctypes.data,
            edge_weight=None if single is None else single.ctypes.data,
            state=state.ctypes.data,
            episode=None if rows is None else rows.ctypes.data,
            disturbance=None if packed is None else packed.address,
            **rules._asdict(),
            total=totals.ctypes.data,
            steps=steps.ctypes.data,
            held=None if held is None else held.ctypes.data,
        )
        _run_rollouts(programs, plant, jobs)
    return totals, steps


def _run_rollouts(programs: Sequence[Program], plant: Plant, jobs: JobsStruct) -> None:
    """Run the jobs with each program; the results of the programs follow one another.

    One call runs several programs completely, or a part of one program.
    """
    count, width, run = jobs.count, lanes(), library().wann_run_rollouts
    starts = (jobs.weight, jobs.edge_weight, jobs.state, jobs.total, jobs.steps, jobs.episode)
    held = jobs.held
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
            jobs.held = held and held + written
            run(width, len(some), networks, fixed, address, ctypes.addressof(jobs), scratch)


def _addresses(of: Iterable[int | None]) -> ctypes.Array[ctypes.c_void_p]:
    """Return an array of C pointers."""
    addresses = [*of]
    return (ctypes.c_void_p * len(addresses))(*addresses)


def activate(name: str, values: ArrayLike) -> Floats:
    """Return an activation of the kernel for each value, float32 [n].

    Args:
        name: the name of the activation.
        values: float32 [n].
    """
    x = checked(values, (np.size(values),), "values")
    y = np.empty_like(x)
    index = activation_numbers()[name]
    for first in range(0, len(x), CALL_VALUES):
        count = min(CALL_VALUES, len(x) - first)
        library().wann_run_activation(
            lanes(), index, count, x[first:].ctypes.data, y[first:].ctypes.data
        )
    return y
