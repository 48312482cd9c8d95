"""Standard output belongs to results: what other code prints goes to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from io import TextIOWrapper
from traceback import clear_frames
from typing import TextIO

from wann_edge.system.c_library import flush_c_streams

STDOUT, STDERR = 1, 2
NAME = "standard output"


class _Owner:
    """The stream and the descriptor of the command that owns standard output, or of none."""

    results: TextIO | None = None
    descriptor = STDOUT


def results() -> TextIO | None:
    """Return the stream to print results to; None where standard output is closed."""
    return _Owner.results or sys.stdout


def descriptor_of(number: int) -> int:
    """Return the descriptor that leads to where a standard stream led at the start."""
    flush(results())
    return _Owner.descriptor if number == STDOUT else number


@contextmanager
def claimed() -> Iterator[None]:
    """Keep standard output for results in this block.

    All else that the process prints goes to standard error: from Python and C code, threads,
    finalizers and the programs that it starts.

    Raises:
        OSError: standard output does not accept the results; ``filename`` names it.
    """
    if _Owner.results is not None:  # by the command that runs this one
        yield
        return
    with ExitStack() as stack:
        _Owner.descriptor = kept = os.dup(STDOUT)
        stack.callback(_give_back, kept)
        _Owner.results = stack.enter_context(_own_stream(kept))
        os.dup2(STDERR, STDOUT)
        try:
            yield
            flush(_Owner.results)
        except BaseException as error:
            if isinstance(error, OSError) and not can_flush(_Owner.results):
                error.filename = NAME
            _finalize(error)
            raise


def turn_away_for_good() -> None:
    """Send everything that is printed from now on to standard error, as at the exit."""
    flush(sys.__stdout__)
    with suppress(OSError):
        os.dup2(STDERR, STDOUT)
    sys.stdout = sys.stderr


def standard_error() -> TextIO:
    """Return standard error, open also where user code has closed the stream."""
    if sys.stderr is None or sys.stderr.closed:
        sys.stderr = os.fdopen(STDERR, "w", errors="backslashreplace", closefd=False)
    return sys.stderr


def flush(stream: TextIO | None) -> None:
    """Write what a stream of results still holds; an OSError names standard output."""
    if stream is not None and not stream.closed:
        try:
            stream.flush()
        except OSError as error:
            error.filename = NAME
            raise


def can_flush(stream: TextIO | None) -> bool:
    """Return whether a stream accepts what it still holds."""
    try:
        flush(stream)
    except OSError:
        return False
    return True


def drop(stream: TextIO | None) -> None:
    """Drop what a stream does not accept, so that the interpreter ends without an error."""
    if stream is not None and not can_flush(stream):
        with suppress(OSError), open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


@contextmanager
def _own_stream(kept: int) -> Iterator[TextIO]:
    """Yield a stream for results; what others print to ``sys.stdout`` does not reach it."""
    given = sys.stdout
    with redirect_stdout(sys.stderr), ExitStack() as stack:
        if given is None:  # It is closed.
            yield stack.enter_context(open(os.devnull, "w"))
        elif _leads_to_stdout(given):
            flush(given)
            if isinstance(sys.__stdout__, TextIOWrapper):
                # What it holds when user code forks, both processes would write.
                sys.__stdout__.reconfigure(line_buffering=True)
            own = stack.enter_context(_by_lines(os.dup(kept), given))
            stack.callback(drop, own)
            # User code may close this one.
            stack.enter_context(redirect_stdout(_by_lines(STDERR, given, closefd=False)))
            yield own
        else:  # a stream in memory, as in tests
            yield given


def _by_lines(descriptor: int, like: TextIO, *, closefd: bool = True) -> TextIO:
    """Open a stream that holds no line: a process that user code forks would write it too."""
    return open(descriptor, "w", 1, encoding=like.encoding, errors=like.errors, closefd=closefd)


def _finalize(error: BaseException | None) -> None:
    """Let finalizers of what the frames of an error hold run, and print, now."""
    while error is not None:
        clear_frames(error.__traceback__)
        error = error.__context__


def _leads_to_stdout(stream: TextIO) -> bool:
    try:
        return stream.fileno() == STDOUT
    except (OSError, ValueError):
        return False


def _give_back(kept: int) -> None:
    """Point the descriptor of standard output, which C code writes to, to its old place."""
    _Owner.results, _Owner.descriptor = None, STDOUT
    with suppress(OSError):
        flush(sys.__stdout__)
    flush_c_streams()
    os.dup2(kept, STDOUT)
    os.close(kept)
