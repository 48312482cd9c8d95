"""The inputs, outputs and edges of networks as C arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from wann_edge.kernel.links import Links


class PackedContract:
    """Input scaling and output clamping as C arrays, shared by all networks of a task."""

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
        names = ("input_offset", "input_scale", "output_low", "output_high", "output_safe")
        self.addresses = {
            name: start + 4 * end for name, end in zip(names, ends[:5].tolist(), strict=True)
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
