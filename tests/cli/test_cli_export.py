"""``wann-edge export`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.commands import complaint
from wann_edge.cli import run


def test_export_chooses_the_format_by_the_ending(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, graph = champion.with_name("policy.h"), champion.with_name("graph.onnx")
    assert run(["export", str(champion), "-o", str(header)]) == 0
    assert "POLICY_INPUTS" in header.read_text()
    assert run(["export", str(champion), "-o", str(graph)]) == 0
    assert run(["export", str(champion), "--format", "c", "--name", "cart"]) == 0
    assert "cart_step" in champion.with_suffix(".h").read_text()
    capsys.readouterr()
    assert "--format: c, c-fixed" in complaint(capsys, "export", champion)
    assert "'elf' is not one of the exporters" in complaint(
        capsys, "export", champion, "--format", "elf"
    )


def test_export_to_a_place_that_can_not_be_written_to(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = champion / "policy.h"
    assert "policy.h" in complaint(capsys, "export", champion, "-o", place)
