"""Record: the files of a search. docs/search.md describes each."""

from __future__ import annotations

import csv
import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cached_property
from importlib.metadata import version
from io import StringIO
from pathlib import Path

from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.network.file import to_json
from wann_edge.search import checkpoint, front
from wann_edge.search.archive import Tested
from wann_edge.search.generation_weights import with_best_weights
from wann_edge.search.progress import Progress
from wann_edge.search.settings import Settings
from wann_edge.system.files import write_whole
from wann_edge.system.interrupts import ctrl_c_waits

RUN = "run.json"
FILES = ("champion.json", front.NAME, "history.csv", RUN)
EVENT_FILES = "events.out.tfevents.*"

# The limits of a run are the same in every row: they are in run.json.
HISTORY_COLUMNS = tuple(Progress.__dataclass_fields__)[:-2]


class Record:
    """The folder that a search writes to. Every file is written whole or not at all.

    Raises SettingsError when it can't be written to, and ``begin`` when it holds a run
    already and may not be overwritten.

    task: the search's. final_task: the one that champions are for.
    """

    def __init__(self, folder: Path, task: str, final_task: str, settings: Settings) -> None:
        self.folder = folder
        self._task, self._final_task = task, final_task
        self._settings = settings

    def begin(self, *, overwrite: bool) -> None:
        """Marks the folder as a run's, and takes an earlier run's files away."""
        if (self.folder / RUN).exists() and not overwrite:
            raise SettingsError(
                "holds a run already",
                where=str(self.folder),
                remedy="choose another folder, or pass --force or --resume",
            )
        self._write_run("running", None)
        for name in FILES[:-1]:
            (self.folder / name).unlink(missing_ok=True)
        for events in self.folder.glob(EVENT_FILES):
            events.unlink()
        checkpoint.remove(self.folder)

    @ctrl_c_waits()
    def save(self, stopped: str, history: Sequence[Progress], champion: Tested) -> None:
        """Writes the champion, the history and the run's state."""
        self._write("champion.json", to_json(self.shipped(champion)))
        self._write("history.csv", _table(history))
        self._write_run(stopped, history[-1])

    @ctrl_c_waits()
    def save_front(self, found: Sequence[Tested]) -> None:
        """Writes the best network of each complexity."""
        entries = tuple(front.Entry(self.shipped(t), t.complexity, t.mean) for t in found)
        self._write(front.NAME, front.to_json(front.Front(self._settings.complexity, entries)))

    def discard(self) -> None:
        """Takes the run's mark away, where a search ends with nothing found."""
        (self.folder / RUN).unlink(missing_ok=True)

    def shipped(self, tested: Tested) -> Network:
        """The network with its best weights, and where it comes from.

        Neither the clock nor the number of workers is in it: same seed, same file.
        """
        provenance = {**self._origin, "scores": asdict(tested.scores)}
        network = with_best_weights(tested.network, tested.scores, self._settings)
        return replace(network, provenance=provenance, task=self._final_task)

    @cached_property
    def _origin(self) -> dict[str, object]:
        """What all networks of a run tell of it."""
        return {
            "version": version("wann-edge"),
            "seed": self._settings.seed,
            "settings": _told(self._settings, "seed", "workers"),
        }

    def _write_run(self, stopped: str, last: Progress | None) -> None:
        document = {
            "task": self._task,
            "stopped": stopped,
            "progress": None if last is None else asdict(last),
            "settings": _told(self._settings),
            "versions": {
                "wann_edge": version("wann-edge"),
                "python": platform.python_version(),
                "numpy": version("numpy"),
            },
            "machine": platform.platform(),
        }
        self._write(RUN, json.dumps(document, indent=1) + "\n")

    def _write(self, name: str, text: str) -> None:
        write_whole(self.folder / name, text)


def _told(settings: Settings, *unsaid: str) -> dict[str, object]:
    """The settings as files tell them; what the search started from as a count and a sum.

    Each network of a front would hold all those of another; the checkpoint does hold them.
    """
    told = settings.model_dump(mode="json", exclude={*unsaid})
    if "start" in told:
        text = json.dumps(told["start"], separators=(",", ":"))
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        told["start"] = {"networks": len(told["start"]), "sha256": sha256}
    return told


def _table(history: Sequence[Progress]) -> str:
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HISTORY_COLUMNS)
    rows.writerows([getattr(progress, name) for name in HISTORY_COLUMNS] for progress in history)
    return text.getvalue()
