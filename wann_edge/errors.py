"""The errors that reach a user: what was wrong, where, and what to do.

WannError
├── NetworkError    a network, or a file of one, is not valid
├── SettingsError   a setting or an argument is not valid
├── TaskError       a task is unknown, or does not fit the network
├── ExportError     a network can't be written in a format
├── VerifyError     an artefact can't be built or run, so nothing can be said of it
├── LinkError       a device can't be reached, or is not the one that is meant
└── MissingError    an optional part is not installed
"""

from __future__ import annotations


class WannError(Exception):
    """One line for the user: ``where: what; remedy``.

    details: the lines of another tool, such as a compiler, to be shown as they are.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "", details: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy
        self.details = details

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        line = f"{line}; {self.remedy}" if self.remedy else line
        return " ".join(line.split())

    def __reduce__(self) -> tuple[object, ...]:
        """Keyword arguments survive the way back from a worker process."""
        return (_rebuild, (type(self), self.what, self.where, self.remedy, self.details))


def _rebuild(kind: type[WannError], what: str, where: str, remedy: str, details: str) -> WannError:
    return kind(what, where=where, remedy=remedy, details=details)


class NetworkError(WannError):
    """A network, or a file of one, is not valid."""


class SettingsError(WannError):
    """A setting or an argument is not valid."""


class TaskError(WannError):
    """A task is unknown, or does not fit the network."""


class ExportError(WannError):
    """A network can't be written in a format."""


class VerifyError(WannError):
    """An artefact can't be built or run, so nothing can be said of it."""


class LinkError(WannError):
    """A device can't be reached, or is not the one that is meant."""


class MissingError(WannError):
    """An optional part is not installed; the remedy is the line that installs it."""
