"""What a process keeps open between two uses, such as an environment that is slow to make."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Idle:
    """At most one thing, kept open for its next use while a block allows it.

    A simulator may need a port or a licence that only one instance can hold, so whoever makes
    another instance calls ``release`` first.
    """

    def __init__(self) -> None:
        self._kept: tuple[object, object, Callable[[], None]] | None = None
        self._blocks = 0

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Keep things in this block, and close the last one at its end."""
        self._blocks += 1
        try:
            yield
        finally:
            self._blocks -= 1
            if not self._blocks:
                self.release()

    def keep(self, key: object, thing: object, close: Callable[[], None]) -> None:
        """Keep a thing under a key, or close it where none is kept."""
        if self._kept is not None and self._kept[1] is thing:
            return
        if self._blocks and self._kept is None:
            self._kept = key, thing, close
        else:
            close()

    def take(self, key: object) -> object | None:
        """Return what is kept under this key, and close what is kept under another."""
        if self._kept is not None and self._kept[0] is key:
            thing, self._kept = self._kept[1], None
            return thing
        self.release()
        return None

    def release(self) -> None:
        """Close what is kept."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept[2]()


idle = Idle()
atexit.register(idle.release)
