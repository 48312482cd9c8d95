"""Benchmarks: each module prints its results and those of a reference."""

from __future__ import annotations

import sys
from types import TracebackType

from wann_edge.errors import MissingError, WannError

EVERYTHING = "in the checkout run: pip install -e '.[bench,emu,envpool,hil,sims]'"


def explain(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an error of ours, or a package that is not installed, as one line."""
    if isinstance(error, ModuleNotFoundError):
        error = MissingError(
            f"{error.name} is not installed", where="benchmarks", remedy=EVERYTHING
        )
    if isinstance(error, WannError):
        print(error, file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = explain
