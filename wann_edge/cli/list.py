"""The command ``wann-edge list``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, cast

import typer

from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.options import Json
from wann_edge.cli.tables import print_json, print_table, say, table

if TYPE_CHECKING:
    from wann_edge.system.needs import ListEntry

EXAMPLE = "targets"

# The kinds of names as the user calls them, and as the registry does.
KINDS = {"targets": "targets", "formats": "exporters", "tasks": "tasks"}


class Registered(NamedTuple):
    """One registered name.

    Attributes:
        name: the name.
        summary: a description in a few words; "" where its module can't be imported.
        missing: the parts that are not installed, by the line that installs them.
        fault: why it can't be imported, and what to do; "" where it can.
    """

    name: str
    summary: str
    missing: dict[str, list[str]]
    fault: str = ""

    @property
    def is_available(self) -> bool:
        """Whether all parts are installed."""
        return not self.missing and not self.fault


_Kind = Annotated[Literal["targets", "formats", "tasks"], typer.Argument(help="What to list.")]


def command(
    kind: _Kind,
    as_json: Json = False,
) -> int:
    """List the targets to verify on, the formats to export to, or the tasks.

    For each one that can't be used here it shows the missing part and the line that
    installs it.
    """
    found = entries(kind)
    if as_json:
        rows = [{**entry._asdict(), "available": entry.is_available} for entry in found]
        print_json({kind: rows})
        return ExitCode.OK
    _print(kind, found)
    return ExitCode.OK


def entries(kind: str) -> list[Registered]:
    """Describe all registered names of a kind, a key of KINDS."""
    from wann_edge.registry import registered

    return [_entry(KINDS[kind], name) for name in registered(KINDS[kind])]


def _entry(kind: str, name: str) -> Registered:
    """Describe one name, even where its module can't be imported."""
    from wann_edge.errors import MissingError
    from wann_edge.registry import load
    from wann_edge.system.needs import absent

    try:
        made = cast("Callable[[], ListEntry]", load(kind, name))()
        return Registered(name, made.summary, absent(made.needs))
    except MissingError as error:
        return Registered(name, "", {}, f"{error.what}; {error.remedy}")
    except Exception as error:  # another package's defect must not hide the other names
        fault = f"{type(error).__name__}: {error}; correct or reinstall its package"
        return Registered(name, "", {}, " ".join(fault.split()))


def _print(kind: str, found: list[Registered]) -> None:
    """Print a row for each name, and below a line for each command that installs parts."""
    made = table(kind.removesuffix("s"), "here", "what it is")
    for column in made.columns:
        column.justify, column.no_wrap = "left", False
    for entry in found:
        here = "[green]yes[/]" if entry.is_available else "[red]no[/]"
        made.add_row(entry.name, here, entry.summary)
    print_table(made)
    for entry in found:
        if entry.fault:
            say(f"{entry.name}: {entry.fault}")
    for install in dict.fromkeys(line for entry in found for line in entry.missing):
        lacking = [entry for entry in found if install in entry.missing]
        names = ", ".join(entry.name for entry in lacking)
        parts = ", ".join(dict.fromkeys(p for entry in lacking for p in entry.missing[install]))
        say(f"{names}: {parts} not installed; {install}")
