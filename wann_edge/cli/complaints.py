"""The line for an error that no command expects, and standard streams that accept it."""

from __future__ import annotations

import os
import sys
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from io import TextIOWrapper
from traceback import extract_tb

from wann_edge.system.needs import import_fault
from wann_edge.system.standard_output import STDERR, standard_error

# Errors that only writing can cause; an output names itself.
_OF_WRITING = (ENOSPC, EDQUOT, EFBIG, EIO)


def unexpected(error: Exception) -> str:
    """Return one line on an error of the system, of an installed package or of this program."""
    if isinstance(error, OSError) and error.strerror:
        temporary = f"temporary file in {os.environ.get('TMPDIR', '/tmp')}"
        where = error.filename or (
            temporary if error.errno in _OF_WRITING else type(error).__name__
        )
        return f"{where}: {error.strerror}; check the path, its permissions and the free space"
    if isinstance(error, MemoryError):
        return "not enough memory; use fewer episodes, workers or networks"
    if isinstance(error, (ImportError, AttributeError)):
        fault = import_fault(error)
        if fault is not None:
            return str(fault)
    last = extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"
    return f"unexpected {type(error).__name__} at {place}: {error}; --debug shows the whole error"


def prepare_streams() -> None:
    """Make the standard streams accept every character, and keep their numbers from other files.

    A character that the terminal can't show is printed as an escape such as \\u03b8.
    """
    if not os.environ.get("COLUMNS", "1").strip("0"):
        del os.environ["COLUMNS"]  # 0 stands for an unknown width; rich prints nothing then
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # What user code prints goes to standard error, and must not fail where that is closed.
            os.open(os.devnull, os.O_WRONLY if number == STDERR else os.O_RDONLY)
    for stream in (sys.stdout, standard_error()):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
