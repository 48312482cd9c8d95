"""Load shared libraries and unload them."""

from __future__ import annotations

import _ctypes
import ctypes
import weakref
from pathlib import Path

from wann_edge.errors import ToolError
from wann_edge.system.private_folders import check_private


def load_library(path: Path) -> ctypes.CDLL:
    """Load a shared library, which is unloaded when nothing refers to the returned object.

    A function that is read as an attribute refers to it until the next garbage collection; the
    address of a function or of data does not.

    Raises:
        SettingsError: other users can replace files in the library's folder.
        ToolError: the file system permits no programs (noexec), or the library can't be loaded.
    """
    check_private(path.parent)
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise ToolError(
            f"a compiled library can't be loaded from here: {error}",
            where=str(path.parent),
            remedy="set TMPDIR to a folder on a file system that is not mounted noexec",
        ) from error
    # Not at exit: other code may still call the library then.
    weakref.finalize(library, _ctypes.dlclose, library._handle).atexit = False
    return library
