"""The statements of a network in C, in the kernel's order of operations.

They stand in the header as they are; translate.py reads them for the other languages.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from wann_edge.exporters.c_contract import is_scaled, literal
from wann_edge.network import Network


class Bounds(NamedTuple):
    """An output's numbers as C expressions; None where there is no bound."""

    low: str | None
    high: str | None
    safe: str


def literal_bounds(network: Network) -> list[Bounds]:
    """Each output's numbers as constants."""
    return [
        Bounds(
            literal(output.low) if math.isfinite(output.low) else None,
            literal(output.high) if math.isfinite(output.high) else None,
            literal(output.safe),
        )
        for output in network.outputs
    ]


def input_statements(network: Network) -> list[str]:
    """Nodes 1 and on, where another node reads them."""
    read = {source for source, _ in network.edges}
    statements = []
    for index, channel in enumerate(network.inputs):
        value = f"observation[{index}]"
        if is_scaled(channel):
            value = f"({value} - {literal(channel.offset)}) * {literal(channel.scale)}"
        if index + 1 in read:
            statements.append(f"const float n{index + 1} = {value};")
    return statements


def node_statements(network: Network) -> list[str]:
    """The computed nodes: a sum in stored order, times the shared weight, activated."""
    computed = zip(network.activations, network.sources, strict=True)
    statements = []
    for node, (activation, sources) in enumerate(computed, network.first_computed):
        terms = [_term(source, weight) for source, weight in sources]
        total = f"({' + '.join(terms)})" if len(terms) > 1 else "".join(terms) or "0.0f"
        statements.append(f"const float n{node} = wann_{activation}({total} * shared_weight);")
    return statements


def _term(source: int, weight: float | None) -> str:
    value = "1.0f" if source == 0 else f"n{source}"
    return value if weight is None else f"{value}*{literal(weight)}"


def action_statements(network: Network, bounds: list[Bounds]) -> list[str]:
    """The outputs, clamped; the safe action where an observation or the output is no number."""
    first = network.node_count - len(network.outputs)
    statements = []
    for index, output in enumerate(bounds):
        node = f"n{first + index}"
        choice = f"all_finite && {node} == {node}, {_bounded(node, output)}, {output.safe}"
        statements.append(f"action[{index}] = wann_select({choice});")
    return statements


def _bounded(node: str, output: Bounds) -> str:
    """``wann_clamp``, or the half of it that has a bound: C has no constant for infinity."""
    if output.low is not None and output.high is not None:
        return f"wann_clamp({node}, {output.low}, {output.high})"
    if output.low is not None:
        return f"wann_select({node} < {output.low}, {output.low}, {node})"
    if output.high is not None:
        return f"wann_select({node} > {output.high}, {output.high}, {node})"
    return node
