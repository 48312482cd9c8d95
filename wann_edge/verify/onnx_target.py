"""The exported ONNX graph in onnxruntime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import onnx
import onnxruntime

from wann_edge.exporters import Optimize, export
from wann_edge.kernel import Floats
from wann_edge.kernel.arithmetic import ieee_arithmetic
from wann_edge.network import Network
from wann_edge.system.needs import Need

if TYPE_CHECKING:
    from wann_edge.verify.outcome import Artefact

# onnxruntime rounds sines and exponentials differently, and a network can amplify the last bit:
# outputs agree within a ten-thousandth of their range.
TOLERANCE = 1e-4


class OnnxGraph:
    """The graph in onnxruntime on the CPU.

    Args:
        own_weight: the network's shared weight.
        constant: the model with this weight.
        weight_input: the model that takes other weights.
    """

    name = "policy.onnx"
    tolerance = TOLERANCE
    in_loop = True
    most_episodes: int | None = None

    @ieee_arithmetic()
    def __init__(self, own_weight: float, constant: bytes, weight_input: bytes) -> None:
        self._own = np.float32(own_weight)
        self._models = (constant, weight_input)
        self._constant, self._weight_input = map(_session, self._models)

    @ieee_arithmetic()
    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """Return actions [n, outputs] of observations [n, inputs] and weights [n], float32."""
        actions: list[Floats] = []
        starts = np.flatnonzero(np.diff(weights, prepend=np.nan))
        for first, end in zip(starts, [*starts[1:], len(weights)], strict=True):
            session, feeds = self._constant, {"observation": observations[first:end]}
            if weights[first] != self._own:
                session = self._weight_input
                feeds["shared_weight"] = weights[first : first + 1]
            actions.append(session.run(["action"], feeds)[0])
        return np.concatenate(actions)

    def faults(self) -> Sequence[str]:
        """Return what the ONNX checker finds, with strict shape inference."""
        try:
            for model in self._models:
                onnx.checker.check_model(model, full_check=True)
        except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
            return [f"the onnx checker: {error}"]
        return []


def _session(model: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # Errors only: a warning says that the default of an input is not a constant.
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


class OnnxTarget:
    """The exported ONNX graph in onnxruntime."""

    summary = "the ONNX graph in onnxruntime"
    needs: tuple[Need, ...] = ()

    @contextmanager
    def artefacts(
        self, network: Network, optimize: Optimize = "size"
    ) -> Iterator[Iterator[Artefact]]:
        """Export the graph and yield it in a session."""
        models = [export(network, "onnx", weight_input=given) for given in (False, True)]
        yield iter([OnnxGraph(network.shared_weight, *models)])
