"""Load shared libraries and unload them."""

from __future__ import annotations

import _ctypes
import ctypes
import weakref
from pathlib import Path

from wann_edge.system.private_folders import check_private


def load_library(path: Path) -> ctypes.CDLL:
    """Load a shared library, which is unloaded when nothing refers to the returned object.

    A function that is read as an attribute refers to it until the next garbage collection; the
    address of a function or of data does not.

    Raises:
        SettingsError: other users can replace files in the library's folder.
    """
    check_private(path.parent)
    library = ctypes.CDLL(str(path))
    # Not at exit: other code may still call the library then.
    weakref.finalize(library, _ctypes.dlclose, library._handle).atexit = False
    return library
