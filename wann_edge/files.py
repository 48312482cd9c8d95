"""Files are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from errno import EISDIR
from pathlib import Path

from wann_edge.errors import SettingsError


def check_writable(path: Path) -> None:
    """Finds out before long work that ``write_whole`` can't write there. Leaves nothing behind.

    Raises SettingsError.
    """
    place = path.absolute().parent
    while not place.exists():
        place = place.parent
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        with tempfile.NamedTemporaryFile(dir=place, prefix=f".{path.name}."):
            pass
    except OSError as error:
        raise SettingsError(f"can't write: {error.strerror}", where=str(path)) from error


def write_whole(path: Path, content: bytes | str) -> None:
    """Writes a file so that a reader, or a crash, sees the old content or the new one.

    Raises SettingsError when the place can't be written to.
    """
    data = content.encode() if isinstance(content, str) else content
    # Named before it is there, so that Ctrl-C at any point finds it.
    temporary = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise SettingsError(f"can't write: {error.strerror}", where=str(path)) from error
    finally:  # After Ctrl-C too.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
