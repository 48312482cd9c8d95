"""Large networks and hostile names take linear time and memory, or are refused in one line."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from wann_edge.errors import ExportError
from wann_edge.exporters import export
from wann_edge.exporters.c.contract_lines import input_macros
from wann_edge.exporters.languages import translate
from wann_edge.network import Network, named_channels


def chain(length: int) -> Network:
    """Return a network in which each node has the one before it as its source."""
    inputs, outputs = named_channels(1, 1)
    return Network(
        inputs=inputs,
        outputs=outputs,
        activations=("tanh",) * length,
        edges=tuple((node, node + 1) for node in range(1, length + 1)),
    )


def named(*names: str) -> Network:
    """Return a network with inputs of these names."""
    (channel,), outputs = named_channels(1, 1)
    return Network(
        inputs=tuple(replace(channel, name=name) for name in names),
        outputs=outputs,
        activations=("tanh",),
        edges=((1, len(names) + 1),),
    )


def seconds_for_macros(count: int) -> float:
    """Return the time for names that collide, and whose numbered names are taken."""
    taken = (f"x {number}" for number in range(count, 2 * count))
    marks = ("".join("!#%&?"[number // 5**k % 5] for k in range(7)) for number in range(count))
    network = named(*taken, *(f"x{mark}" for mark in marks))
    start = time.process_time()
    assert len(set(input_macros(network, "p"))) == 2 * count
    return time.process_time() - start


def test_colliding_names_take_linear_time() -> None:
    assert seconds_for_macros(2000) < 8 * seconds_for_macros(500) + 0.1


def test_colliding_names_keep_their_numbers() -> None:
    network = named("x", "x!", "x_2", "x?", "x_3")
    expected = ["X", "X_1", "X_2", "X_4", "X_3"]
    assert input_macros(network, "p") == [f"P_INPUT_{name}" for name in expected]


def test_a_node_of_many_sources_takes_linear_time() -> None:
    def seconds(count: int) -> float:
        inputs, outputs = named_channels(count, 1)
        edges = tuple((source, count + 1) for source in range(1, count + 1))
        network = Network(inputs=inputs, outputs=outputs, activations=("tanh",), edges=edges)
        start = time.process_time()
        export(network, "c")
        return time.process_time() - start

    seconds(10)
    # The least of three, because other programs slow a run down.
    large, small = (min(seconds(count) for _ in range(3)) for count in (2000, 500))
    assert large < 8 * small + 0.1


@pytest.mark.parametrize("format", ["numpy", "micropython", "js"])
def test_a_translation_of_too_many_connections_is_refused(
    format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translate, "MAX_EDGES", 20)
    assert export(chain(20), format)
    with pytest.raises(ExportError, match="21 connections are too many to translate"):
        export(chain(21), format)


def test_matrices_that_are_too_large_are_refused() -> None:
    with pytest.raises(ExportError, match="4096 layers take matrices of 8394752 numbers"):
        export(chain(4096), "onnx")
