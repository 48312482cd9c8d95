"""Ctrl-C, and the signals that end a program: act on them alike, and not at a harmful point."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# What a terminal that closes, ``kill`` and Ctrl-\ send.
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
INTERRUPTS = (signal.SIGINT, *ENDING)


class StoppedError(BaseException):
    """The main process ends this one; the task's code must not take it for its own error."""


def ends_process(error: BaseException) -> bool:
    """Return whether an error is sent to end this process, and is not one of the task's code.

    Ctrl-C reaches the main process alone.
    """
    if isinstance(error, KeyboardInterrupt):
        return multiprocessing.parent_process() is None
    return isinstance(error, StoppedError)


@contextmanager
def like_ctrl_c() -> Iterator[None]:
    """Raise KeyboardInterrupt in the block for each signal that ends a program.

    A signal that is ignored stays so, as ``nohup`` needs. For the main thread of a command.
    """
    before = {number: signal.getsignal(number) for number in ENDING}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ctrl_c_waits() -> Iterator[None]:
    """Delay Ctrl-C to the end of the block; drop it if the block raises an error.

    For code that writes files from pydantic's models: pydantic turns an interrupt in one of its
    callbacks into a validation error. The other signals of ``like_ctrl_c`` wait too. Outside the
    main thread this does nothing, because only the main thread receives signals.
    """
    before = {
        number: handler for number in INTERRUPTS if callable(handler := signal.getsignal(number))
    }
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []
    for number in before:
        signal.signal(number, lambda number, _: received.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if received:
        signal.raise_signal(received[0])
