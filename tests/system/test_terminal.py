"""Text of files and devices does nothing to a terminal."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from helpers.sources import package
from wann_edge.cli import run
from wann_edge.cli.tables import CleanConsole, print_json, table
from wann_edge.errors import SettingsError
from wann_edge.system.terminal import clean

# Escape, bell, delete, a C1 control sequence introducer, an override and an isolate of direction,
# a zero-width space, a line separator.
HOSTILE = "\x1b]0;title\x07\x7f\x9b2J\u202egpj\u2066\u200b\u2028"
ESCAPED = r"\x1b]0;title\x07\x7f\x9b2J\u202egpj\u2066\u200b\u2028"


def test_only_what_is_not_printable_is_escaped() -> None:
    assert clean(HOSTILE + "\udc80") == ESCAPED + r"\udc80"
    assert clean("größer\n\tals ½ 漢 ✓") == "größer\n\tals ½ 漢 ✓"


def shown(name: str, value: object, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what ``show`` prints of the example with this entry in its provenance."""
    document = json.loads(Path("examples/swingup_any_weight.json").read_text())
    document["provenance"] = {name: value}
    path = folder / "net.json"
    path.write_text(json.dumps(document))
    assert run(["show", str(path)]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("value", [HOSTILE, [HOSTILE], {"a": HOSTILE}])
def test_show_is_clean(value: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(f"key {HOSTILE}", value, tmp_path, capsys)
    assert clean(out) == out
    assert r"key \x1b]0;title" in out


def test_messages_are_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise SettingsError("bad \x9b2J", where="a\x1b[2J", remedy="x", details="\u202ed\n\x07")

    monkeypatch.setattr("wann_edge.network.file.load", failing)
    assert run(["show", str(tmp_path / "net.json")]) == 2
    err = capsys.readouterr().err
    assert err == "wann-edge: a\\x1b[2J: bad \\x9b2J; x\n\\u202ed\n\\x07\n"


def test_json_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": HOSTILE})
    out = capsys.readouterr().out
    assert clean(out) == out
    assert json.loads(out) == {"name": HOSTILE}


def test_tables_keep_their_colours() -> None:
    """A control: only text is escaped, not what rich itself sends to a terminal."""
    console = CleanConsole(force_terminal=True, color_system="standard", width=40)
    made = table("name")
    made.add_row("[red]x\x1b[2J[/]")
    with console.capture() as captured:
        console.print(made)
    assert "\x1b[31mx\\x1b[2J\x1b[0m" in captured.get()


def test_commands_print_with_say_alone() -> None:
    """Of all files of the command line only these call ``print``, with text of ours or cleaned."""
    printing = {
        name
        for name, tree in package().items()
        if name.startswith("cli/")
        and any(isinstance(n, ast.Name) and n.id == "print" for n in ast.walk(tree))
    }
    assert printing == {"cli/__init__.py", "cli/app.py", "cli/tables.py"}
