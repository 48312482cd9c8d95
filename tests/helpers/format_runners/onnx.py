"""The ONNX graph in onnxruntime."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from helpers.format_runners import MARK, OTHER, Contract
from helpers.format_runners.stated import stated_contract
from wann_edge.exporters import Files
from wann_edge.verify.onnx_target import TOLERANCE, OnnxGraph


class BuiltGraph(OnnxGraph):
    """A graph in a session."""

    def __init__(self, model: bytes) -> None:
        super().__init__(model)
        assert self.faults() == []
        metadata = onnx.load_from_string(model).metadata_props
        self._stated = {entry.key: json.loads(entry.value) for entry in metadata}

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
