"""The run folder: the files that a search writes. docs/search.md describes each."""

from __future__ import annotations

import csv
import hashlib
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cached_property
from importlib.metadata import version
from io import StringIO
from pathlib import Path

from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.network.file import to_json
from wann_edge.search import checkpoint, front
from wann_edge.search.archive import Validated
from wann_edge.search.drawn_weights import with_best_weights
from wann_edge.search.progress import Progress
from wann_edge.search.search_state import SearchState
from wann_edge.search.settings import Settings
from wann_edge.system.files import write_whole
from wann_edge.system.folder_lock import FolderLock, locked
from wann_edge.system.interrupts import ctrl_c_waits
from wann_edge.system.private_folders import new_folder_near
from wann_edge.task.trusted import FINGERPRINT, file_sha256

RUN, CHAMPION = "run.json", "champion.json"
# What a finish writes: the network that a search hands over, and all it was chosen from.
FINISH_FILES = CONTROLLER, CONTROLLERS = "controller.json", "controllers.json"
FILES = (CHAMPION, front.NAME, "history.csv", RUN)
EVENT_FILES = "events.out.tfevents.*"

# Without the limits of the run, which are the same in every row and stand in run.json.
HISTORY_COLUMNS = tuple(Progress.__dataclass_fields__)[:-2]


class RunFolder:
    """The folder that a search writes to. Every file is written as a whole or not at all.

    Attributes:
        folder: the folder.
        is_broken: whether writing has failed.

    Methods that write raise SettingsError when the folder can't be written to.
    """

    def __init__(
        self,
        folder: Path,
        task: str,
        final_task: str,
        settings: Settings,
        hashes: Mapping[str, str] | None = None,
    ) -> None:
        """Args:
        folder: the folder.
        task: the name of the task that the search runs.
        final_task: the name of the task that champions are for.
        settings: the settings of the search.
        hashes: of the networks' files, beyond their own: "task" where it has a fingerprint.
        """
        self.folder = folder
        self.is_broken = False
        self._task, self._final_task = task, final_task
        self._settings, self._hashes = settings, hashes or {}
        self._state: SearchState | None = None
        self._lock: FolderLock | None = None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder for the block. Raises SettingsError if another search has locked it."""
        with locked(self.folder) as self._lock:
            yield

    def elsewhere(self) -> RunFolder:
        """Create a folder beside this one for the same run."""
        folder = new_folder_near(self.folder)
        other = RunFolder(
            folder=folder,
            task=self._task,
            final_task=self._final_task,
            settings=self._settings,
            hashes=self._hashes,
        )
        other._state = self._state
        return other

    def begin(self, *, overwrite: bool) -> None:
        """Mark the folder as a run's, and delete the files of an earlier run.

        Raises:
            SettingsError: it holds a run that may not be overwritten.
        """
        if not overwrite:
            self._check_free()
        self._write_run("running", None)
        for name in (*FILES[:-1], *FINISH_FILES):
            (self.folder / name).unlink(missing_ok=True)
        for events in self.folder.glob(EVENT_FILES):
            events.unlink()
        checkpoint.remove(self.folder)

    def _check_free(self) -> None:
        """Raise SettingsError if the folder holds a run, or a file that this one would replace."""
        if (self.folder / RUN).exists():
            raise SettingsError(
                "holds a run already",
                where=str(self.folder),
                remedy="choose another folder, or pass --force or --resume",
            )
        files = [name for name in (*FILES, *FINISH_FILES) if (self.folder / name).exists()]
        if files:
            raise SettingsError(
                f"the folder holds a file that the run would replace: {files[0]}",
                where=str(self.folder),
                remedy="choose another folder, or pass --force",
            )

    @ctrl_c_waits()
    def save(self, stopped: str, history: Sequence[Progress], found: Sequence[Validated]) -> None:
        """Write the front, its champion, the history and the state of the run.

        Args:
            stopped: why the search stopped, or "running".
            history: of the search.
            found: the front; the last one is the champion.
        """
        entries = tuple(front.FrontEntry(self.shipped(v), v.complexity, v.mean) for v in found)
        self._write(front.NAME, front.to_json(front.Front(self._settings.complexity, entries)))
        self._write(CHAMPION, to_json(entries[-1].network))
        self._write("history.csv", _table(history))
        self._write_run(stopped, history[-1])

    def save_checkpoint(self, state: SearchState | None = None) -> None:
        """Write a checkpoint of this state, or the last one again."""
        self._state = state = state or self._state
        if state is None:
            return
        with self._writing():
            checkpoint.save(self.folder, state)

    def discard(self) -> None:
        """Delete the mark of a run, for a search that ends without a network."""
        (self.folder / RUN).unlink(missing_ok=True)

    def shipped(self, validated: Validated) -> Network:
        """Return a network with its best weights and its provenance.

        The provenance contains no time and no number of workers: same seed, same file.
        """
        provenance = {**self._origin, "scores": asdict(validated.scores)}
        network = with_best_weights(validated.network, validated.scores, self._settings)
        return replace(
            network,
            provenance=provenance,
            task=self._final_task,
            hashes=self._hashes,
        )

    @cached_property
    def _origin(self) -> dict[str, object]:
        """The part of the provenance that all networks of a run share."""
        found = file_sha256(self._final_task)
        return {
            "version": version("wann-edge"),
            **({} if found is None else {FINGERPRINT: found}),
            "seed": self._settings.seed,
            "settings": _document(self._settings, "seed", "workers"),
        }

    def _write_run(self, stopped: str, last: Progress | None) -> None:
        document = {
            "task": self._task,
            "stopped": stopped,
            "progress": None if last is None else asdict(last),
            "settings": _document(self._settings),
            "versions": {
                "wann_edge": version("wann-edge"),
                "python": platform.python_version(),
                "numpy": version("numpy"),
            },
            "machine": platform.platform(),
        }
        self._write(RUN, json.dumps(document, indent=1) + "\n")

    def _write(self, name: str, text: str) -> None:
        with self._writing():
            write_whole(self.folder / name, text)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Check that the folder is still there, and note when it can't be written to."""
        try:
            if self._lock is not None:
                self._lock.check()
            yield
        except SettingsError:
            self.is_broken = True
            raise


def _document(settings: Settings, *excluded: str) -> dict[str, object]:
    """Return the settings for a file, with the start as a count and a checksum.

    Otherwise each network of a front would contain all networks of the start; the checkpoint
    contains them.
    """
    document = settings.model_dump(mode="json", exclude={*excluded})
    if "start" in document:
        text = json.dumps(document["start"], separators=(",", ":"))
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        document["start"] = {"networks": len(document["start"]), "sha256": sha256}
    return document


def _table(history: Sequence[Progress]) -> str:
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HISTORY_COLUMNS)
    rows.writerows([getattr(progress, name) for name in HISTORY_COLUMNS] for progress in history)
    return text.getvalue()
