"""Standard output belongs to results: what other code prints goes to standard error."""

from __future__ import annotations

import ctypes
import inspect
import os
import subprocess
import sys
from contextlib import suppress

import pytest

from wann_edge.system.standard_output import NAME, claimed, drop, results


def talk(text: str) -> None:
    """Print by Python's stream and its original, the descriptor, and the C library."""
    print(f"{text} print")
    print(f"{text} original", file=sys.__stdout__)
    os.write(1, f"{text} descriptor\n".encode())
    ctypes.CDLL(None).printf(f"{text} printf\n".encode())


WAYS = ("print", "original", "descriptor", "printf")
SCRIPT = f"""
import ctypes, os, sys, threading
from contextlib import suppress
from wann_edge.system.standard_output import NAME, claimed, results
{inspect.getsource(talk)}
class Simulator:
    def __del__(self):
        talk("finalizer")
def fail():
    held = Simulator()
    raise KeyboardInterrupt
with suppress(KeyboardInterrupt), claimed():
    with claimed():
        talk("block")
        sys.stdout.close()
        sys.stdout = sys.__stdout__
    thread = threading.Thread(target=talk, args=("thread",))
    thread.start()
    thread.join()
    os.system("echo program print")
    print("result", file=results())
    ctypes.CDLL(None).fflush(None)  # Each fork of a C program writes what C still holds twice.
    if os.fork() == 0:
        sys.exit()
    os.wait()
    fail()
talk("after")
"""


def test_only_results_reach_standard_output() -> None:
    """Run in a process without pytest's own streams."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    away = [f"{where} {way}" for where in ("block", "thread", "finalizer") for way in WAYS]
    assert sorted(done.stderr.splitlines()) == sorted([*away, "program print"])
    assert sorted(done.stdout.splitlines()) == sorted(["result", *(f"after {way}" for way in WAYS)])


def test_the_streams_come_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout
    with suppress(KeyboardInterrupt), claimed():
        print("away")
        print("result", file=results())
        sys.stdout = None  # as user code can
        raise KeyboardInterrupt
    assert sys.stdout is before
    print("back")
    assert capfd.readouterr() == ("result\nback\n", "away\n")


def test_an_error_of_standard_output_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(OSError, match="No space left") as caught, claimed():
            print("result", file=results())
        drop(full)
    assert caught.value.filename == NAME
    with pytest.raises(OSError, match="No space left") as caught, claimed():
        raise OSError(28, "No space left on device")
    assert caught.value.filename is None
