"""The threads of linear algebra libraries."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_threads_for_matrices() -> Iterator[None]:
    """Keep numpy from starting threads, where it is imported in this block or in a new process.

    Matrices are small, so threads would only wait for each other, and numpy takes longer to import.
    A number of threads that the user's environment sets is kept.
    """
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ.setdefault(name, "1")
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)  # User code may have cleared it.
