"""The exit codes of ``wann-edge``."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended.

    Attributes:
        OK: the command did its work, and every check passed.
        FAULT_FOUND: a check found a difference: ``verify``, ``demo`` or ``hil``.
        OUTPUT_CLOSED: the program that read the output ended first (also 1).
        BAD_INPUT: an argument, a file or an installed part is wrong or missing, so that nothing
            could be done or tried; one line names it.
        INTERRUPTED: Ctrl-C stopped the work; the results so far are printed or saved.
    """

    OK = 0
    FAULT_FOUND = 1
    OUTPUT_CLOSED = 1
    BAD_INPUT = 2
    INTERRUPTED = 130


def verdict_code(ok: bool, *, tried: bool) -> ExitCode:
    """Return the code of a check.

    Args:
        ok: whether it passed.
        tried: whether it took place; else something other than the checked part failed.
    """
    if ok:
        return ExitCode.OK
    return ExitCode.FAULT_FOUND if tried else ExitCode.BAD_INPUT
