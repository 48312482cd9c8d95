"""A lock on a folder, which the system releases when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wann_edge.errors import SettingsError


class FolderLock:
    """A folder that no other process can lock."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self._folder = folder
        self._descriptor = descriptor

    def check(self) -> None:
        """Raise SettingsError if the folder was deleted or replaced since it was locked."""
        try:
            same = os.path.samestat(self._folder.stat(), os.fstat(self._descriptor))
        except OSError:
            same = False
        if not same:
            raise SettingsError(
                "the folder was deleted or replaced",
                where=str(self._folder),
                remedy="keep the folder until its search has ended",
            )


@contextmanager
def locked(folder: Path) -> Iterator[FolderLock]:
    """Create a folder if it is missing, and lock it for the block.

    Raises:
        SettingsError: another process has locked it, or it can't be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SettingsError(
            f"can't write: {error.strerror}", where=str(folder), remedy="choose another folder"
        ) from error
    try:
        _lock(descriptor, folder)
        yield FolderLock(folder, descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise SettingsError(
            "another search is running in this folder",
            where=str(folder),
            remedy="choose another folder with --out, or stop that search",
        ) from error
    except OSError:
        # Some network file systems can't lock a folder.
        return
