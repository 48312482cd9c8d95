"""The ONNX graph in onnxruntime."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from helpers.format_runners import MARK, OTHER, Contract
from helpers.format_runners.stated import stated_contract
from wann_edge.exporters import Files
from wann_edge.verify.onnx_target import TOLERANCE, OnnxGraph


def with_weight_input(content: bytes, weight: float) -> bytes:
    """Return a model that takes the shared weight as an input, from one where it is constant."""
    model = onnx.load_from_string(content)
    graph, nodes = model.graph, []
    if all(constant.name != "shared_weight" for constant in graph.initializer):
        for constant in graph.initializer:
            if constant.name.startswith("connections_"):
                values = numpy_helper.to_array(constant) / np.float32(weight)
                constant.CopyFrom(numpy_helper.from_array(values, constant.name))
        for node in graph.node:
            nodes.append(node)
            if len(node.input) > 1 and node.input[1].startswith("connections_"):
                sums = node.output[0]
                node.output[0] = f"{sums}_total"
                nodes.append(helper.make_node("Mul", [node.output[0], "shared_weight"], [sums]))
        ordered = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
        del graph.node[:]
        graph.node.extend(ordered)
    graph.input.append(helper.make_tensor_value_info("shared_weight", TensorProto.FLOAT, [1]))
    return model.SerializeToString()


class BuiltGraph(OnnxGraph):
    """A graph in a session."""

    def __init__(self, model: bytes) -> None:
        metadata = onnx.load_from_string(model).metadata_props
        self._stated = {entry.key: json.loads(entry.value) for entry in metadata}
        weight = self._stated["shared_weight"]
        super().__init__(weight, model, with_weight_input(model, weight))
        assert self.faults() == []

    def selftest(self) -> int | None:
        """A graph has none."""
        return None

    def contract(self) -> Contract:
        """As the metadata says."""
        return stated_contract(self._stated)


class _Onnx:
    tolerance = TOLERANCE
    keywords: tuple[str, ...] = ()
    most_rows = 2000

    def require(self) -> None:
        """Nothing: onnxruntime comes with the package."""

    def build(self, files: Files, name: str, workdir: Path) -> BuiltGraph:
        """A session."""
        (content,) = files.values()
        assert onnx.load_from_string(content).graph.name == name
        return BuiltGraph(content)

    def tampered(self, files: Files) -> Files:
        """In the matrix of connections."""
        ((path, content),) = files.items()
        model = onnx.load_from_string(content)
        for constant in model.graph.initializer:
            values = numpy_helper.to_array(constant).copy()
            values[values == np.float32(MARK)] = OTHER
            constant.CopyFrom(numpy_helper.from_array(values, constant.name))
        return {path: model.SerializeToString(deterministic=True)}


ONNX = _Onnx()
