"""Write files and folders whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from errno import EACCES, EBUSY, EPERM
from pathlib import Path

from wann_edge.errors import SettingsError
from wann_edge.system.places import check_permission, followed, is_replaceable, write_in_place

# What prevents a file from being replaced, though it may be writable itself.
_FIXED = (EACCES, EPERM, EBUSY)


def check_writable(path: Path) -> None:
    """Check before long work that ``write_whole`` can write a file; leave nothing behind.

    Raises:
        SettingsError: the file can't be written.
    """
    try:
        place = followed(path)
        if isinstance(place, int) or not is_replaceable(place):
            check_permission(place)
            return
        folder = place.absolute().parent
        while not folder.exists():
            folder = folder.parent
        _check_folder(folder, place)
    except OSError as error:
        raise _unwritable(path, error) from error


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file so that a reader, or a crash, sees the old content or the new one.

    Links are followed, and a file that is there keeps its permissions. A device, a FIFO, a file
    with several names and an open file of this process (/dev/stdout) are written in place.

    Raises:
        SettingsError: the file can't be written.
        BrokenPipeError: the program that reads a pipe has ended.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        place = followed(path)
        if isinstance(place, int) or not is_replaceable(place):
            write_in_place(place, data)
        else:
            _replace(place, data)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(path, error) from error


def write_folder(folder: Path, contents: Mapping[str, bytes], *, force: bool) -> None:
    """Write a folder with these files and no others.

    Args:
        folder: the folder to write, or a link to it.
        contents: the content of each file by its relative path, with forward slashes.
        force: replace a folder that holds these files and no others.

    Raises:
        SettingsError: the folder can't be written, or it holds files that would be lost.
    """
    try:
        if folder.is_symlink():
            folder = folder.resolve()
        _check_free(folder, contents, force=force)
        if _is_in_use(folder):
            for path, content in contents.items():
                write_whole(folder / path, content)
        else:
            _replace_folder(folder, contents)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _replace(path: Path, data: bytes) -> None:
    """Write a new file, and put it in the place of the old one."""
    # Named before it exists, so that Ctrl-C at any point removes it.
    temporary = path.parent / f".wann-edge-{secrets.token_hex(8)}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            _keep_owner_and_mode(path, file.fileno())
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.errno not in _FIXED or not path.exists():
            raise
        write_in_place(path, data)
    finally:  # after Ctrl-C too
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _keep_owner_and_mode(old: Path, new: int) -> None:
    """Give an open new file the owner and the permissions of the old one, where there is one."""
    with suppress(FileNotFoundError):
        was, now = old.stat(), os.fstat(new)
        if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
            os.fchown(new, was.st_uid, was.st_gid)
        os.fchmod(new, stat.S_IMODE(was.st_mode))


def _replace_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write a new folder, and put it in the place of the old one."""
    token = secrets.token_hex(8)
    made, old = (folder.parent / f".wann-edge-{token}.{which}" for which in ("new", "old"))
    try:
        for path, content in contents.items():
            write_whole(made / path, content)
            _copy_mode(folder / path, made / path)
        _copy_mode(folder, made)
        if folder.exists():
            folder.replace(old)
        made.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:  # after Ctrl-C too
        with suppress(OSError):
            if old.exists() and not folder.exists():
                old.replace(folder)
        for left in (made, old):
            shutil.rmtree(left, ignore_errors=True)


def _copy_mode(old: Path, new: Path) -> None:
    if old.exists():
        shutil.copymode(old, new)


def _is_in_use(folder: Path) -> bool:
    """Return whether a folder must stay: a mount point, or the current folder or one above it."""
    if not folder.is_dir():
        return False
    return folder.is_mount() or Path.cwd().is_relative_to(folder.resolve())


def _check_folder(folder: Path, file: Path) -> None:
    """Raise OSError unless a file can be made in a folder, or is there and can be written."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".wann-edge-"):
            pass
    except OSError as error:
        if error.errno not in _FIXED or not file.exists():
            raise
        check_permission(file)


def _check_free(folder: Path, contents: Mapping[str, bytes], *, force: bool) -> None:
    """Raise SettingsError if writing the folder would lose a file."""
    if folder.exists() and not folder.is_dir():
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
