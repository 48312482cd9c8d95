"""Collect the operators and constants of an ONNX graph."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper


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
        """Add one float32 of shape [1]; return its name.

        Each has one use, because conversions to float16 keep some operators in float32.
        """
        return self.floats(f"number_{len(self.constants)}", [value])

    def _constant(self, name: str, values: NDArray[np.generic]) -> str:
        self.constants[name] = numpy_helper.from_array(values, name)
        return name
