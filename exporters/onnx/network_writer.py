"""Build the ONNX graph of a network, one layer of equal depth after the other.

The values are a matrix ``[batch, nodes]`` that grows by the columns of each hidden layer. A
layer is a product with its matrix of connections, a multiplication by the shared weight, and the
operators of each run of nodes with the same activation. Only operators and names that most
readers of ONNX support are used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from wann_edge.errors import ExportError
from wann_edge.exporters.onnx.graph_builder import GraphBuilder
from wann_edge.kernel import ACTIVATIONS
from wann_edge.network import Network

# Of all matrices together: 32 MiB in the file.
MAX_NUMBERS = 2**23


def _check_size(inputs: int, layers: Sequence[Sequence[int]]) -> None:
    """Raise ExportError if the matrices of connections are too large."""
    values, numbers = inputs + 1, 0
    for layer in layers:
        numbers += values * len(layer)
        values += len(layer)
    if numbers > MAX_NUMBERS:
        raise ExportError(
            f"{len(layers)} layers take matrices of {numbers} numbers",
            where="onnx",
            remedy=f"use a network whose matrices have at most {MAX_NUMBERS}, or --format c",
        )


def layers(network: Network) -> list[list[int]]:
    """Return the computed nodes by depth, each layer ordered by activation, then by number.

    A hidden node is one deeper than its deepest source; the bias and the inputs have depth 0. The
    outputs, which feed no node, are the last layer.
    """
    first, kinds = network.first_computed, list(ACTIVATIONS)
    depth = [0] * first
    hidden = network.node_count - len(network.outputs)
    for sources in network.sources[: hidden - first]:
        depth.append(1 + max((depth[source] for source, _ in sources), default=0))
    found: list[list[int]] = [[] for _ in range(max(depth))]
    for node in range(first, hidden):
        found[depth[node] - 1].append(node)
    found.append([*range(hidden, network.node_count)])
    for layer in found:
        layer.sort(key=lambda node: (kinds.index(network.activations[node - first]), node))
    return found


class NetworkWriter:
    """Adds the operators from ``observation`` [batch, inputs] to ``action`` [batch, outputs].

    Args:
        graph: receives the operators.
        network: a network without dead nodes.
        weight_input: whether ``shared_weight`` [1] can be another one than the network's.
    """

    def __init__(self, graph: GraphBuilder, network: Network, *, weight_input: bool) -> None:
        self._graph, self._network = graph, network
        # 1, or a power of two without single weights, multiplies the connections: same bits.
        weight = abs(network.shared_weight)
        is_exact = weight == 1 or (network.weights is None and math.frexp(weight)[0] == 0.5)
        self._is_folded = is_exact and not weight_input
        if not self._is_folded:
            graph.floats("shared_weight", [network.shared_weight])

    def write(self) -> None:
        """Add all operators."""
        *hidden, last = layers(self._network)
        order = list(range(1, self._network.first_computed))
        _check_size(len(order), [*hidden, last])
        values = self._scaled(always=bool(hidden))
        for layer in hidden:
            values = self._graph.add("Concat", values, *self._layer(values, order, layer), axis=1)
            order += layer
        results = self._layer(values, order, last)
        output = results[0] if len(results) == 1 else self._graph.add("Concat", *results, axis=1)
        if last != sorted(last):
            columns = [last.index(node) for node in sorted(last)]
            places = self._graph.integers("output_columns", columns)
            output = self._graph.add("Gather", output, places, axis=1)
        self._write_action(output)

    def _scaled(self, *, always: bool) -> str:
        """Add the scaling of the observations; return the values' name.

        Args:
            always: also add it where it changes nothing: OpenCV does not concatenate an input.
        """
        offset = [channel.offset for channel in self._network.inputs]
        scale = [channel.scale for channel in self._network.inputs]
        values = "observation"
        if any(offset):
            values = self._graph.add("Sub", values, self._graph.floats("input_offset", offset))
        if always or any(factor != 1 for factor in scale):
            values = self._graph.add("Mul", values, self._graph.floats("input_scale", scale))
        return values

    def _layer(self, values: str, order: Sequence[int], layer: Sequence[int]) -> list[str]:
        """Add a layer; return the names of the results, one for each run of equal activations."""
        name = f"connections_{len(self._graph.nodes)}"
        bias, *matrix = self._connections([0, *order], layer)
        given = [values, self._graph.floats(name, matrix)]
        if bias.any():
            sums = self._graph.add("Gemm", *given, self._graph.floats(f"{name}_bias", bias))
        else:
            sums = self._graph.add("MatMul", *given)
        if not self._is_folded:
            sums = self._graph.add("Mul", sums, "shared_weight")
        kinds = [self._network.activations[n - self._network.first_computed] for n in layer]
        return self._activated(sums, kinds)

    def _connections(self, order: Sequence[int], layer: Sequence[int]) -> NDArray[np.float32]:
        """Return [values, nodes of the layer]: 1 or the single weight; 0 for no connection."""
        row = {node: place for place, node in enumerate(order)}
        matrix = np.zeros((len(order), len(layer)), np.float32)
        for column, node in enumerate(layer):
            for source, weight in self._network.sources[node - self._network.first_computed]:
                matrix[row[source], column] = 1.0 if weight is None else weight
        factor = np.float32(self._network.shared_weight if self._is_folded else 1.0)
        return matrix * factor

    def _activated(self, sums: str, kinds: Sequence[str]) -> list[str]:
        """Add the activations of sums [batch, nodes], once for each run of equal kinds."""
        runs = [(kind, len(list(run))) for kind, run in groupby(kinds)]
        parts = self._graph.split(sums, [size for _, size in runs])
        return [
            ACTIVATIONS[kind].write_operators(self._graph, part)
            for (kind, _), part in zip(runs, parts, strict=True)
        ]

    def _write_action(self, output: str) -> None:
        """Scale and clamp the outputs; write the safe action for what is not a number.

        Zero times an observation that is not finite is not a number. Added to an output, it marks
        it, and NaN is the only number that does not equal itself.
        """
        graph, channels = self._graph, self._network.outputs
        zeros = graph.add("Mul", "observation", graph.number(0.0))
        ones = graph.floats("ones", np.ones((len(self._network.inputs), len(channels))))
        marked = graph.add("Add", output, graph.add("MatMul", zeros, ones))
        low, high, safe = (
            [getattr(channel, name) for channel in channels] for name in ("low", "high", "safe")
        )
        action = self._scaled_output(marked)
        if any(map(math.isfinite, low)):
            action = graph.add("Max", action, graph.floats("output_low", low))
        if any(map(math.isfinite, high)):
            action = graph.add("Min", action, graph.floats("output_high", high))
        valid = graph.add("Equal", marked, marked)
        graph.add("Where", valid, action, graph.floats("output_safe", safe), result="action")

    def _scaled_output(self, output: str) -> str:
        graph, channels = self._graph, self._network.outputs
        if any(channel.scale != 1 for channel in channels):
            scale = graph.floats("output_scale", [channel.scale for channel in channels])
            output = graph.add("Mul", output, scale)
        if any(channel.offset for channel in channels):
            offset = graph.floats("output_offset", [channel.offset or -0.0 for channel in channels])
            output = graph.add("Add", output, offset)
        return output
