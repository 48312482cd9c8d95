"""The cores stand in one table: the targets, the costs and the documentation follow it."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from helpers.parts import ROOT
from wann_edge.registry import BUILT_IN, load
from wann_edge.system.cores import CORES, core_names

DOCS = ROOT / "docs"


def rows(page: str, columns: int) -> list[tuple[str, ...]]:
    """The cells of each row with so many columns, of all tables of a Markdown page."""
    lines = [line for line in (DOCS / page).read_text().splitlines() if line.startswith("| ")]
    cells = [tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in lines]
    return [row for row in cells if len(row) == columns]


def test_every_core_is_a_target() -> None:
    assert list(BUILT_IN["targets"]) == ["host", "onnxruntime", *core_names()]
    for name, core in CORES.items():
        assert load("targets", name).args == (core,)  # type: ignore[attr-defined]


def test_the_documentation_lists_the_cores() -> None:
    floats = {True: "instructions", False: "library routines"}
    listed = [row for row in rows("verify.md", 3) if row[2] in floats.values()]
    assert listed == [(core.name, core.title, floats[core.has_fpu]) for core in CORES.values()]


def test_every_core_has_costs_and_measured_cores_exist() -> None:
    table = json.loads((ROOT / "exporters" / "cost" / "cost_table.json").read_text())
    assert tuple(table) == core_names()
    first = [row[0] for columns in (3, 5) for row in rows("results/cost.md", columns)]
    named = {name for name in first if re.match(r"(cortex|rv32|avr|wasm)", name)}
    assert "cortex-m4f" in named
    assert named <= set(core_names())


def test_names_for_help_texts_load_nothing_heavy() -> None:
    names = "wann_edge.system.cores, wann_edge.exporters.firmware.boards"
    script = f"import sys, {names}; print(*sys.modules)"
    modules = subprocess.check_output([sys.executable, "-c", script], text=True).split()
    assert "wann_edge.exporters.firmware.boards" in modules
    assert not {"numpy", "pydantic", "wann_edge.network", "wann_edge.kernel"} & set(modules)
