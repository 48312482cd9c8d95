"""Files are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
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
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as error:
        raise SettingsError(f"can't write: {error.strerror}", where=str(path)) from error
    finally:  # After Ctrl-C too.
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
