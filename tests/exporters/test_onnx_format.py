"""ONNX models as files: valid, few nodes, contract in the metadata, reproducible bytes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import version
from itertools import chain

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.networks import networks, random_network
from helpers.parts import ROOT
from wann_edge.errors import ExportError
from wann_edge.exporters import export
from wann_edge.network import Input, Network, Output, named_channels


def model_of(network: Network) -> onnx.ModelProto:
    """Return the exported model, parsed."""
    return onnx.load_from_string(export(network, "onnx"))


@given(networks())
@settings(max_examples=40)
def test_any_network_passes_the_checker(network: Network) -> None:
    content = export(network, "onnx")
    onnx.checker.check_model(content, full_check=True)
    model = onnx.load_from_string(content)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert model.ir_version == 8
    assert all(constant.dims for constant in model.graph.initializer)
    assert "Relu" not in {node.op_type for node in model.graph.node}


def test_inputs_and_outputs() -> None:
    graph = model_of(random_network(np.random.default_rng(0), inputs=3, outputs=2)).graph
    found = {
        value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in chain(graph.input, graph.output)
    }
    assert found == {"observation": ["batch", 3], "shared_weight": [1], "action": ["batch", 2]}
    assert [value.name for value in graph.output] == ["action"]
    kinds = {v.type.tensor_type.elem_type for v in chain(graph.input, graph.output)}
    assert kinds == {onnx.TensorProto.FLOAT}
    assert "shared_weight" in {constant.name for constant in graph.initializer}


def test_dead_nodes_are_dropped() -> None:
    inputs, outputs = named_channels(1, 1)
    dead = Network(inputs, outputs, ("sin", "tanh", "linear"), ((1, 2), (1, 3), (3, 4)))
    alive = Network(inputs, outputs, ("tanh", "linear"), ((1, 2), (2, 3)))
    assert export(dead, "onnx") == export(alive, "onnx")


def wide_network() -> Network:
    """Return a layer of 150 nodes with three activations in turn, which all feed the output."""
    hidden = range(2, 152)
    edges = [(1, node) for node in hidden] + [(node, 152) for node in hidden]
    return Network(*named_channels(1, 1), (*("step", "inverse", "abs") * 50, "tanh"), tuple(edges))


def deep_network() -> Network:
    """Return a network of dozens of layers, most with every activation."""
    return random_network(np.random.default_rng(6), hidden=300, outputs=40, density=0.05)


@pytest.mark.parametrize("network", [wide_network(), deep_network()], ids=["wide", "deep"])
def test_few_nodes(network: Network) -> None:
    """At most 16 nodes, plus 6 per layer and 12 per activation in a layer, not one per neuron."""
    alive = network.without_dead_nodes()
    depth = [0] * alive.first_computed
    for sources in alive.sources:
        depth.append(1 + max((depth[source] for source, _ in sources), default=0))
    computed = depth[alive.first_computed :]
    groups = set(zip(computed, alive.activations, strict=True))
    assert len(model_of(alive).graph.node) <= 16 + 6 * max(computed) + 12 * len(groups)


@given(st.lists(st.text(min_size=1, max_size=64).filter(str.isprintable), min_size=4, unique=True))
@settings(max_examples=40)
def test_metadata_is_the_contract(texts: list[str]) -> None:
    """It holds any printable names, quotes and braces too; missing bounds are null."""
    network = Network(
        inputs=tuple(Input(text, '"}\\%s', -1.0, offset=0.1875, scale=3.0) for text in texts),
        outputs=tuple(Output(text, "N m", high=2.5, safe=0.5) for text in texts),
        activations=("tanh",) * len(texts),
        edges=(),
        shared_weight=-1.25,
        control_period_s=0.0078125,
        task=texts[0],
    )
    content = export(network, "onnx")
    onnx.checker.check_model(content, full_check=True)
    model = onnx.load_from_string(content)
    found = {entry.key: json.loads(entry.value) for entry in model.metadata_props}
    inputs = [asdict(channel) | {"high": None} for channel in network.inputs]
    outputs = [asdict(channel) | {"low": None} for channel in network.outputs]
    assert found == {
        "format": "wann-edge-onnx",
        "version": version("wann-edge"),
        "task": texts[0],
        "control_period_s": 0.0078125,
        "shared_weight": -1.25,
        "inputs": inputs,
        "outputs": outputs,
    }
    assert (model.producer_name, model.graph.name) == ("wann-edge", "policy")


def test_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib, numpy; from helpers import networks; "
        "from wann_edge.exporters import export; "
        "network = networks.random_network(numpy.random.default_rng(5), hidden=20); "
        "print(hashlib.sha256(export(network, 'onnx')).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT / "tests")}
    other = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    network = random_network(np.random.default_rng(5), hidden=20)
    here = hashlib.sha256(export(network, "onnx")).hexdigest()
    assert other.stdout.strip() == here


@pytest.mark.parametrize("name", ["", "two words", "1st", "naïve", "a\x00b", "\ud800"])
def test_a_name_that_is_not_an_identifier_is_refused(name: str) -> None:
    with pytest.raises(ExportError, match=r"name: .* is not an identifier that begins"):
        export(random_network(np.random.default_rng(0)), "onnx", name)
