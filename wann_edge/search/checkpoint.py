"""Checkpoints: the state of a search in two files, written in turn and each as a whole."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from wann_edge.errors import SettingsError
from wann_edge.search.search_state import SearchState
from wann_edge.system.files import write_whole
from wann_edge.system.interrupts import ctrl_c_waits

VERSION = 2
# Written in turn, so that a damaged file leaves the one before.
NAMES = ("checkpoint-0.json", "checkpoint-1.json")


_STATE = TypeAdapter(SearchState)


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
    try:
        checksum, _, content = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(
            f"can't read: {error.strerror}", where=str(path), remedy="check the file's permissions"
        ) from error
    if checksum != f"{zlib.crc32(content):08x}".encode():
        return None
    with suppress(ValidationError, SettingsError):
        state = _STATE.validate_json(content)
        if state.version == VERSION:
            return state
    raise SettingsError(
        "a checkpoint of an unsupported file version",
        where=str(path),
        remedy=f"start a new search from its networks with --start {path.parent}",
    )


def remove(folder: Path) -> None:
    """Delete the checkpoints."""
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)
