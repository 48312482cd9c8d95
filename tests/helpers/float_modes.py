"""Floating-point modes in which a library can leave a thread."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from wann_edge.kernel.library import library

# Control registers: flush to zero, round down, up and towards zero, and (x86-64) all traps on.
MODES = {
    "x86_64": (0x9FC0, 0x3F80, 0x5F80, 0x7F80, 0x0000),
    "aarch64": (1 << 24, 2 << 22, 1 << 22, 3 << 22),
}.get(platform.machine(), ())
FLAGS = 0x3F  # of x86-64: exceptions since the last reset
FLUSHING = MODES[0] if MODES else 0


@contextmanager
def mode(number: int) -> Iterator[None]:
    """Run with a control register as a loaded library would leave it."""
    before = library().wann_set_mode(number)
    try:
        yield
    finally:
        library().wann_set_mode(before)


def flushes() -> bool:
    """Whether this thread flushes subnormals to zero."""
    return bool(np.float32(1e-40) * np.float32(1) == 0)
