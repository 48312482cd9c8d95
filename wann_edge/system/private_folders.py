"""Folders whose files no other user can replace: for code that is compiled, kept and loaded."""

from __future__ import annotations

import grp
import os
import pwd
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from wann_edge.errors import SettingsError


def is_private(folder: Path) -> bool:
    """Return whether only this user and root can replace a file in a folder."""
    places = [(place, place.stat()) for place in (folder.resolve(), *folder.resolve().parents)]
    owners = {0, os.geteuid()}
    return all(
        facts.st_uid in owners
        # In a folder with the sticky bit, such as /tmp, others can't move what is ours.
        and (not _others_write(facts) or (index > 0 and facts.st_mode & stat.S_ISVTX))
        for index, (_, facts) in enumerate(places)
    )


def check_private(folder: Path) -> None:
    """Check the folder of a library that is to be loaded.

    Raises:
        SettingsError: other users can replace files in the folder.
    """
    if not is_private(folder):
        raise SettingsError(
            "other users can replace files in this folder",
            where=str(folder),
            remedy="set TMPDIR to a folder that only you can write to",
        )


def new_folder_near(folder: Path) -> Path:
    """Create a folder with a new name beside a folder that is lost, or where that is possible.

    Raises:
        SettingsError: it can't be created anywhere.
    """
    for place in (folder.absolute().parent, Path(tempfile.gettempdir())):
        with suppress(OSError):
            return Path(tempfile.mkdtemp(prefix=f"{folder.name}-rescued-", dir=place))
    raise SettingsError("can't write", where=str(folder), remedy="free space, or set TMPDIR")


def user_cache(name: str) -> Path | None:
    """Return a folder in the user's cache, ``~/.cache/wann-edge``; create it if it is missing.

    Returns:
        The folder; None if it can't be written to, or if others can write to it.
    """
    try:
        given = Path(os.environ.get("XDG_CACHE_HOME", ""))
        base = given if given.is_absolute() else Path.home() / ".cache"
        base.mkdir(parents=True, exist_ok=True)
        for folder in (base / "wann-edge", base / "wann-edge" / name):
            folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder if is_private(folder) else None
    except (OSError, RuntimeError):  # RuntimeError: the user has no home folder
        return None


def _others_write(facts: os.stat_result) -> bool:
    """Return whether others can write; the group of the user's own name has no other members."""
    if not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return False
    try:
        own = grp.getgrgid(facts.st_gid).gr_name == pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        own = False
    return bool(facts.st_mode & stat.S_IWOTH) or not own
