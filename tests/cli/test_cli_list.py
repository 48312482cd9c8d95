"""``wann-edge list``: what is here, and what each missing part needs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from typing import cast

import pytest

from helpers.commands import complaint
from wann_edge import registry
from wann_edge.cli import run
from wann_edge.cli.list import KINDS, entries
from wann_edge.system.needs import ListEntry

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("kind", KINDS)
def test_everything_registered_is_listed_and_described(kind: str) -> None:
    found = entries(kind)
    assert [entry.name for entry in found] == list(registry.registered(KINDS[kind]))
    assert all(0 < len(entry.summary) <= 80 for entry in found)


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, n) for kind in KINDS for n in registry.BUILT_IN[KINDS[kind]]]
)
def test_needs_name_a_part_and_the_line_that_installs_it(kind: str, name: str) -> None:
    made = cast("Callable[[], ListEntry]", registry.load(KINDS[kind], name))()
    for need in made.needs:
        assert need.what
        assert shlex.split(need.install)[:2] in (["pip", "install"], ["apt-get", "install"])
        assert need.is_there() in (True, False)


def test_json_and_table_say_the_same(capsys: Capture) -> None:
    assert run(["list", "formats", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["formats"]
    assert {"name": "c", "available": True, "missing": {}}.items() <= rows[0].items()
    assert run(["list", "formats"]) == 0
    shown = capsys.readouterr().out
    assert all(row["name"] in shown and row["summary"][:20] in shown for row in rows)


def test_what_is_missing_is_said_with_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr("wann_edge.system.needs.find_spec", lambda name: None)
    assert run(["list", "targets", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)["targets"]}
    wasm = rows["wasm32"]
    assert not wasm["available"]
    assert wasm["missing"] == {'pip install "wann-edge[emu]"': ["ziglang", "wasmtime"]}
    assert rows["onnxruntime"]["available"]
    assert run(["list", "targets"]) == 0
    shown = capsys.readouterr().out
    assert 'not installed; pip install "wann-edge[emu]"\n' in shown


def test_what_can_not_be_imported_is_listed(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setitem(registry.BUILT_IN, "tasks", {"lost": "no_such_module:Lost"})
    assert run(["list", "tasks"]) == 0
    assert "lost: no_such_module not installed" in capsys.readouterr().out


def test_other_kinds_are_refused(capsys: Capture) -> None:
    assert "costs" in complaint(capsys, "list", "costs")
