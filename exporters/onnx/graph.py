"""Build the ONNX graph of a network, one layer of equal depth after the other.

The values are a matrix ``[batch, nodes]`` that grows by the columns of each layer. A layer is
a product with its matrix of connections, a multiplication by the shared weight, and one
operator for each run of nodes with the same activation.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import ArrayLike, NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from wann_edge.kernel import ACTIVATIONS
from wann_edge.network import LARGEST, Network


class GraphBuilder:
    """Collects the operators and constants of a graph, and names their results."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}

    def add(
        self, operator: str, *sources: str, result: str = "", **attributes: int | list[int]
    ) -> str:
        """Add an operator with one result; return the result's name."""
        result = result or f"{operator.lower()}_{len(self.nodes)}"
        node = helper.make_node(operator, sources, [result], name=result)
        node.attribute.extend(helper.make_attribute(*item) for item in attributes.items())
        self.nodes.append(node)
        return result

    def split(self, values: str, sizes: Sequence[int]) -> list[str]:
        """Split a matrix into columns of these sizes; return the names of the parts."""
        if len(sizes) == 1:
            return [values]
        name = f"split_{len(self.nodes)}"
        parts = [f"{name}_{part}" for part in range(len(sizes))]
        given = [values, self.integers(f"{name}_sizes", sizes)]
        self.nodes.append(helper.make_node("Split", given, parts, name=name, axis=1))
        return parts

    def floats(self, name: str, values: ArrayLike) -> str:
        """Add a float32 constant; return its name."""
        return self._constant(name, np.asarray(values, np.float32))

    def integers(self, name: str, values: ArrayLike) -> str:
        """Add an int64 constant; return its name."""
        return self._constant(name, np.asarray(values, np.int64))

    def number(self, value: float) -> str:
        """Add one float32 of shape [1]; return its name."""
        return self.floats(f"number_{value!r}", [value])

    def as_float(self, flags: str) -> str:
        """Convert truth values to 1.0 and 0.0; return the result's name."""
        return self.add("Cast", flags, to=TensorProto.FLOAT)

    def _constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants[name] = numpy_helper.from_array(values, name)
        return name


def layers(network: Network) -> list[list[int]]:
    """Return the computed nodes by depth, each layer ordered by activation, then by number.

    A node is one deeper than its deepest source; the bias and the inputs have depth 0.
    """
    first, kinds = network.first_computed, list(ACTIVATIONS)
    depth = [0] * first
    for sources in network.sources:
        depth.append(1 + max((depth[source] for source, _ in sources), default=0))
    found: list[list[int]] = [[] for _ in range(max(depth))]
    for node in range(first, network.node_count):
        found[depth[node] - 1].append(node)
    for layer in found:
        layer.sort(key=lambda node: (kinds.index(network.activations[node - first]), node))
    return found


def write_network(writer: GraphBuilder, network: Network) -> None:
    """Add the operators from ``observation`` [batch, inputs] and ``shared_weight`` to ``action``.

    Args:
        writer: receives the operators.
        network: a network without dead nodes.
    """
    finite = writer.add("LessOrEqual", writer.add("Abs", "observation"), writer.number(LARGEST))
    values = _scaled(writer, network, writer.add("Where", finite, "observation", writer.number(0)))
    order = list(range(network.first_computed))
    for layer in layers(network):
        matrix = writer.floats(f"connections_{len(writer.nodes)}", _matrix(network, order, layer))
        total = writer.add("MatMul", values, matrix)
        sums = writer.add("Mul", total, "shared_weight")
        kinds = [network.activations[node - network.first_computed] for node in layer]
        values = writer.add("Concat", values, *_activated(writer, sums, kinds), axis=1)
        order += layer
    last = range(network.node_count - len(network.outputs), network.node_count)
    columns = writer.integers("output_columns", [order.index(node) for node in last])
    _write_action(writer, network, writer.add("Gather", values, columns, axis=1), finite)


def _scaled(writer: GraphBuilder, network: Network, observed: str) -> str:
    """Add the first columns of the values: the bias and the scaled observations.

    Padding puts a column of zeros before the observations; the bias is (0 - -1) * 1.
    """
    offset = [-1.0, *(channel.offset for channel in network.inputs)]
    scale = [1.0, *(channel.scale for channel in network.inputs)]
    padded = writer.add("Pad", observed, writer.integers("padding", [0, 1, 0, 0]))
    moved = writer.add("Sub", padded, writer.floats("input_offset", offset))
    return writer.add("Mul", moved, writer.floats("input_scale", scale))


def _matrix(network: Network, order: Sequence[int], layer: Sequence[int]) -> NDArray[np.float32]:
    """Return the connections [values, nodes of the layer]: 1 or the single weight; 0 for none."""
    row = {node: place for place, node in enumerate(order)}
    matrix = np.zeros((len(order), len(layer)), np.float32)
    for column, node in enumerate(layer):
        for source, weight in network.sources[node - network.first_computed]:
            matrix[row[source], column] = 1.0 if weight is None else weight
    return matrix


def _activated(writer: GraphBuilder, sums: str, kinds: Sequence[str]) -> list[str]:
    """Add the activations of sums [batch, nodes], one operator for each run of equal kinds."""
    runs = [(kind, len(list(run))) for kind, run in groupby(kinds)]
    parts = writer.split(sums, [size for _, size in runs])
    return [
        ACTIVATIONS[kind].write_operators(writer, part)
        for (kind, _), part in zip(runs, parts, strict=True)
    ]


def _write_action(writer: GraphBuilder, network: Network, output: str, finite: str) -> None:
    """Clamp the outputs; select the safe action if an observation or output is not a number."""
    low, high, safe = (
        writer.floats(f"output_{name}", [getattr(channel, name) for channel in network.outputs])
        for name in ("low", "high", "safe")
    )
    least = writer.add("ReduceMin", writer.as_float(finite), axes=[1], keepdims=1)
    all_finite = writer.add("Cast", least, to=TensorProto.BOOL)
    clamped = writer.add("Min", writer.add("Max", output, low), high)
    allowed = writer.add("Where", all_finite, clamped, safe)
    writer.add("Where", writer.add("IsNaN", output), safe, allowed, result="action")
