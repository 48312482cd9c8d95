"""The C library of this process."""

from __future__ import annotations

import ctypes
from functools import cache


@cache
def c_library() -> ctypes.CDLL:
    """Return the functions of the C library that Python itself runs on."""
    return ctypes.CDLL(None)


def flush_c_streams() -> None:
    """Write what C code of this process has printed and still holds."""
    c_library().fflush(None)
