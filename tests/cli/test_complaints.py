"""Whatever goes wrong outside: one line, exit code 2 and no traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint, EntryPoints
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
import typer

from helpers.commands import complaint
from wann_edge import registry
from wann_edge.cli import complaints, run, show
from wann_edge.cli.tables import print_line, print_table, table
from wann_edge.system.standard_output import claimed

Capture = pytest.CaptureFixture[str]


class Raising:
    """Raises an error where a command loads its file."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, error: BaseException) -> None:
        def fail(*_: object, **__: object) -> None:
            raise error

        self._monkeypatch.setattr("wann_edge.network.file.load", fail)


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Raising:
    return Raising(monkeypatch)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (PermissionError(13, "Permission denied", "/x/y"), "/x/y: Permission denied; check"),
        (OSError(28, "No space left on device"), "temporary file in .*: No space left on device"),
        (ConnectionRefusedError(111, "refused"), "ConnectionRefusedError: refused"),
        (MemoryError(), "not enough memory; use fewer"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), "unexpected UnicodeDecodeError at"),
        (ModuleNotFoundError("No module named 'nope'", name="nope"), "nope not installed; pip"),
        (ImportError("x", name="json", path="/a/json.py"), "the module json at .* is broken, or"),
        (AttributeError("no y", name="y", obj=re), "the module re at .*re.* is broken, or is an"),
        (AttributeError("no y", name="y", obj=3), "unexpected AttributeError at test_complaints"),
        (ZeroDivisionError("two\nlines"), "two lines; --debug shows the whole error"),
    ],
)
def test_every_error_gets_one_line(
    error: Exception, says: str, raising: Raising, capsys: Capture
) -> None:
    raising(error)
    assert re.search(says, complaint(capsys, "show", "x.json"))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort()])
def test_ctrl_c_is_said(error: BaseException, raising: Raising, capsys: Capture) -> None:
    raising(error)
    assert run(["show", "x.json"]) == 130
    assert capsys.readouterr().err == "wann-edge: interrupted\n"


def test_debug_raises_it(raising: Raising) -> None:
    raising(ZeroDivisionError("here"))
    with pytest.raises(ZeroDivisionError, match="here"):
        run(["show", "x.json", "--debug"])


def test_a_deleted_current_folder_gets_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert "no longer exists" in complaint(capsys, "search", "swingup", "--out", "../run")


@pytest.mark.parametrize("redirection", [">/dev/full", ">&-", ">/dev/full 2>/dev/full", "2>&-"])
def test_streams_that_fail_leave_no_traceback(champion: Path, redirection: str) -> None:
    command = f'"$0" -m wann_edge.cli show "$1" {redirection}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, str(champion)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.returncode == (2 if "full" in redirection else 0)
    if redirection == ">/dev/full":
        assert re.fullmatch("wann-edge: standard output: No space left[^\n]*\n", done.stderr)


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_a_terminal_shows_what_it_can(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = BytesIO()
    monkeypatch.setattr("sys.stdout", TextIOWrapper(raw, encoding))
    complaints.prepare_streams()
    shown = table("θ̇", "value")
    shown.add_row("位置 \udcff", "1")
    print_table(shown)
    sys.stdout.flush()
    text = raw.getvalue().decode(encoding)
    assert "\\udcff" in text
    assert ("位置" in text) == (encoding == "utf-8")


@pytest.mark.parametrize("width", ["10", "40", "200"])
def test_no_table_is_cut(width: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("COLUMNS", width)
    shown = table("artefact", "differ", "verdict")
    shown.add_row("a long name of an artefact, gcc -O2", "0 of 20700", "[green]same bits[/]")
    print_table(shown)
    print_line("one line that is longer than the terminal is wide", "red")
    text = capsys.readouterr().out
    assert "…" not in text
    for whole in ("a long name of an artefact, gcc -O2", "0 of 20700", "same bits"):
        assert whole in text
    assert "one line that is longer than the terminal is wide\n" in text


@pytest.mark.parametrize(("given", "kept"), [("0", None), ("", None), ("40", "40"), ("100", "100")])
def test_a_width_of_0_is_unknown(
    given: str, kept: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", given)
    complaints.prepare_streams()
    assert os.environ.get("COLUMNS") == kept


def test_every_table_is_printed_whole() -> None:
    """A control: no command prints a table in another way."""
    folder = Path(show.__file__).parent
    for path in folder.glob("*.py"):
        assert not re.search(r"console\.print\((made|files|.*table)\b", path.read_text()) or (
            path.name == "tables.py"
        )


def broken(monkeypatch: pytest.MonkeyPatch, kind: str, target: str) -> None:
    """Let another package register "broken" under this kind."""

    def points(*, group: str) -> EntryPoints:
        found = [EntryPoint("broken", target, group)] if group == f"wann_edge.{kind}" else []
        return EntryPoints(found)

    monkeypatch.setattr("importlib.metadata.entry_points", points)


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ("raise RuntimeError('no\\nlicence')", "broken_part can't be imported: RuntimeError: no l"),
        ("import not_there", "not_there not installed; pip install not_there"),
        ("x = 1", "the module broken_part at .* has no attribute|broken_part.* is broken, or"),
        ("def Part(): raise OSError('x')", "OSError|unexpected"),
        ("class Part: pass", "attribute|unexpected"),
        ("import sys; sys.argv.nope", "AttributeError|is broken"),
    ],
)
def test_a_broken_part_of_another_package_gets_one_line(
    module: str,
    says: str,
    champion: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    (tmp_path / "broken_part.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "broken_part", raising=False)
    broken(monkeypatch, "exporters", "broken_part:Part")
    assert run(["list", "formats"]) == 0
    shown = capsys.readouterr().out
    assert re.search("^broken: ", shown, re.MULTILINE)
    assert "ONNX" in shown
    assert re.search(says, complaint(capsys, "export", champion, "--format", "broken"))
    monkeypatch.delitem(sys.modules, "broken_part", raising=False)


@pytest.mark.parametrize(("closed", "mode"), [(1, os.O_RDONLY), (2, os.O_WRONLY)])
def test_closed_descriptors_are_not_given_to_files(
    closed: int, mode: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a file that is opened later would receive what is printed."""
    opened = list[tuple[object, int]]()
    check: Callable[[int], object] = os.fstat

    def fstat(number: int) -> object:
        if number == closed:
            raise OSError(9, "Bad file descriptor")
        return check(number)

    monkeypatch.setattr(os, "fstat", fstat)
    monkeypatch.setattr(os, "open", lambda *given: opened.append(given))
    complaints.prepare_streams()
    assert opened == [(os.devnull, mode)]


def test_standard_error_that_is_closed_accepts_what_user_code_prints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    complaints.prepare_streams()
    with claimed():
        print("lost")
    assert sys.stderr.fileno() == 2


def test_standard_error_that_user_code_closed_gets_the_message(
    raising: Raising, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    raising(ZeroDivisionError("here"))
    closed = StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert run(["show", "x.json"]) == 2
    sys.stderr.flush()
    assert "unexpected ZeroDivisionError" in capfd.readouterr().err


def test_the_registry_still_raises_its_own_errors() -> None:
    """A control: an error of one line stays what it is."""
    assert "can't be imported" not in str(registry.load("exporters", "c"))
