"""ONNX models as files: valid, few nodes, contract in the metadata, reproducible bytes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from importlib.metadata import version
from itertools import chain

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.networks import networks, random_network
from helpers.parts import ROOT
from wann_edge.errors import ExportError, SettingsError
from wann_edge.exporters import export
from wann_edge.network import Input, Network, Output, named_channels
from wann_edge.network.hashes import hashes_of


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
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 13)]
    assert model.ir_version == 7
    assert all(constant.dims for constant in model.graph.initializer)
    assert {"Relu", "IsNaN", "ReduceMin", "Cast"}.isdisjoint(n.op_type for n in model.graph.node)
    names = [*(node.name for node in model.graph.node), *(c.name for c in model.graph.initializer)]
    assert all(name.isidentifier() for name in names)
    assert {value.name for value in model.graph.input} == {"observation"}


def test_inputs_and_outputs_of_a_graph_that_takes_the_weight() -> None:
    network = random_network(np.random.default_rng(0), inputs=3, outputs=2)
    graph = onnx.load_from_string(export(network, "onnx", weight_input=True)).graph
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
    """At most 9 nodes, plus 4 per layer and 10 per activation in a layer, not one per neuron."""
    alive = network.without_dead_nodes()
    depth = [0] * alive.first_computed
    for sources in alive.sources:
        depth.append(1 + max((depth[source] for source, _ in sources), default=0))
    computed = depth[alive.first_computed :]
    groups = set(zip(computed, alive.activations, strict=True))
    assert len(model_of(alive).graph.node) <= 9 + 4 * (max(computed) + 1) + 10 * len(groups)


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
    outputs = [
        {"name": text, "unit": "N m", "low": None, "high": 2.5, "safe": 0.5} for text in texts
    ]
    assert found == {
        "format": "wann-edge-onnx",
        "version": version("wann-edge"),
        "task": texts[0],
        "control_period_s": 0.0078125,
        "shared_weight": -1.25,
        "inputs": inputs,
        "outputs": outputs,
        "sha256": hashes_of(network),
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


def warnings_of(content: bytes, capfd: pytest.CaptureFixture[str]) -> str:
    """Return what onnxruntime prints when it loads a model with its default settings."""
    capfd.readouterr()
    onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return capfd.readouterr().err


def test_onnxruntime_warns_only_about_a_weight_that_is_an_input(
    capfd: pytest.CaptureFixture[str],
) -> None:
    network = random_network(np.random.default_rng(1), hidden=4)
    assert warnings_of(export(network, "onnx"), capfd) == ""
    assert "shared_weight" in warnings_of(export(network, "onnx", weight_input=True), capfd)


@pytest.mark.parametrize("weight", [0.5, -2.0, 0.75])
def test_a_constant_weight_gives_the_actions_of_the_same_weight_as_an_input(weight: float) -> None:
    network = random_network(np.random.default_rng(2), hidden=8)
    network = replace(network, shared_weight=weight)
    seen = np.random.default_rng(3).normal(size=(64, 3)).astype(np.float32)
    found = [
        onnxruntime.InferenceSession(export(network, "onnx", weight_input=given)).run(
            None, {"observation": seen}
        )[0]
        for given in (False, True)
    ]
    np.testing.assert_allclose(found[0], found[1], atol=1e-5)


def test_a_format_without_a_weight_input_refuses_it() -> None:
    with pytest.raises(SettingsError, match="the shared weight is not an input of the format 'c'"):
        export(wide_network(), "c", weight_input=True)
