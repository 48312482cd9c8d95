"""Event files for TensorBoard: a scalar for each column of history.csv.

Importing this module raises MissingError if the library is not installed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from wann_edge.errors import MissingError, SettingsError
from wann_edge.search.progress import Progress
from wann_edge.search.run_folder import EVENT_FILES, HISTORY_COLUMNS

try:
    from tensorboardX.event_file_writer import EventsWriter
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.summary_pb2 import Summary
except ModuleNotFoundError as error:
    raise MissingError(
        f"{error.name} is not installed",
        where="TensorBoard",
        remedy='pip install "wann-edge[tensorboard]"',
    ) from error


class EventFile:
    """Appends the progress of a search to an event file; use it as ``on_generation``.

    The step of a row is its evaluations, and its time follows the clock of the run. Each row is
    flushed at once. Methods raise SettingsError when the file can't be written to.
    """

    def __init__(self, folder: Path, history: Sequence[Progress] = ()) -> None:
        """Args:
        folder: the run folder.
        history: the rows of a resumed run; they are written again with its first row, so that
            no row is missing or there twice.
        """
        self._folder = folder
        self._writer: EventsWriter | None = None
        self._before = history

    def __call__(self, progress: Progress) -> None:
        """Append the row of a generation or a round."""
        self._write([*self._before, progress])
        self._before = ()

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()

    def _write(self, rows: Sequence[Progress]) -> None:
        try:
            if self._writer is None:
                self._started_s = time.time() - rows[-1].elapsed_s
                self._writer = self._opened()
            for row in rows:
                self._writer.write_event(self._event(row))
            self._writer.flush()
        except OSError as error:
            raise SettingsError(
                f"can't write an event file: {error.strerror}",
                where=str(self._folder),
                remedy="check the folder's permissions and the free space",
            ) from error

    def _opened(self) -> EventsWriter:
        """Return a new file in place of the existing ones."""
        for old in self._folder.glob(EVENT_FILES):
            old.unlink()
        return EventsWriter(str(self._folder / "events"))

    def _event(self, row: Progress) -> Event:
        values = [
            Summary.Value(tag=name, simple_value=getattr(row, name)) for name in HISTORY_COLUMNS
        ]
        time_s = self._started_s + row.elapsed_s
        return Event(wall_time=time_s, step=row.evaluations, summary=Summary(value=values))
