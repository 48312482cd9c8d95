"""Needs: what a target, a format or a task must find installed, and what installs it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import NamedTuple, Protocol

from wann_edge.errors import MissingError


class Need(NamedTuple):
    """One part. install: the line that installs it. is_there: looks whether it is installed."""

    what: str
    install: str
    is_there: Callable[[], bool]


class Listed(Protocol):
    """What ``wann-edge list`` says of a target, a format or a task."""

    @property
    def summary(self) -> str:
        """What it is, in a few words."""
        ...

    @property
    def needs(self) -> tuple[Need, ...]:
        """What must be installed."""
        ...


def package(name: str, install: str, module: str = "") -> Need:
    """A Python package; module: what it is imported as, if not by its name."""
    return Need(name, install, lambda: find_spec(module or name) is not None)


def tool(*names: str, install: str) -> Need:
    """A program, of several one that serves as well."""
    return Need(" or ".join(names), install, lambda: any(map(shutil.which, names)))


def absent(needs: Iterable[Need]) -> dict[str, list[str]]:
    """What is not installed: for each line that installs something, what it would bring."""
    found: dict[str, list[str]] = {}
    for need in needs:
        if not need.is_there():
            found.setdefault(need.install, []).append(need.what)
    return found


def demand(needs: Iterable[Need]) -> None:
    """Raises MissingError unless all parts are there."""
    missing = absent(needs)
    if missing:
        what = ", ".join(name for names in missing.values() for name in names)
        raise MissingError(f"{what} not installed", remedy=" && ".join(missing))
