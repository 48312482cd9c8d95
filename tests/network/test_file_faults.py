"""One line, and never a traceback, for anything that is not a network file."""

from __future__ import annotations

import json
import math
import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.networks import random_network
from wann_edge.errors import NetworkError
from wann_edge.network import MAX_EDGES, MAX_NODES
from wann_edge.network.file import from_json, load, to_json
from wann_edge.system.jsonfile import MAX_BYTES, MAX_KEYS

TEXT = to_json(random_network(np.random.default_rng(1), single_weights=True, scaled=True))
PLAIN = to_json(random_network(np.random.default_rng(2)))
EDGES = json.loads(TEXT)["edges"]
PATHS = [
    "format",
    "version",
    "task",
    "control_period_s",
    "shared_weight",
    "inputs",
    "outputs",
    "inputs[0]",
    "inputs[0].name",
    "inputs[1].low",
    "outputs[0].safe",
    "nodes",
    "nodes[1]",
    "edges",
    "edges[0]",
    "edges[1][0]",
    "edges[1][1]",
    "edges[1][2]",
    "provenance",
    "more",
]


def edited(path: str, value: object) -> str:
    """The file with one value replaced, added, or (value is ...) removed: path as in errors."""
    document = json.loads(TEXT)
    *steps, last = [int(p) if p.isdigit() else p for p in re.findall(r"[^.\[\]]+", path)]
    place = document
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(document)


def refusal(text: str) -> str:
    """The line that a faulty text gets."""
    with pytest.raises(NetworkError) as caught:
        from_json(text, "net.json")
    assert_one_line(str(caught.value))
    return str(caught.value)


def assert_one_line(line: str) -> None:
    assert len(line) < 300
    assert line.isprintable()


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (
            "format",
            "onnx",
            'format: not a network file; choose a file whose "format" is "wann-edge network"',
        ),
        ("format", ..., "format: not a network file"),
        ("version", 2, "version: unsupported file version: 2; use a file of version 1"),
        ("version", 10**4000, "version: unsupported file version: 1000"),
        ("version", ..., "version: unsupported file version: missing"),
        ("version", True, "version: unsupported file version: missing or not a whole number"),
        ("version", "1", "version: unsupported file version: missing or not a whole number"),
        ("task", 3, "task: should be a valid string"),
        ("task", "a\nb", "task: 'a\\nb' is not valid"),
        ("control_period_s", 0, "control_period_s: 0.0 is not a time above 0"),
        ("control_period_s", "0.01", "control_period_s: should be a valid number"),
        ("shared_weight", "1", "shared_weight: should be a valid number"),
        ("shared_weight", True, "shared_weight: should be a valid number"),
        ("shared_weight", None, "shared_weight: should be a valid number"),
        ("shared_weight", math.nan, "shared_weight: should be a finite number"),
        ("shared_weight", -math.inf, "shared_weight: should be a finite number"),
        ("shared_weight", 3.4028236e38, "shared_weight: is outside the range of float32"),
        ("shared_weight", 10**400, "shared_weight: should be a valid number"),
        ("shared_weight", ..., "shared_weight: missing"),
        ("inputs", [], "inputs, outputs: a network needs at least one input"),
        ("inputs", {}, "inputs: should be a valid list"),
        ("inputs[1].name", "in_0", "inputs[1].name: two inputs are named 'in_0'"),
        ("inputs[1].name", "in\0", "inputs[1].name: 'in\\x00' is not valid; use 1 to 64 printable"),
        ("inputs[1].name", "\ud800", "inputs[1].name: '\\ud800' is not valid"),
        ("inputs[1].name", "\U000e0001" * 80, "inputs[1].name: '\\U000e0001"),
        ("inputs[1].name", "", "inputs[1].name: '' is not valid"),
        ("inputs[1].unit", 1, "inputs[1].unit: should be a valid string"),
        ("inputs[1].offset", 1e39, "inputs[1].offset: is outside the range of float32"),
        ("inputs[1].low", 3, "inputs[1]: the bounds 3.0..2.0 are not a range"),
        ("inputs[1].safe", 0, "inputs[1].safe: unknown key"),
        ("hashes.network", "ab", "hashes.network: is not a SHA-256 of 64 hexadecimal digits"),
        ("hashes.contract", ..., "hashes.contract: missing"),
        ("hashes.other", "ab", "hashes.other: unknown key"),
        ("outputs[0].safe", 2, "outputs[0]: the safe action 2.0 is outside the bounds"),
        ("outputs[0].safe", ..., "outputs[0].safe: missing"),
        ("outputs[0].gain", 1, "outputs[0].gain: unknown key"),
        ("outputs[0].scale", 0, "outputs[0].scale: the scale 0.0 of an output is not above 0"),
        ("outputs[0].scale", -1, "outputs[0].scale: the scale -1.0 of an output is not above 0"),
        ("outputs[0].offset", 1e40, "outputs[0].offset: is outside the range of float32"),
        ("outputs[0].choice", "a\nb", "outputs[0].choice: 'a\\nb' is not valid"),
        ("outputs[0].selects", 0.5, "outputs[0].selects"),
        ("outputs[0].selects", 2**70, "outputs[0].selects"),
        ("nodes[2]", "swish", "nodes[2]: unknown activation 'swish'; use one of linear, step"),
        ("nodes[2]", 3, "nodes[2]: should be a valid string"),
        ("nodes", [], "nodes: 0 nodes for 2 outputs"),
        ("nodes", ["tanh"] * 1_000_000, f"nodes: List should have at most {MAX_NODES}"),
        ("edges", [[1, 4]] * (MAX_EDGES + 1), f"edges: List should have at most {MAX_EDGES}"),
        ("edges[0]", [5, 4, 1.0], "edges[0]: from 5 to 4: a source must come before"),
        ("edges[0]", [4, 4, 1.0], "edges[0]: from 4 to 4: a source must come before"),
        ("edges[0]", [1, 99, 1.0], "edges[0]: from 1 to 99: nodes are numbered 0 to 11"),
        ("edges[0]", [-1, 4, 1.0], "edges[0]: from -1 to 4: nodes are numbered 0 to 11"),
        ("edges[0]", [1, 2, 1.0], "edges[0]: from 1 to 2: nodes are numbered 0 to 11, computed"),
        ("edges[0]", [10, 11, 1.0], "edges[0]: from 10 to 11: an output cannot be a source"),
        ("edges[0]", [10**4000, 4, 1.0], "edges[0]: from 1000"),
        ("edges[1]", EDGES[0], "edges[1]: from 2 to 4: edges must ascend"),
        ("edges[0]", EDGES[-1], "edges[1]: from 0 to 5: edges must ascend"),
        ("edges[0]", EDGES[0][:2], "edges: some edges have a weight and some have none"),
        ("edges[0]", [1], "edges[0]: should be [source, target] or [source, target, weight]"),
        ("edges[0]", [1, 4, None], "edges[0]: should be [source, target] or"),
        ("edges[0]", {"source": 1, "target": 4}, "edges[0]: should be [source, target] or"),
        ("edges[0]", [1.0, 4, 1.0], "edges[0].source: should be a valid integer"),
        ("edges[0]", [1, True, 1.0], "edges[0].target: should be a valid integer"),
        ("edges[0]", [1, 4, "1"], "edges[0].weight: should be a valid number"),
        ("provenance", [], "provenance: should be a valid dictionary"),
        ("provenance", {"score": math.nan}, "provenance: cannot be written as JSON: Out of range"),
        ("provenance", {"\ud800": 1}, "provenance: cannot be written as JSON"),
        ("notes", "mine", "notes: unknown key"),
        ("\n\0 é" * 50, 1, "\\n\\x00 \\xe9"),
        ("\ud800", 1, "should be a valid string"),
    ],
)
def test_what_is_refused_and_where(path: str, value: object, line: str) -> None:
    assert refusal(edited(path, value)).startswith(f"net.json: {line}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "line 1 column 1: not JSON: Expecting value"),
        ("# network", "line 1 column 1: not JSON"),
        (TEXT[:200], "line 8 column"),
        (TEXT + "{}", "not JSON: Extra data"),
        ("[1]", "not a network file"),
        ("null", "not a network file"),
        ("NaN", "not a network file"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        (PLAIN.replace('"task": null', '"task": ' + "1" * 5000), "a whole number of thousands"),
        (PLAIN.replace('"low": -2.0', '"low": 1e999'), "inputs[0].low: should be a finite number"),
        (PLAIN.replace('"task"', '"version"'), "the key 'version' appears twice"),
        (PLAIN.replace('"unit"', '"name"'), "the key 'name' appears twice"),
        (json.dumps(dict.fromkeys(map(str, range(MAX_KEYS + 1)))), "an object of 4097 keys"),
    ],
)
def test_text_that_is_refused(text: str, line: str) -> None:
    assert line in refusal(text)


def test_files_that_are_refused(tmp_path: Path) -> None:
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", MAX_BYTES + 1)
    (tmp_path / "endless").touch()
    os.truncate(tmp_path / "endless", 2**40)  # no memory holds it: only a limit can read it
    (tmp_path / "latin").write_bytes(TEXT.encode() + b"\xe9")
    (tmp_path / "broken").write_text(edited("task", 3))
    for name, line in (
        ("missing", "can't read: No such file"),
        (".", "can't read: Is a directory"),
        ("latin/inside", "can't read: Not a directory"),
        ("large", f"file size: too large; the limit is {MAX_BYTES} bytes"),
        ("endless", "file size: too large"),
        ("latin", f"byte {len(TEXT.encode())}: not UTF-8 text"),
        ("broken", "task: should be a valid string"),
    ):
        with pytest.raises(NetworkError) as caught:
            load(tmp_path / name)
        assert str(caught.value).startswith(f"{tmp_path / name}: {line}")


TOKENS = st.sampled_from(
    ["NaN", "-Infinity", "1e999", "-0.0", "null", "[", "]", "{", "}", '"', "\\ud800", "\\", ":",
     ",", "true", "1" * 4400, "9" * 400, "\ud800", "\0", "0.1", "-1", '"name"', '"tanh"', "é"]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(st.integers(0, len(TEXT)), st.integers(0, 30), TOKENS | st.text(max_size=4)),
    min_size=1,
    max_size=4,
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def read_or_refused(text: str) -> None:
    """A text is a network whose own file reads back, or one line says why not."""
    try:
        network = from_json(text, "net.json")
    except NetworkError as error:
        assert_one_line(str(error))
    else:
        assert repr(from_json(to_json(network))) == repr(network)


@given(st.sampled_from([TEXT, PLAIN]), EDITS)
def test_hostile_edits(text: str, edits: list[tuple[int, int, str]]) -> None:
    for start, length, put in edits:
        text = text[:start] + put + text[start + length :]
    read_or_refused(text)


@given(st.sampled_from(PATHS), ANY_JSON)
def test_any_value_anywhere(path: str, value: object) -> None:
    read_or_refused(edited(path, value))


@given(ANY_JSON)
def test_any_json(value: object) -> None:
    read_or_refused(json.dumps(value))
