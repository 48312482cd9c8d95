"""The statements of a header: no duplicates, and the kernel's bits."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from helpers.c_headers import differences, headers, library, various_networks
from helpers.networks import random_network
from wann_edge.errors import SettingsError
from wann_edge.exporters import Optimize, exporter_of
from wann_edge.exporters.c.header import header
from wann_edge.network import Network, named_channels
from wann_edge.registry import registered


def step_of(network: Network, optimize: Optimize = "size") -> str:
    text = header(network, "p", optimize).decode("ascii")
    return text[text.index("inline void p_step_with_weight(") : text.index("own shared weight. */")]


def network_of(
    activations: tuple[str, ...], edges: tuple[tuple[int, int], ...], **more: object
) -> Network:
    """Return a network with inputs 1 and 2 and computed nodes from 3 on, the last the output."""
    inputs, outputs = named_channels(2, 1)
    return replace(Network(inputs, outputs, activations, edges, shared_weight=0.75), **more)


def test_equal_nodes_are_computed_once() -> None:
    """Nodes 3 and 4 are equal; hence so are 5 and 6, which read them."""
    edges = ((1, 3), (2, 3), (1, 4), (2, 4), (3, 5), (4, 6), (5, 7), (6, 7))
    text = step_of(network_of(("sin", "sin", "tanh", "tanh", "linear"), edges))
    assert text.count("wann_sin(") == text.count("wann_tanh(") == 1
    assert "n5 + n5" in text


def test_a_common_beginning_of_sums_is_computed_once() -> None:
    edges = ((0, 3), (1, 3), (2, 3), (0, 4), (1, 4), (2, 4), (3, 4), (4, 5))
    text = step_of(network_of(("sin", "cos", "linear"), edges))
    assert re.findall(r"const float s1 = (.*);", text) == ["1.0f + n1 + n2"]
    assert text.count("n1 + n2") == 1


def test_weights_of_1_are_not_multiplied() -> None:
    text = step_of(network_of(("linear",), ((0, 3), (1, 3), (2, 3)), weights=(0.5, -1.0, 1.0)))
    assert "0.5f - n1 + n2" in text


def test_functions_are_called_only_if_that_is_smaller() -> None:
    one = network_of(("tanh", "linear"), ((1, 3), (3, 4)))
    two = network_of(("tanh", "tanh", "linear"), ((1, 3), (2, 4), (3, 5), (4, 5)))
    assert "p_node_tanh(" not in step_of(one)
    assert step_of(two).count("p_node_tanh(") == 2
    assert "p_node_tanh(" not in step_of(two, "speed")


def test_a_deep_network_is_written() -> None:
    nodes = 5000
    inputs, outputs = named_channels(2, 1)
    edges = tuple((max(1, node - 1) if node > 3 else 1, node) for node in range(3, 3 + nodes))
    deep = Network(inputs, outputs, ("linear",) * nodes, edges, shared_weight=0.75)
    assert step_of(deep).count("const float n") == nodes + 1


@pytest.mark.parametrize("optimize", ["size", "speed"])
def test_the_header_gives_the_kernels_bits(optimize: Optimize, tmp_path: Path) -> None:
    """The networks have many equal nodes and common beginnings of sums."""
    rng = np.random.default_rng(3)
    twins = [random_network(rng, inputs=2, hidden=30, outputs=2) for _ in range(4)]
    networks = [*various_networks(), *twins]
    texts = [
        header(network, f"p{i}", optimize).decode("ascii") for i, network in enumerate(networks)
    ]
    assert (texts == headers(networks)) == (optimize == "size")
    built = library("gcc", tmp_path, texts, "-O2", "-std=c99", "-Wall", "-Wextra", "-Werror")
    assert differences(built, networks, rng) == [0] * len(networks)


def test_a_format_without_the_choice_refuses_speed() -> None:
    for format in registered("exporters"):
        if not format.startswith("c"):
            with pytest.raises(SettingsError, match="cannot be optimized for speed"):
                exporter_of(format, "speed")
