"""Export networks as ONNX models."""

from __future__ import annotations

import json
from importlib.metadata import version

from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from wann_edge.exporters import Files
from wann_edge.exporters.contract import contract
from wann_edge.exporters.names import check_name, check_numbers
from wann_edge.exporters.onnx.graph_builder import GraphBuilder
from wann_edge.exporters.onnx.network_writer import NetworkWriter
from wann_edge.network import Network
from wann_edge.system.needs import Need

# Readers since 2021 know these; IR version 7 came with operator set 13.
OPSET = 13
IR_VERSION = 7


class Onnx:
    """ONNX, for onnxruntime and others: operator set 13, IR version 7.

    | | name | type | shape |
    |---|---|---|---|
    | input | observation | float32 | [batch, inputs] |
    | constant; with ``weight_input`` an input with a default | shared_weight | float32 | [1] |
    | output | action | float32 | [batch, outputs] |

    Input scaling, output clamping and the safe action are part of the graph. Unlike in the
    kernel, the action is also the safe one where a hidden node overflows float32, because
    infinity times the 0 of an absent connection is not a number. The metadata of the model
    contain the contract; each value is JSON.

    Args:
        weight_input: whether a caller can give another shared weight. onnxruntime then warns that
            the default is not a constant.
    """

    summary = "an ONNX graph, for onnxruntime and others"
    suffix = ".onnx"
    numbers: tuple[str, ...] = ("float",)
    needs: tuple[Need, ...] = ()

    def __init__(self, *, weight_input: bool = False) -> None:
        self._weight_input = weight_input

    def with_weight_input(self) -> Onnx:
        """Return an exporter of graphs whose shared weight is an input with a default."""
        return Onnx(weight_input=True)

    def files(self, network: Network, name: str) -> Files:
        """Return the model.

        Args:
            network: a network in floats.
            name: an identifier, the name of the graph.

        Raises:
            ExportError: the name is not valid, or the network is in fixed point.
        """
        check_numbers(network, self, "onnx")
        check_name(name, "ONNX", ())
        model = _model(network.without_dead_nodes(), name, weight_input=self._weight_input)
        content: bytes = model.SerializeToString(deterministic=True)
        return {f"{name}.onnx": content}


def _model(network: Network, name: str, *, weight_input: bool) -> ModelProto:
    writer = GraphBuilder()
    NetworkWriter(writer, network, weight_input=weight_input).write()
    inputs = [_floats("observation", ["batch", len(network.inputs)])]
    graph = helper.make_graph(
        writer.nodes,
        name,
        inputs=[*inputs, _floats("shared_weight", [1])] if weight_input else inputs,
        outputs=[_floats("action", ["batch", len(network.outputs)])],
        initializer=list(writer.constants.values()),
    )
    model = helper.make_model(
        graph,
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="wann-edge",
        producer_version=version("wann-edge"),
    )
    helper.set_model_props(model, _metadata(network))
    return model


def _floats(name: str, shape: list[int | str]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _metadata(network: Network) -> dict[str, str]:
    """Return the contract: for each name a JSON text."""
    return {name: json.dumps(value) for name, value in contract(network, "onnx").items()}
