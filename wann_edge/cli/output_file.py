"""The file that an option such as ``--output`` names."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from wann_edge.cli.tables import say
from wann_edge.errors import SettingsError
from wann_edge.system.places import is_plain_file, is_standard_output

STANDARD_OUTPUT = "-"


class OutputFile:
    """A file to write. An existing one is overwritten, and ``note`` reports it.

    Args:
        given: the path as the user gives it.

    Attributes:
        path: absolute, so that an environment that changes the current folder changes nothing.
        note: ", overwritten" if there is such a file, else "".
    """

    def __init__(self, given: str) -> None:
        self._given = given
        self.path = Path(given).absolute()
        self.note = ", overwritten" if is_plain_file(self.path) else ""

    def __str__(self) -> str:
        """Return the path as the user gave it."""
        return self._given

    def report(self, line: str) -> None:
        """Print a line about the file."""
        say(line)


class StandardOutput(OutputFile):
    """Standard output in place of a file; lines about it go to standard error."""

    def __init__(self) -> None:
        super().__init__("/dev/stdout")

    def report(self, line: str) -> None:
        """Print a line on standard error."""
        say(line, file=sys.stderr)


def file_option(*names: str, help: str, parser: Callable[[str], OutputFile] | None = None) -> Any:  # noqa: ANN401 typer declares no type for it
    """Make the option of an output file; the default parser refuses "-"."""
    return typer.Option(*names, parser=parser or output_file, metavar="FILE", help=help)


def output_file(given: str) -> OutputFile:
    """Return the file that an option names; raises SettingsError if the name is not a file's."""
    if given in ("", STANDARD_OUTPUT) or given.endswith("/"):
        raise SettingsError(
            f"{given!r} names no file",
            where="output file",
            remedy="give the name of a file, such as ./out.json",
        )
    return OutputFile(given)


def output_folder(given: str) -> OutputFile:
    """Return the folder that an option names; raises SettingsError without a name."""
    if given in ("", STANDARD_OUTPUT):
        raise SettingsError(
            f"{given!r} names no folder",
            where="output folder",
            remedy="give the name of a folder, such as ./out",
        )
    return OutputFile(given)


def output_or_stdout(given: str) -> OutputFile:
    """Return the file of an option that also takes "-", or a name of standard output."""
    if given == STANDARD_OUTPUT or is_standard_output(Path(given).absolute()):
        return StandardOutput()
    return output_file(given)
