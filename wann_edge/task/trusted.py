"""Which tasks a file may name without asking: registered ones, and code that this user has named.

A network file or a checkpoint may come from elsewhere. A task that it names can be a C file,
which is compiled and run, or a module, which is imported.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from importlib.machinery import PathFinder
from pathlib import Path

from wann_edge.errors import NetworkError, UntrustedTaskError
from wann_edge.registry import registered
from wann_edge.system.jsonfile import read_bytes
from wann_edge.system.private_folders import user_cache
from wann_edge.task.protocols import file_ending

# The key in a network's provenance.
FINGERPRINT = "task_sha256"
_CACHE = "known-tasks"
# Names given in this process, for where the cache can't be written to.
_named: set[str] = set()


def runs_own_code(name: str) -> bool:
    """Return whether loading a task runs code that no installed package has registered."""
    if name in registered("tasks"):
        return False
    if file_ending(name) in registered("task_files"):
        return True
    simulator, colon, rest = name.partition("@")[0].partition(":")
    return bool(colon) and (simulator not in registered("simulators") or ":" in rest)


def file_sha256(name: str) -> str | None:
    """Return the SHA-256 of the file that defines a task; None where there is none."""
    source = _source(name) if runs_own_code(name) else None
    return None if source is None else hashlib.sha256(source[1]).hexdigest()


def is_known(name: str) -> bool:
    """Return whether this user has named a task before, as its file is now."""
    record = _record(name) if runs_own_code(name) else None
    return name in _named or (record is not None and record.exists())


def remember(name: str) -> None:
    """Note that this user has named a task, so that files may name it from now on."""
    _named.add(name)
    record = _record(name) if runs_own_code(name) else None
    if record is not None:
        record.touch()


def check_trusted(name: str, provenance: Mapping[str, object], where: str) -> None:
    """Check that a task that a file names may run without asking.

    Args:
        name: the task's name.
        provenance: of the network that names it.
        where: the file, for the error message.

    Raises:
        UntrustedTaskError: this user has not named the task before, as its file is now.
    """
    if not runs_own_code(name) or is_known(name):
        return
    changed = provenance.get(FINGERPRINT) not in (None, file_sha256(name))
    raise UntrustedTaskError(
        f"it names the task {name}, whose code "
        + ("has changed since the search" if changed else "you have not run before"),
        where=where,
        remedy=f"if you trust that code, name it yourself once: --task {name}",
    )


def _record(name: str) -> Path | None:
    """Return the empty file that notes a task: its name is a hash of the code and its place.

    The place counts because code may include or import other files beside it.
    """
    folder, source = user_cache(_CACHE), _source(name)
    if folder is None or source is None:
        return None
    place, content = source
    key = hashlib.sha256(os.fsencode(place.resolve()) + b"\0" + content)
    return folder / key.hexdigest()


def _source(name: str) -> tuple[Path, bytes] | None:
    """Return the file that defines a task and its content; it is not run."""
    if file_ending(name) in registered("task_files"):
        path = Path(name)
    else:
        simulator, _, rest = name.partition(":")
        module = rest.partition(":")[0] if simulator in registered("simulators") else simulator
        found = PathFinder.find_spec(module.partition(".")[0], [*sys.path, os.getcwd()])
        if found is None or found.origin is None:
            return None
        path = Path(found.origin)
    try:
        return path, read_bytes(path)
    except NetworkError:
        return None
