"""Names from networks and for exports: each keeps its meaning, and none breaks a format."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.hostile_names import check_fences, faults_of, hostile_network, written
from helpers.networks import random_network
from wann_edge.errors import ExportError
from wann_edge.exporters import export, export_files
from wann_edge.exporters.c.contract_lines import input_macros
from wann_edge.exporters.contract import contract
from wann_edge.exporters.libraries.project_text import fenced
from wann_edge.network import Input, Network, Output, named_channels
from wann_edge.network.channels import choices


def named(*names: str) -> Network:
    """Return a network with inputs of these names."""
    return Network(
        tuple(map(Input, names)), named_channels(0, 1)[1], ("tanh",), ((1, 1 + len(names)),)
    )


def choosing(*names: str) -> Network:
    """Return a network with outputs of these names."""
    network = random_network(np.random.default_rng(0), outputs=len(names))
    return replace(network, outputs=tuple(Output(name) for name in names))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("choice_-1", "choice_0", "choice_1"), ("CHOICE_MINUS_1", "CHOICE_0", "CHOICE_1")),
        (("x-", "x+", "x"), ("X_MINUS", "X_PLUS", "X")),
        (("-2", "2"), ("MINUS_2", "2")),
        (("left-right", "b 1"), ("LEFT_RIGHT", "B_1")),
        (("b 1", "b_1"), ("B_1_0", "B_1")),
        (("a", "A"), ("A_0", "A")),
        (("θ", "channel"), ("CHANNEL_0", "CHANNEL")),
        (("é", "x", "ü"), ("CHANNEL", "X", "CHANNEL_2")),
    ],
)
def test_a_macro_reads_as_its_own_channel(
    names: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    found = [macro.removeprefix("P_INPUT_") for macro in input_macros(named(*names), "p")]
    assert found == [*expected]


def test_discrete_actions_are_found_by_the_names_of_their_choices() -> None:
    def found(*names: str) -> list[tuple[int, int]]:
        return choices([Output(name) for name in names])

    assert found("choice_-1", "choice_0", "choice_1") == [(0, 2)]
    assert found("a_choice_0", "a_choice_1", "torque", "b_choice_0") == [(0, 1), (3, 3)]
    assert found("a_choice_0", "a_choice_1", "b_choice_0", "b_choice_1") == [(0, 1), (2, 3)]
    assert found("choice", "choices_1", "torque") == []


@pytest.mark.parametrize("format", ["c", "js", "numpy", "micropython", "rust", "arduino", "zephyr"])
def test_every_format_says_how_a_discrete_action_is_read(format: str) -> None:
    line = "Outputs 0 to 1 are one discrete action"
    for network, is_said in ((choosing("choice_0", "choice_1"), True), (choosing("a", "b"), False)):
        texts = [text.decode() for text in export_files(network, format, "p").values()]
        assert any(line in text for text in texts) == is_said


def test_the_contract_lists_the_choices() -> None:
    assert contract(choosing("choice_0", "choice_1"), "onnx")["choice_of_largest"] == [[0, 1]]
    assert "choice_of_largest" not in contract(choosing("a", "b"), "onnx")


@pytest.mark.parametrize(
    ("format", "name"),
    [
        *(("c", name) for name in ("Time", "STRING", "Struct", "math", "aux", "Com1")),
        *(("numpy", name) for name in ("Struct", "random", "json", "NumPy", "nul")),
        *(("micropython", name) for name in ("Math", "time", "utime", "DHT", "main")),
        *(("js", name) for name in ("class", "Math", "String")),
        *(("rust", name) for name in ("SELF", "Core", "struct")),
        *(("arduino", name) for name in ("SERVO", "Time", "string", "Ethernet")),
        *(("zephyr", name) for name in ("Kernel", "soc")),
        ("onnx", "CON"),
    ],
)
def test_reserved_names_are_refused_in_any_case(format: str, name: str) -> None:
    network = named("x")
    with pytest.raises(ExportError, match=r"is a reserved name|is not a file name on Windows"):
        export_files(network, format, name)
    assert export_files(network, format, f"{name}_policy")


def test_no_line_ends_the_fence_of_a_readme() -> None:
    lines = ["a", "```", "   `````", "b"]
    fence, *inside, end = fenced(lines, "text").split("\n")
    assert inside == lines
    assert fence == end + "text"
    assert all(re.match(rf" {{0,3}}{end}", line) is None for line in inside)
    assert fenced(["plain"]) == "```\nplain\n```"


def test_names_do_not_end_a_script_element() -> None:
    text = export(named("</script>", "<!--", "</SCRIPT", "<script"), "js").decode()
    assert re.search(r"</?script|<!--", text, re.IGNORECASE) is None
    assert "\\u003c/script>" in text


@pytest.mark.parametrize("format", ["c", "numpy", "micropython", "platformio", "zephyr", "rust"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_sample_of_hostile_networks_compiles_and_parses(
    format: str, seed: int, tmp_path: Path
) -> None:
    paths = written(export_files(hostile_network(seed), format), tmp_path)
    quick = [path for path in paths if path.suffix != ".rs"]
    assert [fault for path in quick for fault in faults_of(path) if fault] == []


@pytest.mark.parametrize("text", ["```\n```x\n```", "```\n", "````\n```\n"])
def test_the_check_of_fences_finds_a_broken_one(text: str) -> None:
    with pytest.raises(ValueError, match="unbalanced"):
        check_fences(text)
