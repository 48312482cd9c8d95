"""Workers end with their parent."""

from __future__ import annotations

import subprocess
import sys

import pytest

from helpers.parts import ROOT

HOST = """
import sys, threading, time
sys.path += sys.argv[2:]
if __name__ == "__main__":
    from helpers.traps import Trap, wait
    from wann_edge.parallel.workers import Order, Worker
    def start():
        worker = Worker(Trap())
        worker.give(Order(wait, 99.0))
        time.sleep(99)
    thread = threading.Thread(target=start, daemon=True)
    (start if sys.argv[1] == "main" else thread.start)()
    time.sleep(99)
"""


@pytest.mark.parametrize("starter", ["main", "thread"])
def test_a_busy_worker_ends_when_its_parent_is_killed(starter: str) -> None:
    command = [sys.executable, "-c", HOST, starter, str(ROOT), str(ROOT / "tests")]
    host = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    assert host.stdout.readline() == "waiting\n"
    host.kill()
    # The worker holds the other end of this pipe until it ends.
    host.communicate(timeout=20)
