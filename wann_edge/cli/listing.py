"""``wann-edge list``: what is registered, and whether it can be used here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple, cast

from rich import box
from rich.table import Table

from wann_edge.cli.show import console
from wann_edge.errors import MissingError
from wann_edge.registry import load, registered
from wann_edge.system.needs import Listed, absent

# What the user calls them -> what the registry does.
KINDS = {"targets": "targets", "formats": "exporters", "tasks": "tasks"}


class Entry(NamedTuple):
    """One name. missing: what is not installed, by the line that installs it."""

    name: str
    summary: str
    missing: dict[str, list[str]]

    @property
    def is_available(self) -> bool:
        """Whether it can be used here."""
        return not self.missing


def entries(kind: str) -> list[Entry]:
    """All of a kind, of KINDS."""
    return [_entry(KINDS[kind], name) for name in registered(KINDS[kind])]


def _entry(kind: str, name: str) -> Entry:
    """Even what can't be imported here is listed."""
    try:
        made = cast("Callable[[], Listed]", load(kind, name))()
    except MissingError as error:
        return Entry(name, "", {error.remedy: [error.what]})
    except ModuleNotFoundError as error:
        return Entry(name, "", {f"pip install {error.name}": [str(error.name)]})
    return Entry(name, made.summary, absent(made.needs))


def run_list(kind: str, *, as_json: bool) -> int:
    """Prints a row a name; what is missing below, once for each line that installs it."""
    found = entries(kind)
    if as_json:
        rows = [{**entry._asdict(), "available": entry.is_available} for entry in found]
        print(json.dumps({kind: rows}, indent=2))
        return 0
    made = Table(box=box.SIMPLE_HEAD)
    for column in (kind.removesuffix("s"), "here", "what it is"):
        made.add_column(column)
    for entry in found:
        here = "[green]yes[/]" if entry.is_available else "[red]no[/]"
        made.add_row(entry.name, here, entry.summary)
    console.print(made)
    for install in dict.fromkeys(line for entry in found for line in entry.missing):
        lacking = [entry for entry in found if install in entry.missing]
        names = ", ".join(entry.name for entry in lacking)
        parts = ", ".join(dict.fromkeys(p for entry in lacking for p in entry.missing[install]))
        print(f"{names}: {parts} not installed; {install}")
    return 0
