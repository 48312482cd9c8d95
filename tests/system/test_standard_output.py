"""Standard output belongs to results: what other code prints goes to standard error."""

from __future__ import annotations

import ctypes
import inspect
import os
import subprocess
import sys
from contextlib import suppress

import pytest

from wann_edge.system.standard_output import claimed, turned_away


def talk(text: str) -> None:
    """Print by Python's stream and its original, the descriptor, and the C library."""
    print(f"{text} print")
    print(f"{text} original", file=sys.__stdout__)
    os.write(1, f"{text} descriptor\n".encode())
    ctypes.CDLL(None).printf(f"{text} printf\n".encode())


WAYS = ("print", "original", "descriptor", "printf")


def test_only_what_runs_in_the_block_is_turned_away() -> None:
    """Run in a process without pytest's own streams."""
    script = (
        "import ctypes, os, sys\n"
        "from wann_edge.system.standard_output import claimed, turned_away\n"
        f"{inspect.getsource(talk)}"
        "with claimed():\n"
        "    with turned_away():\n"
        "        with turned_away(): talk('inner')\n"
        "        talk('outer')\n"
        "    talk('result')\n"
        "with turned_away(): talk('unclaimed')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert sorted(done.stderr.split("\n")[:-1]) == sorted(
        f"{when} {way}" for when in ("inner", "outer") for way in WAYS
    )
    assert sorted(done.stdout.split("\n")[:-1]) == sorted(
        f"{when} {way}" for when in ("result", "unclaimed") for way in WAYS
    )


def test_the_streams_come_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    with claimed(), suppress(KeyboardInterrupt), turned_away():
        print("away")
        raise KeyboardInterrupt
    assert sys.stdout is before
    print("back")
    assert capfd.readouterr() == ("back\n", "away\n")
