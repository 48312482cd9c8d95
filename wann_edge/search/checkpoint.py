"""Checkpoints: the state of a search in two files, written in turn and each as a whole."""

from __future__ import annotations

import zlib
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from wann_edge.errors import NetworkError, SettingsError
from wann_edge.search.search_state import SearchState
from wann_edge.search.state_checks import check_state
from wann_edge.system.files import write_whole
from wann_edge.system.interrupts import ctrl_c_waits
from wann_edge.system.jsonfile import read_bytes, short

VERSION = 2
# Written in turn, so that a damaged file leaves the one before.
NAMES = ("checkpoint-0.json", "checkpoint-1.json")
# Thirty thousand networks of the size that a search begins with.
MAX_BYTES = 64 * 2**20

_STATE = TypeAdapter(SearchState)
_VERSION = TypeAdapter(dict[str, object])
_UNSUPPORTED = "a checkpoint of an unsupported file version"
_ANEW = "start a new search from its networks with --start {}"


@ctrl_c_waits()
def save(folder: Path, state: SearchState) -> None:
    """Write the state over the older of the two checkpoints: a checksum, then JSON.

    Raises:
        SettingsError: the folder can't be written to.
    """
    content = _STATE.dump_json(state)
    name = NAMES[(len(state.history) - 1) % len(NAMES)]
    write_whole(folder / name, f"{zlib.crc32(content):08x}\n".encode() + content)


def load(folder: Path) -> SearchState:
    """Return the newest complete state.

    Raises:
        SettingsError: there is none, or its file version is unsupported.
    """
    states = [state for name in NAMES if (state := _read(folder / name)) is not None]
    if not states:
        raise SettingsError(
            "holds no complete checkpoint", where=str(folder), remedy="start anew with --force"
        )
    return max(states, key=lambda state: len(state.history))


def _read(path: Path) -> SearchState | None:
    """Return the state in a file; None where the file is missing or damaged."""
    if not path.exists():
        return None
    try:
        checksum, _, content = read_bytes(path, MAX_BYTES).partition(b"\n")
    except NetworkError as error:
        raise SettingsError(
            error.what, where=str(path), remedy=_ANEW.format(path.parent)
        ) from error
    content = content.rstrip()  # an editor, or a copy to Windows, may add a line end
    if checksum.strip() != f"{zlib.crc32(content):08x}".encode():
        return None
    return _valid(content, path)


def _valid(content: bytes, path: Path) -> SearchState:
    """Return the state of a whole file; raises SettingsError where no search can be in it."""
    try:
        state = _STATE.validate_json(content)
        if state.version == VERSION:
            check_state(state)
            return state
        what = _UNSUPPORTED
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"]))
        is_valid = fault["type"] != "missing" and _version(content) == VERSION
        what = f"not valid: {short(place)}: {short(fault['msg'])}" if is_valid else _UNSUPPORTED
    except SettingsError as error:
        is_valid = _version(content) == VERSION
        what = f"not valid: {error.where}: {short(error.what)}" if is_valid else _UNSUPPORTED
    raise SettingsError(what, where=str(path), remedy=_ANEW.format(path.parent))


def _version(content: bytes) -> object:
    """Return the version in a file, whatever else it contains."""
    try:
        return _VERSION.validate_json(content).get("version")
    except ValidationError:
        return None


def remove(folder: Path) -> None:
    """Delete the checkpoints."""
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)
