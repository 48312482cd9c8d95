"""The project's own rules: linter, formatter and types are clean, and files stay small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from helpers.parts import ROOT
from helpers.without_coverage import WITHOUT_COVERAGE

FOLDERS = ("wann_edge", "exporters", "sims", "tests", "benchmarks", "examples")
MOST_LINES = 300


@pytest.mark.parametrize(
    "command", [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]], ids=" ".join
)
def test_tool_is_content(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_stay_small() -> None:
    files = {
        path
        for folder in FOLDERS
        for pattern in ("*.py", "*.c", "*.h")
        for path in (ROOT / folder).rglob(pattern)
    }
    assert len(files) > 50
    long = {str(path): path.read_text().count("\n") for path in files}
    assert not {path: lines for path, lines in long.items() if lines > MOST_LINES}


def test_the_symbolic_links_are_relative() -> None:
    """``exporters`` and ``sims`` are imported under ``wann_edge`` through them."""
    for name in ("exporters", "sims"):
        assert (ROOT / "wann_edge" / name).readlink() == Path("..") / name


def test_files_without_coverage_exist() -> None:
    assert all((ROOT / "tests" / name).is_file() for name in WITHOUT_COVERAGE)
