"""Needs: the parts that a target, a format or a task requires, and what installs them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from types import ModuleType
from typing import NamedTuple, Protocol

from wann_edge.errors import MissingError


class Need(NamedTuple):
    """One required part.

    Attributes:
        what: the part's name.
        install: the command that installs it.
        is_there: returns whether it is installed.
    """

    what: str
    install: str
    is_there: Callable[[], bool]


class ListEntry(Protocol):
    """What ``wann-edge list`` shows for a target, a format or a task."""

    @property
    def summary(self) -> str:
        """A description in a few words."""
        ...

    @property
    def needs(self) -> tuple[Need, ...]:
        """The parts that must be installed."""
        ...


def package(name: str, install: str, module: str = "") -> Need:
    """Make the need of a Python package.

    Args:
        name: the package's name.
        install: the command that installs it.
        module: the name to import, if it differs from the package's.
    """
    return Need(name, install, lambda: _has_module(module or name))


def _has_module(name: str) -> bool:
    """Return whether a module can be found; a folder that only has its name is none."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return False
    return spec is not None and getattr(spec, "origin", "") is not None


def import_fault(error: ImportError | AttributeError) -> MissingError | None:
    """Return what an error while a package is imported means; None where it is another error.

    Args:
        error: the package is not installed, or the module of this name is another package.
    """
    if isinstance(error, ImportError):
        name = error.name or ""
    else:
        name = error.obj.__name__ if isinstance(error.obj, ModuleType) else ""
    root = name.partition(".")[0]
    if root in ("", "wann_edge"):
        return None
    if not _has_module(root):
        return MissingError(f"{root} not installed", remedy=f"pip install {root}")
    place = getattr(sys.modules.get(root), "__file__", None) or getattr(error, "path", "?")
    return MissingError(
        f"the module {root} at {place} is broken, or is another package: {error}",
        remedy=f"remove or rename what else is named {root}, and reinstall the package",
    )


def tool(*names: str, install: str) -> Need:
    """Make the need of a program; any one of several names is enough."""
    return Need(" or ".join(names), install, lambda: any(map(shutil.which, names)))


def absent(needs: Iterable[Need]) -> dict[str, list[str]]:
    """Return the parts that are not installed, by the command that installs them."""
    found: dict[str, list[str]] = {}
    for need in needs:
        if not need.is_there():
            found.setdefault(need.install, []).append(need.what)
    return found


def demand(needs: Iterable[Need]) -> None:
    """Raise MissingError unless all parts are installed."""
    missing = absent(needs)
    if missing:
        what = ", ".join(name for names in missing.values() for name in names)
        raise MissingError(f"{what} not installed", remedy=" && ".join(missing))
