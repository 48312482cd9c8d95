"""Write a network as C statements, in the kernel's order of operations, nothing twice.

Each sum runs in stored order, as ``wann_forward`` in kernel/network.h adds it; the order of the
nodes is free. A node is computed where a sum first needs it, starting from the outputs, so that
few values are live at a time and stay in registers. Nodes with equal activations of equal sums
are computed once, and sums with the same beginning share it.

The C header contains these statements; translate.py reads them for the other languages.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Generator, Iterator, Sequence
from typing import NamedTuple

from wann_edge.exporters.c.contract_lines import is_scaled, literal
from wann_edge.kernel import ACTIVATIONS
from wann_edge.network import Network, Output

# The name of a source, and its weight if that is not 1.
Term = tuple[str, float | None]
Sum = tuple[Term, ...]
# Yields the names of values that are needed first, and returns an expression.
Needs = Generator[str, None, str]
BIAS = "1.0f"


class Bounds(NamedTuple):
    """The bounds and the safe action of an output as C expressions."""

    low: str
    high: str
    safe: str


class Values:
    """The values of a network: equal nodes have one.

    Attributes:
        names: the name of each node's value; equal nodes have the name of the first.
        of: the activation and the sum of each computed value.
        constant: the names of values that depend on no input.
        outputs: the names of the outputs' values.
    """

    def __init__(self, network: Network) -> None:
        self.names = [BIAS, *(f"n{i}" for i in range(1, network.first_computed))]
        self.of: dict[str, tuple[str, Sum]] = {}
        self.constant = {BIAS}
        known: dict[tuple[str, Sum], str] = {}
        nodes = zip(network.activations, network.sources, strict=True)
        for node, (activation, sources) in enumerate(nodes, network.first_computed):
            terms = tuple((self.names[source], _unless_1(weight)) for source, weight in sources)
            name = known.setdefault((activation, terms), f"n{node}")
            self.names.append(name)
            self.of[name] = activation, terms
            if self.constant.issuperset(source for source, _ in terms):
                self.constant.add(name)
        self.outputs = self.names[network.node_count - len(network.outputs) :]

    def called(self) -> list[str]:
        """Return the activations whose calls take less flash than inlined code."""
        varying = self.of.keys() - self.constant
        uses = Counter(self.of[name][0] for name in varying)
        return sorted(name for name, number in uses.items() if is_called(name, number))


def statements(
    network: Network, values: Values, functions: Collection[str], prefix: str
) -> list[str]:
    """Return the declarations of all values that the outputs need.

    Args:
        network: the network without dead nodes.
        values: its values.
        functions: activations that are called as ``prefix_node_tanh(sum, shared_weight)``.
        prefix: the prefix of these functions.
    """
    return _StatementWriter(network, values, functions, prefix).lines


def is_called(activation: str, uses: int) -> bool:
    """Whether calls of an activation take less flash than inlined code, with so many uses."""
    least = ACTIVATIONS[activation].called_from
    return least is not None and uses >= least


def action_statements(
    values: Values, network: Network, bounds: Sequence[Bounds], *, guard: str = ""
) -> list[str]:
    """Return the statements that write the actions.

    Args:
        values: the values of the network, which are computed before.
        network: the network.
        bounds: one for each output.
        guard: a condition without which the action is the safe one; "" for none.
    """
    lines = []
    for index, (node, output) in enumerate(zip(values.outputs, network.outputs, strict=True)):
        name = f"y{index}" if output.is_scaled else node
        if output.is_scaled:
            lines.append(f"const float {name} = {_scaled(node, output)};")
        action = bounded(name, output, bounds[index])
        if guard:
            action = f"wann_select({guard}, {action}, {bounds[index].safe})"
        lines.append(f"action[{index}] = {action};")
    return lines


def bounded(node: str, output: Output, bounds: Bounds) -> str:
    """Return an expression that bounds a node; C has no constant for an infinite bound."""
    low, high, safe = bounds
    if math.isfinite(output.low) and math.isfinite(output.high):
        return f"wann_bounded({node}, {low}, {high}, {safe})"
    inside = node
    if math.isfinite(output.low):
        inside = f"wann_select({node} < {low}, {low}, {node})"
    elif math.isfinite(output.high):
        inside = f"wann_select({node} > {high}, {high}, {node})"
    return f"wann_select({node} == {node}, {inside}, {safe})"


def _scaled(node: str, output: Output) -> str:
    times = "" if output.scale == 1 else f" * {literal(output.scale)}"
    plus = f" + {literal(output.offset)}" if output.offset else ""
    return f"{node}{times}{plus}".replace("+ -", "- ")


def _unless_1(weight: float | None) -> float | None:
    return None if weight == 1 else weight


def _text(term: Term) -> str:
    name, weight = term
    if weight is None:
        return name
    if name == BIAS:
        return literal(weight)
    return f"-{name}" if weight == -1 else f"{name}*{literal(weight)}"


def _added(texts: Sequence[str]) -> str:
    return " + ".join(texts).replace("+ -", "- ") or "0.0f"


class _Beginnings:
    """The beginnings of sums, as a tree with a branch for each term that follows another."""

    def __init__(self, sums: Collection[Sum]) -> None:
        self._next: dict[tuple[int, Term], int] = {}
        self._ways = [0]
        for terms in sums:
            place = 0
            for term in terms:
                if (place, term) not in self._next:
                    self._next[place, term] = len(self._ways)
                    self._ways[place] += 1
                    self._ways.append(0)
                place = self._next[place, term]
            self._ways[place] += 1

    def longest_shared(self, terms: Sum) -> tuple[int, int]:
        """Return the longest beginning of at least two terms that other sums share.

        Returns:
            The number of its terms, or 0, and its place in the tree.
        """
        place, found = 0, (0, 0)
        for length, term in enumerate(terms, 1):
            place = self._next[place, term]
            if length > 1 and self._ways[place] > 1:
                found = length, place
        return found


class _StatementWriter:
    """Writes the statements; its generators yield the names of values that they need first."""

    def __init__(
        self, network: Network, values: Values, functions: Collection[str], prefix: str
    ) -> None:
        self.lines: list[str] = []
        self._network, self._values = network, values
        self._functions, self._prefix = functions, prefix
        self._beginnings = _Beginnings({terms for _, terms in values.of.values()})
        self._totals: dict[int, str] = {}
        self._named_sums = 0
        self._done = {BIAS}
        for output in values.outputs:
            self._write(output)

    def _write(self, name: str) -> None:
        """Write a value and all it needs, with an explicit stack because networks can be deep."""
        waiting: list[tuple[str, Iterator[str]]] = [(name, self._value(name))]
        while waiting:
            here, rest = waiting[-1]
            needed = next(rest, None)
            if needed is None:
                self._done.add(here)
                waiting.pop()
            elif needed not in self._done:
                waiting.append((needed, self._value(needed)))

    def _value(self, name: str) -> Iterator[str]:
        if name in self._done:
            return
        if name not in self._values.of:
            self.lines.append(f"const float {name} = {self._input(int(name[1:]) - 1)};")
            return
        activation, terms = self._values.of[name]
        total = yield from self._total(terms)
        if activation in self._functions and name not in self._values.constant:
            value = f"{self._prefix}_node_{activation}({total}, shared_weight)"
        else:
            product = f"({total})" if " " in total else total
            value = f"wann_{activation}({product} * shared_weight)"
        self.lines.append(f"const float {name} = {value};")

    def _input(self, index: int) -> str:
        channel = self._network.inputs[index]
        value = f"observation[{index}]"
        if not is_scaled(channel):
            return value
        return f"({value} - {literal(channel.offset)}) * {literal(channel.scale)}"

    def _total(self, terms: Sum) -> Needs:
        """Return the sum as an expression; a shared beginning gets a name."""
        shared, place = self._beginnings.longest_shared(terms)
        if not shared:
            return (yield from self._sum((), terms))
        if place not in self._totals:
            total = yield from self._sum((), terms[:shared])
            self._totals[place] = self._named(f"const float {{}} = {total};")
        return (yield from self._sum((self._totals[place],), terms[shared:]))

    def _sum(self, begun: Sequence[str], terms: Sum) -> Needs:
        """Add up the known values before asking for an unknown one."""
        texts, variable = [*begun], ""
        for source, weight in terms:
            if source not in self._done:
                if len(texts) > 1 and source in self._values.of:
                    if variable:
                        self.lines.append(f"{variable} = {_added(texts)};")
                    else:
                        variable = self._named(f"float {{}} = {_added(texts)};")
                    texts = [variable]
                yield source
            texts.append(_text((source, weight)))
        return _added(texts)

    def _named(self, declaration: str) -> str:
        """Declare another sum; return its name."""
        self._named_sums += 1
        name = f"s{self._named_sums}"
        self.lines.append(declaration.format(name))
        return name
