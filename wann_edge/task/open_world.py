"""Worlds are closed at the end of their use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol, TypeGuard, TypeVar

Opened = TypeVar("Opened")


class ClosableWorld(Protocol):
    """A world that holds something to release, such as a simulator, a process or a port."""

    def close(self) -> None:
        """Release everything."""
        ...


def _closes(world: object) -> TypeGuard[ClosableWorld]:
    return hasattr(world, "close")


def close(world: object) -> None:
    """Close a world that has something to release."""
    if _closes(world):
        world.close()


@contextmanager
def opened(world: Opened) -> Iterator[Opened]:
    """Close a world at the end of the block, also after an error or Ctrl-C.

    An error of the block is not replaced by one of ``close``.
    """
    try:
        yield world
    except BaseException:
        with suppress(Exception):
            close(world)
        raise
    close(world)
