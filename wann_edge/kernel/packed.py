"""The inputs, outputs and edges of networks as C arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from wann_edge.kernel.links import Links


class PackedContract:
    """Scaling and clamping as C arrays, shared by all networks of a task.

    Args:
        input_offset: one per input, as all arrays of inputs.
        input_scale: multiplies the observation without its offset.
        output_low: one per output, as all arrays of outputs.
        output_high: the upper bound.
        output_safe: the safe action.
        output_offset: added to the scaled value; 0 changes no bit of it, -0 included.
        output_scale: multiplies the value of the node.
    """

    def __init__(
        self,
        *,
        input_offset: Sequence[float],
        input_scale: Sequence[float],
        output_low: Sequence[float],
        output_high: Sequence[float],
        output_safe: Sequence[float],
        output_offset: Sequence[float],
        output_scale: Sequence[float],
    ) -> None:
        self.inputs = len(input_offset)
        self.outputs = len(output_low)
        parts = {
            "input_offset": input_offset,
            "input_scale": input_scale,
            "output_low": output_low,
            "output_high": output_high,
            "output_safe": output_safe,
            # -0 + 0 is 0, but -0 + -0 is -0.
            "output_offset": [value or -0.0 for value in output_offset],
            "output_scale": output_scale,
        }
        self._values = np.array([v for part in parts.values() for v in part], np.float32)
        begins = np.cumsum([0, *map(len, parts.values())]).tolist()
        start = self._values.ctypes.data
        self.addresses = {
            name: start + 4 * begin for name, begin in zip(parts, begins, strict=False)
        }


class Wires:
    """The edges of a checked network as C arrays, shared by all networks with the same edges.

    Args:
        edges: the connections, ascending by target, then by source.
        first: the number of the first computed node.
        computed: the number of computed nodes.
    """

    def __init__(self, edges: Links, first: int, computed: int) -> None:
        self.edges = len(edges)
        self._integers = edges.ends(first, computed)
        start = ctypes.addressof(self._integers)
        self.edge_end, self.source = start, start + 4 * computed
