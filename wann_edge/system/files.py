"""Write files and folders whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from errno import EISDIR
from pathlib import Path

from wann_edge.errors import SettingsError


def check_writable(path: Path) -> None:
    """Check before long work that ``write_whole`` can write a file; leave nothing behind.

    Raises:
        SettingsError: the file can't be written.
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
        raise _unwritable(path, error) from error


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new one.

    Raises:
        SettingsError: the file can't be written.
    """
    data = content.encode() if isinstance(content, str) else content
    # Named before it exists, so that Ctrl-C at any point removes it.
    temporary = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:  # after Ctrl-C too
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_folder(folder: Path, contents: Mapping[str, bytes], *, force: bool) -> None:
    """Write a folder with these files and no others.

    Args:
        folder: the folder to write.
        contents: the content of each file by its relative path, with forward slashes.
        force: replace a folder that holds these files and no others.

    Raises:
        SettingsError: the folder can't be written, or it holds files that would be lost.
    """
    token = secrets.token_hex(8)
    made, old = (folder.parent / f".{folder.name}.{token}.{which}" for which in ("new", "old"))
    try:
        _check_free(folder, contents, force=force)
        for path, content in contents.items():
            write_whole(made / path, content)
        if folder.exists():
            folder.replace(old)
        made.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:  # after Ctrl-C too
        with suppress(OSError):
            if old.exists() and not folder.exists():
                old.replace(folder)
        for left in (made, old):
            shutil.rmtree(left, ignore_errors=True)


def _check_free(folder: Path, contents: Mapping[str, bytes], *, force: bool) -> None:
    """Raise SettingsError if writing the folder would lose a file."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise SettingsError("not a folder", where=str(folder), remedy="choose another place")
    there = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    if there and not force:
        raise SettingsError("the folder is not empty", where=str(folder), remedy="use --force")
    others = [path for path in there if path.relative_to(folder).as_posix() not in contents]
    if others:
        raise SettingsError(
            f"the folder holds other files, such as {others[0].name}",
            where=str(folder),
            remedy="choose another folder, or move these files away",
        )


def _unwritable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(
        f"can't write: {error.strerror}",
        where=str(path),
        remedy="choose another place, or check its permissions and free space",
    )
