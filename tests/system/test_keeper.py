"""Programs and temporary folders end with the process that made them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from wann_edge.system.keeper import run_program, running, scratch_folder

HOST = """
import sys, time
from wann_edge.system.keeper import running, scratch_folder
with scratch_folder() as folder, running(["sh", "-c", "sleep 99 & wait"], 1):
    print(folder, flush=True)
    time.sleep(99)
"""


def becomes_true(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_host_leaves_no_program_and_no_folder(number: signal.Signals) -> None:
    host = subprocess.Popen([sys.executable, "-c", HOST], stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    folder = Path(host.stdout.readline().strip())
    assert folder.is_dir()
    host.send_signal(number)
    # The program and its child hold the other end of this pipe until they end.
    host.communicate(timeout=20)
    assert becomes_true(lambda: not folder.exists())


def test_the_end_of_the_block_ends_the_program_and_the_folder() -> None:
    theirs, ours = os.pipe()
    with scratch_folder() as folder:
        (folder / "a file").write_text("text")
        assert folder.stat().st_mode & 0o777 == 0o700
        with running(["sh", "-c", "sleep 99 & wait"], ours) as process:
            os.close(ours)
            assert process.poll() is None
    assert os.read(theirs, 1) == b""
    os.close(theirs)
    assert not folder.exists()


def test_an_error_in_the_block_removes_the_folder() -> None:
    with pytest.raises(ZeroDivisionError), scratch_folder() as folder:
        _ = 1 / len(list(folder.iterdir()))
    assert not folder.exists()


def test_a_forked_process_does_not_delay_the_end_of_the_block() -> None:
    with scratch_folder() as folder:
        child = os.fork()
        if child == 0:
            time.sleep(99)
    assert not folder.exists()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_text_of_a_program_need_not_be_utf_8(tmp_path: Path) -> None:
    command = ["sh", "-c", "printf 'caf\\351' >&2; pwd >&2; echo ignored; exit 3"]
    done = run_program(command, folder=tmp_path)
    assert done.code == 3
    assert done.stderr == f"caf\N{REPLACEMENT CHARACTER}{tmp_path}\n"
    assert run_program(["sh", "-c", 'test "$0" = "a b"', "a b"]).code == 0
    assert run_program(["no-such-program"]).code == 127


def test_a_library_that_ignores_ended_children_hides_no_exit_code() -> None:
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        assert run_program(["sh", "-c", "exit 3"]).code == 3
    finally:
        signal.signal(signal.SIGCHLD, before)
