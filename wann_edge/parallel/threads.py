"""Threads: what a linear algebra library would start of itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_threads_for_matrices() -> Iterator[None]:
    """Where numpy is imported within, or in processes started within, it starts no threads.

    Matrices are small here, so that they would only wait for each other, and numpy takes
    longer to import. What the user's environment says of them comes first.
    """
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ.setdefault(name, "1")
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
