"""Keep floating-point arithmetic independent of what libraries in the process do to it.

A library can make its thread flush subnormals to zero, round in another direction, or trap.
The kernel's functions compute in IEEE mode by themselves; these contexts are for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wann_edge.kernel.library import library

# The mode in which foreign code last left the thread.
_foreign: list[int] = []


@contextmanager
def ieee_arithmetic() -> Iterator[None]:
    """Compute in IEEE mode, and restore the mode of the caller at the end."""
    kernel = library()
    before = kernel.wann_set_mode(kernel.wann_ieee_mode())
    try:
        yield
    finally:
        kernel.wann_set_mode(before)


@contextmanager
def foreign_arithmetic() -> Iterator[None]:
    """Run code of a user or a simulator in the mode that it last set; restore ours at the end."""
    kernel = library()
    ours = kernel.wann_set_mode(_foreign[0] if _foreign else kernel.wann_ieee_mode())
    try:
        yield
    finally:
        _foreign[:] = [kernel.wann_set_mode(ours)]
