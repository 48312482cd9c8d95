"""Runs the command line in tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wann_edge.cli import run

# A search in this process that ends with its champion; tests add what bounds it.
SEARCH = ("search", "swingup", "--finish", "0", "--workers", "1")


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Run a command that must fail with exit code 2; return its one line of standard error."""
    assert run([str(argument) for argument in arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(r"wann-edge: [^\n]+\n", shown.err)
    return shown.err
