"""A task that fails on demand, for the engine's tests."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from wann_edge.kernel import Floats
from wann_edge.sims.swingup import SPEC


@dataclass
class Trap:
    """A task of one-step episodes, whose return is the first action plus the seed.

    Attributes:
        victim: while this file exists, the process that starts an episode removes it and is killed.
        fails: episodes raise an error.
        pause_s: duration of an episode in seconds.
        began, closed: files that ``reset`` and ``close`` make.
    """

    spec = replace(SPEC, name="trap", max_steps=1)
    victim: Path | None = None
    always: bool = False
    fails: bool = False
    pause_s: float = 0.0
    began: Path | None = None
    closed: Path | None = None

    def world(self) -> Trap:
        return self

    def reset(self, seed: int) -> Floats:
        if self.began is not None:
            self.began.touch()
        time.sleep(self.pause_s)
        if self.victim is not None and self._is_struck(self.victim):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fails:
            raise ZeroDivisionError("no such world")
        return np.full(len(self.spec.inputs), seed % 7, np.float32)

    def _is_struck(self, victim: Path) -> bool:
        """Return whether this process is the one to kill: the one that removes the file."""
        if self.always:
            return victim.exists()
        try:
            victim.unlink()
        except FileNotFoundError:
            return False
        return True

    def close(self) -> None:
        if self.closed is not None:
            self.closed.touch()

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        return np.zeros(len(self.spec.inputs), np.float32), np.float32(action[0]), True


def wait(_task: object, pause_s: float) -> None:
    """Be busy, and say so."""
    print("waiting", flush=True)
    time.sleep(pause_s)
