"""The network file: exact round trips, and one-line errors."""

from __future__ import annotations

import json
import math
import re
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.networks import networks, random_network
from helpers.parts import ROOT
from wann_edge.errors import NetworkError, SettingsError
from wann_edge.network import MAX_EDGES, MAX_NODES, Input, Network, Output, float32
from wann_edge.network.file import from_json, load, save, to_document, to_json
from wann_edge.system.jsonfile import MAX_BYTES, MAX_KEYS

NET = random_network(np.random.default_rng(1), single_weights=True, scaled=True)
TEXT = to_json(NET)
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
ODD = struct.unpack("<f", bytes.fromhex("3c43ae15"))[0]  # see test_every_float32_comes_back


def bits(value: float) -> bytes:
    return struct.pack("<f", value)


NAMES = st.text(st.characters(categories=["L", "N", "S"]), min_size=1, max_size=64)


@given(networks(), st.none() | NAMES)
def test_round_trip(network: Network, task: str | None) -> None:
    network = replace(network, task=task)
    text = to_json(network)
    assert from_json(text) == network
    assert to_json(from_json(text)) == text
    assert json.loads(text) == to_document(network)


@given(FLOATS)
@example(-0.0)
@example(float(np.finfo(np.float32).max))
@example(2.0**-149)
@example(0.1)
@example(ODD)
def test_every_float32_comes_back(value: float) -> None:
    """The bits return, and the text has the fewest digits."""
    value = float32(value)
    text = to_json(replace(NET, shared_weight=value))
    assert bits(from_json(text).shared_weight) == bits(value)
    written = re.search(r'"shared_weight": (.*),', text)
    assert written is not None
    digits = len(re.sub(r"e.*|\D", "", written[1]).strip("0"))
    assert digits <= 9
    # One digit fewer must not suffice, except for the float32 that needs all nine digits.
    if digits > 1 and abs(value) != ODD:
        assert float32(float(f"{value:.{digits - 2}e}")) != value


@given(FLOATS, FLOATS, FLOATS, FLOATS)
def test_every_number_of_the_contract_comes_back(a: float, b: float, c: float, d: float) -> None:
    low, safe, high = sorted((a, b, c))
    network = replace(
        NET,
        inputs=(Input("x", "°", low, high, c, d), Input("y")),
        outputs=(Output("u", "N·m", low, high, safe), Output("v", safe=d)),
        edges=(),
        weights=None,
    )
    again = from_json(to_json(network))
    assert repr(again) == repr(network)  # equality does not distinguish -0.0 from 0.0


@pytest.mark.parametrize(
    ("decimal", "nearest"),
    [
        ("0.1", 0.100000001490116119384765625),
        ("1", 1.0),
        ("1e-60", 0.0),
        ("16777217", 16777216.0),  # halfway: to even
        ("3.4028235e38", 2.0**128 - 2.0**104),
    ],
)
def test_decimals_round_to_the_nearest_float32(decimal: str, nearest: float) -> None:
    written = re.sub('("shared_weight": )[^,]*', rf"\g<1>{decimal}", TEXT)
    assert from_json(written).shared_weight == nearest


def test_provenance_is_kept() -> None:
    provenance = {"seed": 2**63, "scores": (1.1, -0.0), "µ": {"deep": [None, True, "\n"]}}
    network = from_json(to_json(replace(NET, provenance=provenance)))
    assert network.provenance == provenance | {"scores": [1.1, -0.0]}
    assert to_json(from_json(to_json(network))) == to_json(network)


def test_saved_is_loaded(tmp_path: Path) -> None:
    save(NET, tmp_path / "new" / "net.json")
    assert load(tmp_path / "new" / "net.json") == NET
    assert (tmp_path / "new" / "net.json").read_text() == TEXT


LOOP: dict[str, object] = {}
LOOP["loop"] = LOOP


@pytest.mark.parametrize(
    ("provenance", "line"),
    [
        ({"task": object()}, "provenance: cannot be written as JSON: Object of type object"),
        ({"score": math.inf}, "provenance: cannot be written as JSON"),
        ({"name": "\ud800"}, "provenance: cannot be written as JSON"),
        (LOOP, "provenance: cannot be written as JSON"),
        ({"keys": dict.fromkeys(range(MAX_KEYS + 1))}, "provenance: cannot be written as JSON"),
        ({"log": "x" * MAX_BYTES}, "file size: too large"),
    ],
)
def test_an_unreadable_file_is_not_written(
    provenance: dict[str, object], line: str, tmp_path: Path
) -> None:
    """A file that could not be read again is not written, not even in part."""
    path = tmp_path / "net.json"
    with pytest.raises(NetworkError) as caught:
        save(replace(NET, provenance=provenance), path)
    assert str(caught.value).startswith(f"{path}: {line}")
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="can't write"):
        save(NET, tmp_path / "file" / "net.json")


def test_the_example_of_the_documentation() -> None:
    """It can be read, equals the text that ``dumps`` writes, and computes what the page says."""
    page = (ROOT / "docs" / "network-file.md").read_text()
    (text,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    network = from_json(text)
    assert to_json(network) == text
    position, velocity = 0.25, -0.5
    hidden = np.tanh(-1.5 * (position * 0.5 + velocity))
    force_n = -1.5 * (1 + velocity + hidden)
    seen = np.array([[position, velocity]], np.float32)
    action = network.program.forward(seen, np.array([network.shared_weight], np.float32))
    # The kernel's tanh is off by at most 1e-7; a few roundings near 1 follow.
    assert abs(float(action[0, 0]) - force_n) < 1e-6


def test_the_documentation_lists_the_limits() -> None:
    page = (ROOT / "docs" / "network-file.md").read_text()
    assert f"16 MiB, {MAX_NODES} nodes, {MAX_EDGES} edges, {MAX_KEYS} keys" in page
    assert MAX_BYTES == 16 * 2**20
