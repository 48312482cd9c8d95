"""The errors that reach a user: what is wrong, where, and what to do.

WannError
├── NetworkError    a network or a network file is not valid
├── SettingsError   a setting or an argument is not valid
├── TaskError       a task fails, or does not fit the network
├── ExportError     a network can't be written in a format
├── VerifyError     an artefact can't be built or run, so it can't be verified
├── ToolError       a compiler or the temporary folder fails, so nothing can be concluded
├── LinkError       a device can't be reached, or runs another network
└── MissingError    an optional part is not installed
"""

from __future__ import annotations


class WannError(Exception):
    """One line for the user: ``where: what; remedy``.

    Attributes:
        what: what is wrong, in a few words.
        where: the file, the option or the field that is wrong.
        remedy: what the user can do.
        details: the output of another tool, such as a compiler, shown below the line.
        origin: the traceback in the worker process that raised it; empty in this process.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "", details: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy
        self.details = details
        self.origin = ""

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        line = f"{line}; {self.remedy}" if self.remedy else line
        return " ".join(line.split())


class NetworkError(WannError):
    """A network or a network file is not valid."""


class SettingsError(WannError):
    """A setting or an argument is not valid."""


class TaskError(WannError):
    """A task fails, or does not fit the network."""


class UntrustedTaskError(TaskError):
    """A file names a task whose code this user has not run before."""


class ExportError(WannError):
    """A network can't be written in a format."""


class VerifyError(WannError):
    """An artefact can't be built or run, so it can't be verified."""


class ToolError(WannError):
    """A compiler or the temporary folder fails, so nothing can be concluded about an artefact."""


class LinkError(WannError):
    """A device can't be reached, or runs another network."""


class MissingError(WannError):
    """An optional part is not installed: ``what`` names it, and the remedy installs it."""
