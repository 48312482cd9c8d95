"""Estimate the cost of a C header on a core, without a compiler.

The estimate is a sum over parts: how often a part occurs in the header, or runs on some
observations, times its cost in ``cost_table.json``. ``python -m benchmarks.cost_table`` fits
the table to measurements.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.exporters.c.statements import is_called
from wann_edge.exporters.cost.counting import Counted, counted
from wann_edge.exporters.cost.runs import runs_of
from wann_edge.exporters.kernel_text import needed_by
from wann_edge.kernel import ACTIVATIONS, Floats
from wann_edge.kernel.activations import ROUTINES
from wann_edge.network import Input, Network
from wann_edge.system.seeds import Use, fixed_generator

Parts = dict[str, float]
# How many observations are drawn if none are given.
STATES = 16


class Estimate(NamedTuple):
    """The mean number of instructions of a step, and the bytes of flash."""

    instructions: float
    flash_bytes: float


def estimate(network: Network, core: str, observations: Floats | None = None) -> Estimate:
    """Estimate the cost of a network's C header on a core, in a few tenths of a millisecond.

    Args:
        network: a network in floats.
        core: the name of a core, such as "cortex-m4f".
        observations: typical observations, float32 [n, inputs]; None to draw 16 from the
            declared ranges of the inputs.

    Raises:
        SettingsError: the core, or an activation of the network, has not been measured.
    """
    costs = _costs(core)
    seen = _drawn(network.inputs) if observations is None else observations
    instructions = flash_bytes = 0.0
    alive = network.without_dead_nodes()
    found = counted(alive)
    for part, count in (parts_of(alive, found) | runs_of(alive, seen, found)).items():
        if part not in costs:
            raise SettingsError(
                f"the cost of {part} on {core} has not been measured",
                where="exporters/cost/cost_table.json",
                remedy="measure it: python -m benchmarks.cost_table",
            )
        instruction, flash = costs[part]
        instructions += count * instruction
        flash_bytes += count * flash
    return Estimate(instructions, flash_bytes)


@lru_cache(maxsize=8)
def _drawn(inputs: Sequence[Input]) -> Floats:
    """Draw observations from the declared ranges; always the same ones."""
    low, high = zip(*(channel.typical_range for channel in inputs), strict=True)
    rng = fixed_generator(Use.ESTIMATE)
    return rng.uniform(low, high, (STATES, len(inputs))).astype(np.float32)


@cache
def _costs(core: str) -> dict[str, tuple[float, float]]:
    table = _table()
    if core not in table:
        known = ", ".join(table)
        raise SettingsError(
            f"the cost of core {core[:40]!r} has not been measured",
            where="core",
            remedy=f"use one of {known}",
        )
    return {part: (both[0], both[1]) for part, both in table[core].items()}


@cache
def _table() -> dict[str, dict[str, list[float]]]:
    """Return instructions and bytes of flash for each core and part."""
    text = files("wann_edge.exporters.cost").joinpath("cost_table.json").read_text("ascii")
    table: dict[str, dict[str, list[float]]] = json.loads(text)
    return table


def parts_of(network: Network, found: Counted | None = None) -> Parts:
    """Return how often each part of the table occurs.

    Only operations that no compiler removes count: nodes that depend on an input and reach an
    output, and of equal nodes or sums the first.

    Args:
        network: the network without dead nodes.
        found: the result of ``counted`` for the network, if known.
    """
    first, outputs = network.first_computed, network.node_count - len(network.outputs)
    found = found or counted(network)
    uses = {name: len(nodes) for name, nodes in found.uses.items()}
    called = sum(number for name, number in uses.items() if is_called(name, number))
    is_1 = network.shared_weight == 1
    read = [channel for index, channel in enumerate(network.inputs, 1) if found.value[index]]
    parts: Parts = {
        "base": 1,
        "input": len(network.inputs),
        "read": len(read),
        "scaled": sum(channel.scale != 1 or channel.offset != 0 for channel in read)
        + sum(channel.is_scaled for channel in network.outputs),
        "add": len(found.additions),
        "weight": found.products,
        "multiply": 0 if is_1 else sum(uses.values()) - called,
        "multiply:called": 0 if is_1 else called,
        "output": len(network.outputs),
        "bound": sum(
            math.isfinite(output.low) + math.isfinite(output.high)
            for index, output in enumerate(network.outputs, outputs)
            if found.value[index] >= first
        ),
    }
    for name, number in uses.items():
        parts[f"first:{name}"] = 1
        parts[f"more:{name}"] = number - 1
        for block in _shared_blocks(name):
            parts[f"block:{block}"] = 1
    # A soft-float routine is linked once.
    for routine in ROUTINES:
        parts[f"routine:{routine}"] = int(any(routine in ACTIVATIONS[a].routines for a in uses))
    if parts["bound"]:
        parts["routine:compare"] = 1
    is_computed = parts["scaled"] or not all(ACTIVATIONS[name].is_exact for name in uses)
    parts["first:add"] = 1 if parts["add"] or is_computed else 0
    parts["first:multiply"] = 1 if found.products or not is_1 or is_computed else 0
    return parts


@cache
def _shared_blocks(activation: str) -> tuple[str, ...]:
    """Return the blocks of the kernel that an activation needs besides its own."""
    own = ("real", "contraction", activation)
    return tuple(block for block in needed_by(f"wann_{activation}(") if block not in own)
