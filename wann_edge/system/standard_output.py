"""Standard output belongs to results: what other code prints goes to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from types import TracebackType

from wann_edge.system.c_library import flush_c_streams

STDOUT, STDERR = 1, 2


class _Owner:
    """Whether a command owns standard output, and whether it is turned away now."""

    def __init__(self) -> None:
        self.is_claimed = self.is_away = False


_owner = _Owner()


@contextmanager
def claimed() -> Iterator[None]:
    """Let ``turned_away`` take effect in this block. Without a claim it does nothing."""
    before, _owner.is_claimed = _owner.is_claimed, True
    try:
        yield
    finally:
        _owner.is_claimed = before


def is_claimed() -> bool:
    """Return whether a command owns standard output."""
    return _owner.is_claimed


class turned_away:  # noqa: N801
    """Send what Python and C code prints in a ``with`` block to standard error.

    Blocks can be nested; the inner ones cost next to nothing.
    """

    def __enter__(self) -> None:
        self._stack: ExitStack | None = None
        if _owner.is_claimed and not _owner.is_away:
            self._stack = ExitStack()
            self._stack.enter_context(_to_stderr())

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._stack is not None:
            self._stack.close()


def turn_away_for_good() -> None:
    """Send everything that is printed from now on to standard error, as at the exit."""
    _flush()
    with suppress(OSError):
        os.dup2(STDERR, STDOUT)
    sys.stdout = sys.stderr


@contextmanager
def _to_stderr() -> Iterator[None]:
    _owner.is_away = True
    try:
        with redirect_stdout(sys.stderr), _descriptor_to_stderr():
            yield
    finally:
        _owner.is_away = False


@contextmanager
def _descriptor_to_stderr() -> Iterator[None]:
    """Point the descriptor of standard output, which C code writes to, to standard error."""
    _flush()
    try:
        kept = os.dup(STDOUT)
    except OSError:  # It is closed.
        yield
        return
    try:
        with suppress(OSError):
            os.dup2(STDERR, STDOUT)
        yield
    finally:
        _flush()
        flush_c_streams()
        os.dup2(kept, STDOUT)
        os.close(kept)


def _flush() -> None:
    """Write what Python's own stream still holds."""
    if sys.__stdout__ is not None and not sys.__stdout__.closed:
        sys.__stdout__.flush()
