"""Errors in code that a user wrote: their text, and the user's own file and line."""

from __future__ import annotations

import os
import re
import sysconfig
from contextlib import suppress
from pathlib import Path
from traceback import FrameSummary, extract_tb

PACKAGE = Path(__file__).parents[1]
STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))
INSTALLED = ("site-packages", "dist-packages")
LONGEST_LINE, LONGEST_TEXT = 80, 500
# Gymnasium colours its warnings.
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def blamed(error: BaseException) -> str:
    """Return the type and the text of an error, and the user's line that it comes from.

    For example ``AssertionError in my_env.py:51 (assert force_n > 5)``. The line is the last
    one outside installed packages, or else the last one outside this package.
    """
    line = _line(error)
    if not line and error.__cause__ is not None:
        return blamed(error.__cause__)
    text = " ".join(COLOUR.sub("", str(error)).split())[:LONGEST_TEXT]
    return type(error).__name__ + (f": {text}" if text else "") + (line and f" in {line}")


def _line(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_shown(error.filename)}:{error.lineno}"
    foreign = [frame for frame in extract_tb(error.__traceback__) if not _is_ours(frame)]
    own = [frame for frame in foreign if not _is_installed(frame)]
    if error.__cause__ is not None and not own:
        return ""
    if not foreign:
        return ""
    last = (own or foreign)[-1]
    source = " ".join((last.line or "").split())[:LONGEST_LINE]
    return f"{_shown(last.filename)}:{last.lineno}" + (source and f" ({source})")


def _is_ours(frame: FrameSummary) -> bool:
    return Path(frame.filename).is_relative_to(PACKAGE) or frame.filename.startswith("<frozen")


def _is_installed(frame: FrameSummary) -> bool:
    path = Path(frame.filename)
    return path.is_relative_to(STANDARD_LIBRARY) or any(part in INSTALLED for part in path.parts)


def _shown(filename: str) -> str:
    """Return the path of a file, from the current folder where the file is in it."""
    path = Path(filename)
    with suppress(OSError):
        here = Path(os.getcwd())
        return str(path.relative_to(here) if path.is_relative_to(here) else path)
    return filename
