"""What a C header will cost on a core, estimated without a compiler at hand.

A sum: how often each part occurs in what the exporter emits, times what the part costs by
``cost_table.json``. The table is fitted to measurements by ``python -m benchmarks.cost_table``.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from wann_edge.errors import SettingsError
from wann_edge.exporters.c_network import CALLED_FROM
from wann_edge.exporters.kernel_text import needed_by
from wann_edge.network import Network

Parts = dict[str, float]
# Activations without an addition or a product.
_EXACT = frozenset(("linear", "step", "inverse", "abs", "relu"))


class Estimate(NamedTuple):
    """Instructions of a step on typical states, and bytes of flash."""

    instructions: float
    flash_bytes: float


def estimate(network: Network, core: str) -> Estimate:
    """The cost of a network's C header on a core: some tens of microseconds of arithmetic.

    Raises SettingsError where the table has no such core.
    """
    costs = _costs(core)
    instructions = flash_bytes = 0.0
    for part, count in parts_of(network).items():
        instruction, flash = costs[part]
        instructions += count * instruction
        flash_bytes += count * flash
    return Estimate(instructions, flash_bytes)


@cache
def _costs(core: str) -> dict[str, tuple[float, float]]:
    table = _table()
    if core not in table:
        known = ", ".join(table)
        raise SettingsError(f"no cost is known of core {core[:40]!r}", remedy=f"use one of {known}")
    return {part: (both[0], both[1]) for part, both in table[core].items()}


@cache
def _table() -> dict[str, dict[str, list[float]]]:
    """For each core and part, instructions and bytes of flash."""
    text = files("wann_edge.exporters").joinpath("cost_table.json").read_text("ascii")
    table: dict[str, dict[str, list[float]]] = json.loads(text)
    return table


def parts_of(network: Network) -> Parts:
    """How often each part of the table occurs.

    Only what no compiler leaves out: nodes that an input reaches and that reach an output,
    for one that only the bias reaches is a constant; and of equal nodes or sums the first.
    """
    first, outputs = network.first_computed, network.node_count - len(network.outputs)
    value, uses, additions, products, switched = _numbered(network, _needed(network))
    called = sum(
        number for name, number in uses.items() if number >= CALLED_FROM.get(name, number + 1)
    )
    is_1 = network.shared_weight == 1
    read = [channel for index, channel in enumerate(network.inputs, 1) if value[index]]
    parts: Parts = {
        "base": 1,
        "input": len(network.inputs),
        "read": len(read),
        "scaled": sum(channel.scale != 1 or channel.offset != 0 for channel in read),
        "add": additions,
        "add:switched": switched,
        "weight": products,
        "multiply": 0 if is_1 else sum(uses.values()) - called,
        "multiply:called": 0 if is_1 else called,
        "output": len(network.outputs),
        "bound": sum(
            math.isfinite(output.low) + math.isfinite(output.high)
            for index, output in enumerate(network.outputs, outputs)
            if value[index] >= first
        ),
    }
    for name, number in uses.items():
        parts[f"first:{name}"] = 1
        parts[f"more:{name}"] = number - 1
        for block in _shared_blocks(name):
            parts[f"block:{block}"] = 1
    # A soft float's routine is linked once, for whoever uses it first.
    is_computed = parts["scaled"] or not _EXACT.issuperset(uses)
    parts["first:add"] = 1 if additions or is_computed else 0
    parts["first:multiply"] = 1 if products or not is_1 or is_computed else 0
    return parts


def _needed(network: Network) -> bytearray:
    """Which nodes vary with an input and reach an output."""
    first, count = network.first_computed, network.node_count
    outputs = count - len(network.outputs)
    varies, needed = bytearray(count), bytearray(count)
    varies[1:first] = b"\1" * (first - 1)
    for source, target in network.edges:
        if varies[source]:
            varies[target] = 1
    needed[outputs:] = varies[outputs:]
    for source, target in reversed(network.edges):
        if needed[target] and varies[source]:
            needed[source] = 1
    return needed


def _numbered(
    network: Network, needed: bytearray
) -> tuple[list[int], dict[str, int], int, int, int]:
    """A number for each node's value, 0 for a constant or one that is not needed; and the
    uses of each activation, the additions, the products with single weights, and the
    additions of a step or relu, which is often 0: a soft float has little to do then.

    Equal values have one number: this is how compilers find what they compute only once.
    A linear node is its sum where the shared weight is 1.
    """
    first = network.first_computed
    value = [index if needed[index] else 0 for index in range(first)]
    known: dict[object, int] = {}
    uses: dict[str, int] = {}
    additions = products = switched = 0
    switches: set[object] = set()
    free = ("linear",) if network.shared_weight == 1 else ()
    nodes = zip(network.activations, network.sources, strict=True)
    for node, (activation, sources) in enumerate(nodes, first):
        if not needed[node]:
            value.append(0)
            continue
        total: object = None
        for source, weight in sources:
            term: object = value[source]
            if not term:
                term = (source, weight)  # a constant
            elif weight is not None and abs(weight) != 1:
                key: object = (term, weight, "*")
                products += key not in known
                term = known.setdefault(key, len(known) + first)
            if total is None:
                total = term
            elif type(total) is type(term) is tuple:
                total = (total, term)  # the compiler adds constants
            else:
                key = (total, term)
                additions += key not in known
                switched += key not in known and not switches.isdisjoint((total, term))
                total = known.setdefault(key, len(known) + first)
        key = total if activation in free else (activation, total)
        if type(key) is tuple and key not in known:
            uses[activation] = uses.get(activation, 0) + 1
        value.append(key if type(key) is int else known.setdefault(key, len(known) + first))
        if activation in ("step", "relu"):
            switches.add(value[-1])
    return value, uses, additions, products, switched


@cache
def _shared_blocks(activation: str) -> tuple[str, ...]:
    """The kernel's text that an activation needs beside its own."""
    own = ("real", "contraction", activation)
    return tuple(block for block in needed_by(f"wann_{activation}(") if block not in own)
