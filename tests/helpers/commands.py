"""The command line as tests call it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wann_edge.cli import run


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """What a command that must fail says: one line on standard error, exit code 2."""
    assert run([str(argument) for argument in arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(r"wann-edge: [^\n]+\n", shown.err)
    return shown.err
