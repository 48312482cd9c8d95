"""The text of the C header: names, numbers, comments, macros, and the kernel's code."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import wann_edge.kernel
from helpers.c_headers import SHIPPED, header, uncommented
from helpers.networks import networks
from wann_edge.errors import ExportError
from wann_edge.exporters import export
from wann_edge.exporters.c.contract_lines import literal
from wann_edge.exporters.kernel_text import blocks, needed_by
from wann_edge.kernel import activation_names
from wann_edge.network import Input, Network, Output, named_channels

KERNEL = Path(wann_edge.kernel.__file__).parent


def network_of(*activations: str) -> Network:
    """Return a network with one input and an output for each activation."""
    inputs, outputs = named_channels(1, len(activations))
    edges = tuple((1, 2 + i) for i in range(len(activations)))
    return Network(inputs, outputs, activations, edges)


@pytest.mark.parametrize(
    "name",
    ["", "1a", "a-b", "a b", "ä", "_a", "a\n", "wann", "wann_a", "WANN_a", "int", "class", "a;"],
)
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(ExportError, match="choose another name"):
        export(network_of("linear"), "c", name)


@settings(max_examples=30)
@given(networks())
def test_same_network_same_ascii_bytes(network: Network) -> None:
    data = export(network, "c")
    assert data == export(replace(network), "c")
    code = uncommented(data.decode("ascii"))
    assert re.findall(r"#include (.*)", code) == ["<stdint.h>"]
    assert re.search(r"\b(inf|nan)", code, re.IGNORECASE) is None


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
@example(45688488.0)
def test_literals_are_short_and_exact(value: float) -> None:
    """The value is the nearest float in exact arithmetic; a tie goes to the even one."""
    text = literal(value)
    assert re.fullmatch(r"-?\d+(\.\d+(e[+-]\d+)?|e[+-]\d+)f", text)
    digits = text.partition("e")[0].strip("-f").replace(".", "").strip("0")
    assert len(digits) <= 9
    number = np.float32(value)
    # The gap towards zero is never wider than the other, so it bounds both sides.
    gap = Fraction(float(abs(number))) - Fraction(float(np.nextafter(abs(number), np.float32(0))))
    tiniest = Fraction(float(np.finfo(np.float32).smallest_subnormal))
    off, half = abs(Fraction(text[:-1]) - Fraction(value)), (gap or tiniest) / 2
    assert off < half or (off == half and int(number.view(np.uint32)) % 2 == 0)
    assert text.startswith("-") == bool(np.signbit(number))


def test_shipped_text_is_copied_from_the_kernel() -> None:
    kernel = "".join(
        (KERNEL / name).read_text() for name in ("real.h", "activations.h", "network.h")
    )
    text = header(replace(network_of(*activation_names()), outputs=bounded(10)))
    shipped = {name.lower(): body for name, body in SHIPPED.findall(text)}
    assert {*shipped, "contraction"} == set(re.findall(r"wann:begin (\w+) \*/", kernel))
    for name, body in shipped.items():
        assert f"/* wann:begin {name} */\n{body}/* wann:end */\n" in kernel
    contraction = kernel.split("/* wann:begin contraction */\n")[1].split("/* wann:end */")[0]
    assert text.count(contraction) == 1


def bounded(count: int) -> tuple[Output, ...]:
    """Return outputs that need the clamp."""
    return tuple(Output(f"output_{i}", low=-1.0, high=1.0) for i in range(count))


@pytest.mark.parametrize("activation", activation_names())
def test_only_needed_blocks_are_shipped(activation: str) -> None:
    text = header(network_of(activation))
    shipped = dict(SHIPPED.findall(text))
    assert {"REAL", activation.upper()} <= set(shipped)
    code = uncommented(text)
    for name in shipped.keys() - {"REAL", "LINEAR", activation.upper()}:
        # each is used apart from its definition
        assert len(re.findall(rf"\bwann_{name.lower()}\(", code)) > 1
    defined = re.findall(r"(?:#define|typedef \w+|inline \w+) (wann_\w+)", code)
    assert set(re.findall(r"\bwann_\w+", code)) == set(defined)


def test_blocks_are_found_by_what_they_define() -> None:
    assert needed_by("int x = 1;") == []
    assert needed_by("wann_sigmoid(x)") == ["real", "tanh", "sigmoid"]
    assert list(blocks())[:2] == ["contraction", "real"]


TEXT = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" */\\?\"'#$_"),
    min_size=1,
    max_size=12,
).filter(str.isprintable)


@settings(max_examples=40)
@given(st.lists(TEXT, min_size=1, max_size=5, unique=True), TEXT)
def test_texts_of_the_contract_do_not_change_the_code(names: list[str], text: str) -> None:
    """Only the macros differ, and all their names are distinct."""
    count = len(names)
    plain = Network(
        inputs=tuple(Input(f"input_{i}", low=-1.0, high=1.0) for i in range(count)),
        outputs=bounded(count),
        activations=("tanh",) * count,
        edges=tuple((1 + i, 1 + count + i) for i in range(count)),
    )
    hostile = replace(
        plain,
        inputs=tuple(replace(c, name=n, unit=n) for c, n in zip(plain.inputs, names, strict=True)),
        outputs=tuple(
            replace(c, name=n, unit=n) for c, n in zip(plain.outputs, names, strict=True)
        ),
        task=text,
        provenance={"version": text, "seed": text},
    )
    assert "??" not in header(hostile)
    assert numbered(header(plain)) == numbered(header(hostile))


def numbered(text: str) -> list[str]:
    """Return the code's words, with each channel macro replaced by its index of definition."""
    code = uncommented(text)
    macros = re.findall(r"#define (P0_(?:INPUT|OUTPUT)_\w+)", code)
    assert len(set(macros)) == len(macros)
    number = {macro: f"macro_{i}" for i, macro in enumerate(macros)}
    return [number.get(word, word) for word in re.findall(r"\w+|[^\w\s]", code)]


def test_contract_is_stated() -> None:
    network = Network(
        inputs=(Input("angle", "rad", -3.5, 3.5, 0.5, 2.0), Input("speed", "rad/s", low=-1.0)),
        outputs=(Output("force", "N", -10.0, 10.0, safe=1.5),),
        activations=("tanh",),
        edges=((1, 3), (2, 3)),
        shared_weight=-1.5,
        control_period_s=0.01,
        task="balance",
        provenance={"version": "1.2.3", "seed": 7},
    )
    text = header(network, "arm")
    comment, _, code = text.partition("*/")
    for line in (
        "0  angle [rad], -3.5 to 3.5; scaled as (x - 0.5) * 2.0",
        "1  speed [rad/s], -1.0 or more",
        "0  force [N], -10.0 to 10.0, safe 1.5",
        "Control period: 0.01 s",
        "Shared weight: -1.5; another by -DARM_SHARED_WEIGHT=...",
        "Network: 2 inputs, 1 outputs, 0 hidden nodes, 2 connections",
        "Task: balance",
        "Version: 1.2.3",
        "Seed: 7",
    ):
        assert f" * {line}\n" in comment.replace(" *   ", " * ")
    for macro in (
        "ARM_INPUTS 2",
        "ARM_OUTPUTS 1",
        "ARM_CONTROL_PERIOD_S (0.01f)",
        "ARM_SHARED_WEIGHT (-1.5f)",
        "ARM_INPUT_SPEED 1 /* rad/s */",
        "ARM_INPUT_SPEED_LOW (-1.0f)",
        "ARM_OUTPUT_FORCE 0 /* N */",
        "ARM_OUTPUT_FORCE_SAFE (1.5f)",
    ):
        assert f"#define {macro}\n" in code
    assert "ARM_INPUT_SPEED_HIGH" not in code
