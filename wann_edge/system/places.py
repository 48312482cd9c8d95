"""Where a path leads: to a file that can be replaced, or to a place that is written in place."""

from __future__ import annotations

import os
import stat
import time
from errno import EISDIR, ELOOP, ENXIO
from pathlib import Path

from wann_edge.system.standard_output import STDOUT, descriptor_of

# How long a FIFO may wait for a program that reads it.
READER_WAIT_S = 2.0
_MOST_LINKS = 40


def followed(path: Path) -> Path | int:
    """Follow the links of a path.

    Returns:
        The path of the file, or the number of this process's open file that the path names,
        such as 1 for /dev/stdout.

    Raises:
        OSError: the links form a circle.
    """
    for _ in range(_MOST_LINKS):
        parent = os.path.realpath(path.parent)
        if parent.startswith(f"/proc/{os.getpid()}/") and parent.endswith("/fd"):
            return int(path.name) if path.name.isdecimal() else path
        if parent.startswith("/proc/") or not path.is_symlink():
            return path
        path = path.parent / path.readlink()
    raise OSError(ELOOP, os.strerror(ELOOP))


def is_plain_file(path: Path) -> bool:
    """Return whether writing to a path overwrites a file: not an open one, nor a device."""
    try:
        place = followed(path)
    except OSError:
        return False
    return isinstance(place, Path) and place.is_file()


def is_standard_output(path: Path) -> bool:
    """Return whether a path names this process's standard output, as /dev/fd/1 does."""
    try:
        return followed(path) == STDOUT
    except OSError:
        return False


def is_replaceable(path: Path) -> bool:
    """Return whether a new file may take the place of this one.

    A device, a FIFO and a file with several names are written in place instead.

    Raises:
        OSError: the path is a folder, or a file that may not be written.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return not os.path.realpath(path.parent).startswith("/proc/")
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    check_permission(path)
    is_plain = stat.S_ISREG(found.st_mode) and found.st_nlink == 1
    return is_plain and not os.path.realpath(path.parent).startswith("/proc/")


def check_permission(place: Path | int) -> None:
    """Raise OSError unless this process may write to a file that is there."""
    if isinstance(place, int):
        os.write(descriptor_of(place), b"")
    elif not os.access(place, os.W_OK):
        with place.open("ab"):  # raises the error with the system's reason
            pass


def write_in_place(place: Path | int, data: bytes) -> None:
    """Write to an open file of this process, or to a device, a FIFO or a file that is there."""
    if isinstance(place, int):
        _write_all(descriptor_of(place), data)
        return
    descriptor = _opened(place)
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _opened(place: Path) -> int:
    if not stat.S_ISFIFO(place.stat().st_mode):
        return os.open(place, os.O_WRONLY | os.O_TRUNC)
    end = time.monotonic() + READER_WAIT_S
    while True:
        try:
            descriptor = os.open(place, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != ENXIO:
                raise
            if time.monotonic() > end:
                raise OSError(ENXIO, "no program reads this FIFO") from error
            time.sleep(0.01)
        else:
            os.set_blocking(descriptor, True)
            return descriptor
