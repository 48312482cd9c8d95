"""How discrete actions are read off outputs, and how networks state it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers.networks import random_network
from wann_edge.exporters import export
from wann_edge.exporters.contract import contract
from wann_edge.network import Network, Output
from wann_edge.network.discrete_actions import discrete_actions, reading_lines
from wann_edge.network.file import from_json, to_json

TURN = tuple(Output(f"choice_{n}", choice="turn", selects=n) for n in (-1, 0, 1))
LAMP = Output("lamp", choice="lamp", selects=1)
THROTTLE = Output("throttle", low=0.0, high=5.0, safe=0.0, offset=2.5, scale=2.5)


def network(*outputs: Output) -> Network:
    """Return a network with these outputs."""
    made = random_network(np.random.default_rng(1), outputs=len(outputs))
    return replace(made, outputs=outputs)


def test_the_largest_output_selects_and_the_first_of_equal_ones() -> None:
    turn, lamp = discrete_actions((*TURN, THROTTLE, LAMP))
    assert (turn.outputs, turn.values) == ((0, 1, 2), (-1, 0, 1))
    assert [turn.value(v) for v in ([0, 0, 0], [0, 2, 2], [1, 2, 3])] == [-1, 0, 1]
    assert [lamp.value([0, 0, 0, 0, v]) for v in (-1, 0, 0.1)] == [0, 0, 1]


def test_it_is_stated_in_a_sentence_each() -> None:
    assert reading_lines((THROTTLE,)) == []
    assert reading_lines((*TURN, THROTTLE, LAMP)) == [
        "turn is selected by the largest of outputs 0 to 2, the first of equal ones; "
        "they stand for the values -1 to 1.",
        "lamp is 1 where output 4 is above 0, otherwise 0.",
    ]
    pair = (Output("a", choice="c", selects=3), THROTTLE, Output("b", choice="c", selects=7))
    assert (
        "outputs 0, 2, the first of equal ones; they stand for the values 3, 7"
        in (reading_lines(pair)[0])
    )


def test_a_file_keeps_choices_and_scaling_and_leaves_out_defaults() -> None:
    made = network(*TURN, THROTTLE, LAMP, Output("plain"))
    text = to_json(made)
    assert from_json(text) == made
    assert text.count('"selects"') == text.count('"choice"') == 4
    lines = [line for line in text.splitlines() if '"safe"' in line]
    assert '"offset": 2.5, "scale": 2.5' in lines[3]
    assert all('"scale"' not in line for place, line in enumerate(lines) if place != 3)


def test_exports_state_both() -> None:
    made = network(*TURN, THROTTLE, LAMP)
    header = export(made, "c", "robot").decode()
    assert "turn is selected by the largest of outputs 0 to 2" in header
    assert "lamp is 1 where output 4 is above 0" in header
    assert "scaled as y * 2.5 + 2.5" in header
    stated = contract(made, "c")["outputs"]
    assert isinstance(stated, list)
    assert [entry.get("selects") for entry in stated] == [-1, 0, 1, None, 1]
    assert [entry.get("scale") for entry in stated] == [None, None, None, 2.5, None]
    assert "Discrete actions" not in export(network(THROTTLE), "c", "robot").decode()


@pytest.mark.parametrize("bounds", [(-4e4, 4e4), (-1e-6, 1e-6), (0.0, 1.0), (3.0, 5.0)])
def test_a_scaled_output_reaches_its_bounds_at_plus_and_minus_1(
    bounds: tuple[float, float],
) -> None:
    low, high = bounds
    output = Output("u", "1", low, high, low, offset=(low + high) / 2, scale=(high - low) / 2)
    assert output.node_bounds == pytest.approx((-1, 1))
    kernel = replace(
        network(output),
        activations=("linear",),
        edges=((0, 4),),
        weights=None,
    )
    seen, weights = np.zeros((4, 3), np.float32), np.array([-3, -1, 0, 1], np.float32)
    actions = kernel.program.forward(seen, weights)[:, 0]
    np.testing.assert_allclose(actions, [low, low, (low + high) / 2, high], rtol=1e-6)
