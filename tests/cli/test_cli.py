"""The command line as a user meets it: exit codes, one line for what is wrong, JSON."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from helpers.commands import complaint
from helpers.parts import ROOT
from wann_edge.cli import app as app_module
from wann_edge.cli import run
from wann_edge.cli.app import app
from wann_edge.cli.exit_codes import ExitCode

PAGE = ROOT / "docs" / "commands.md"
COMMANDS = list(typer.main.get_group(app).commands)


def test_help_shows_every_command_and_none_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    alone = capsys.readouterr().out
    assert run(["--help"]) == 0
    assert capsys.readouterr().out == alone
    assert len(COMMANDS) >= 16
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b", alone)


def test_every_file_with_a_command_is_assembled() -> None:
    folder = Path(app_module.__file__).parent
    files = {path.stem for path in folder.glob("*.py") if "\ndef command(" in path.read_text()}
    assert {module.__name__.rpartition(".")[2] for module in app_module.COMMANDS.values()} == files


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_shows_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, "--help"]) == 0
    assert f"Example:  wann-edge {command}" in capsys.readouterr().out


def test_help_is_shown_as_it_is_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Brackets stay, and a paragraph fills its lines."""
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["verify", "--help"]) == 0
    assert '"wann-edge[emu]"' in capsys.readouterr().out
    assert run(["search", "--help"]) == 0
    assert "history.csv and run.json, from the first round on. Then" in capsys.readouterr().out


def test_the_documentation_names_every_exit_code() -> None:
    (line,) = re.findall(r"Exit codes: (.*?)\.", PAGE.read_text(), re.DOTALL)
    assert [int(code) for code in re.findall(r"\b\d+\b", line)] == [int(c) for c in ExitCode]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert re.fullmatch(r"wann-edge \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["serach"], "serach"),
        (["search"], "no task is named"),
        (["search", "--resume", "nowhere"], "holds no complete checkpoint"),
        (["search", "swingdown", "--generations", "1"], "'swingdown' is not one of the tasks"),
        (["search", "swingup", "--preset", "best"], "best"),
        (["search", "swingup", "--time-limit", "soon"], "'soon' is not a time"),
        (["search", "swingup", "--population", "one"], "--population"),
        (["search", "swingup", "--seed", "-1", "--generations", "1"], "--seed"),
        (
            ["search", "swingup", "--complexity", "size"],
            "complexity: unknown complexity 'size'; use",
        ),
        (["show", "missing.json"], "missing.json: can't read"),
        (["show", "."], "holds no run"),
        (["show", "missing.json", "--connections", "3"], "missing.json: not a folder"),
        (["show", ".", "-o", "net.json"], "--output: no network is chosen"),
        (["evaluate", "missing.json"], "missing.json"),
        (["evaluate", "."], "the folder holds no run"),
        (["export", "missing.json", "--format", "c"], "missing.json"),
        (["verify", "missing.json"], "missing.json"),
        (["import", "no.out", "--inputs", "5", "--outputs", "1", "-o", "x.json"], "no.out"),
        (["import", "no.out", "--inputs", "0", "--outputs", "1", "-o", "x.json"], "--inputs"),
    ],
)
def test_bad_input_gets_one_line(
    arguments: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in complaint(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_is_no_traceback(champion: Path) -> None:
    command = [sys.executable, "-m", "wann_edge.cli", "evaluate", str(champion), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
