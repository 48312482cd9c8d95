"""Checkpoint: a search's state in files, written whole in turn."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from wann_edge.errors import SettingsError
from wann_edge.search.state import State
from wann_edge.system.files import write_whole
from wann_edge.system.interrupts import ctrl_c_waits

VERSION = 2
# Written in turn, so that a file that was torn leaves the one before.
NAMES = ("checkpoint-0.json", "checkpoint-1.json")


_STATE = TypeAdapter(State)


@ctrl_c_waits()
def save(folder: Path, state: State) -> None:
    """Writes the state over the older of the two checkpoints: a check sum, then JSON.

    Raises SettingsError when the folder can't be written to.
    """
    content = _STATE.dump_json(state)
    name = NAMES[(len(state.history) - 1) % len(NAMES)]
    write_whole(folder / name, f"{zlib.crc32(content):08x}\n".encode() + content)


def load(folder: Path) -> State:
    """The newest state that was written whole.

    Raises SettingsError where there is none, or one of another version.
    """
    states = [state for name in NAMES if (state := _read(folder / name)) is not None]
    if not states:
        raise SettingsError(
            "holds no whole checkpoint", where=str(folder), remedy="start anew with --force"
        )
    return max(states, key=lambda state: len(state.history))


def _read(path: Path) -> State | None:
    """The state of one file; None where it is missing or torn."""
    try:
        checked, _, content = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"can't read: {error.strerror}", where=str(path)) from error
    if checked != f"{zlib.crc32(content):08x}".encode():
        return None
    with suppress(ValidationError, SettingsError):
        state = _STATE.validate_json(content)
        if state.version == VERSION:
            return state
    raise SettingsError(
        "a checkpoint of another version of wann-edge",
        where=str(path),
        remedy=f"begin a new search from what it found, with --start {path.parent}",
    )


def remove(folder: Path) -> None:
    """Takes the checkpoints away."""
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)
