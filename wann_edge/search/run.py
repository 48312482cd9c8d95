"""The search: generations until an end, a champion, and files."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path

from wann_edge.errors import SettingsError
from wann_edge.evaluate import Scores
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.search import checkpoint
from wann_edge.search.archive import Validated
from wann_edge.search.progress import Progress
from wann_edge.search.run_folder import RunFolder
from wann_edge.search.running_search import RunningSearch
from wann_edge.search.settings import Settings
from wann_edge.search.task_record import record_of
from wann_edge.task import Task, final_task, load_task
from wann_edge.task.disturbances import NONE
from wann_edge.task.disturbed import disturbed
from wann_edge.task.fingerprint import task_hashes
from wann_edge.task.practice import Practice, practised
from wann_edge.task.scaling import chosen_scale, measured_statistics, scaled

OnGeneration = Callable[[Progress], None]
OnPart = Callable[[float], None]

SAVE_EVERY_S = 10.0
# The seconds that validating the front may add to a search that was stopped.
FINISH_S = 1.0


@dataclass(frozen=True)
class SearchResult:
    """The result of a search.

    Attributes:
        champion: the champion with its best weights.
        scores: its scores on the validation episodes.
        front: the best network of each complexity; the last one is the champion.
        stopped: "generations", "time limit" or "interrupted".
        progress: the progress at the end.
        evaluating: the share of the workers' time, in this call, that was evaluation, 0 to 1.
    """

    champion: Network
    scores: Scores
    front: tuple[Validated, ...]
    stopped: str
    progress: Progress
    evaluating: float


def run_search(
    task: Task | str,
    settings: Settings,
    out_dir: Path,
    *,
    on_generation: OnGeneration | None = None,
    on_part: OnPart | None = None,
    overwrite: bool = False,
    resume: bool = False,
) -> SearchResult:
    """Search until the generations are done, the time is up or Ctrl-C, and write the files.

    Args:
        task: a task, picklable for more than one worker, or the name of a registered one.
        settings: the settings.
        out_dir: the run folder.
        on_generation: called after each generation or round.
        on_part: called with the share of a generation or round that is done, 0 to 1.
        overwrite: overwrite a run that is in the folder.
        resume: continue from the last checkpoint in the folder; the settings may differ from
            those of the run in the limits and the number of workers only.

    Raises:
        SettingsError: the folder holds a run and neither ``overwrite`` nor ``resume`` is set;
            there is no checkpoint to resume, or it has other settings or another task; or the
            time is too short for one generation.
        TaskError: the task fails.
        KeyboardInterrupt: interrupted before the first generation was done.
    """
    if resume:
        settings = _scaled_as(checkpoint.load(out_dir).settings, settings)
    else:
        settings = _with_scale(task, settings)
    loaded = _loaded(task)
    with Engine(_changed(task, settings), settings.workers) as engine:
        engine.on_part = on_part
        folder = RunFolder(
            folder=out_dir,
            task=engine.spec.name,
            final_task=engine.final_name,
            settings=settings,
            hashes=task_hashes(final_task(loaded)),
        )
        search = RunningSearch(engine, settings, record_of(loaded))
        with folder.locked(), _rescued(search, folder):
            if resume:
                search.restore(checkpoint.load(out_dir), str(out_dir))
            else:
                folder.begin(overwrite=overwrite)
            return _run(search, folder, engine, on_generation, lambda: _changed(task, settings))


def _run(
    search: RunningSearch,
    folder: RunFolder,
    engine: Engine,
    on_generation: OnGeneration | None,
    task: Callable[[], Task | str],
) -> SearchResult:
    stopped = "failed"
    try:
        stopped = _until_stopped(search, folder, on_generation)
    finally:
        _keep(search, folder, stopped)
    evaluating = search.evaluating
    if stopped == "generations":
        search.validate_front(engine)
    elif search.seconds_to_validate_front() <= FINISH_S:
        # Workers that were broken off are gone, and starting others takes longer.
        search.validate_front(engine if engine.ready else Engine(task()))
    _keep(search, folder, stopped)
    front = search.archive.front()
    return SearchResult(
        champion=folder.shipped(front[-1]),
        scores=front[-1].scores,
        front=tuple(front),
        stopped=stopped,
        progress=search.history[-1],
        evaluating=evaluating,
    )


@contextmanager
def _rescued(search: RunningSearch, folder: RunFolder) -> Iterator[None]:
    """Where the run folder is lost, write what was found to another one and name it."""
    try:
        yield
    except SettingsError as error:
        if not (folder.is_broken and search.history and search.archive.front()):
            raise
        other = folder.elsewhere()
        try:
            other.save_checkpoint()
            _keep(search, other, "failed")
        except SettingsError:
            shutil.rmtree(other.folder, ignore_errors=True)
            raise error from None
        raise SettingsError(
            f"{error.what}; what the search found is in {other.folder}",
            where=error.where,
            remedy=f"continue with: wann-edge search --resume {other.folder}",
        ) from error


def _changed(task: Task | str, settings: Settings) -> Task | str:
    """Return the task with the settings' scaling, disturbances and practice rules."""
    is_scaled = settings.scale not in (None, "none")
    if not is_scaled and settings.practice == Practice() and settings.disturbances == NONE:
        return task
    made = scaled(_loaded(task), settings.scale, settings.input_statistics)
    return practised(disturbed(made, settings.disturbances), settings.practice)


def _loaded(task: Task | str) -> Task:
    return load_task(task) if isinstance(task, str) else task


def _with_scale(task: Task | str, settings: Settings) -> Settings:
    """Return the settings with the task's scaling, measured where it has to be."""
    made = _loaded(task)
    scale, statistics = chosen_scale(made, settings.scale), settings.input_statistics
    if scale == "auto" and statistics is None:
        statistics = measured_statistics(made, settings.seed)
    return settings.model_copy(update={"scale": scale, "input_statistics": statistics})


def _scaled_as(begun: Settings, settings: Settings) -> Settings:
    """Return the settings with the scaling of the run that they resume."""
    if settings.scale not in (None, begun.scale):
        return settings
    same = {"scale": begun.scale, "input_statistics": begun.input_statistics}
    return settings.model_copy(update=same)


def _until_stopped(
    search: RunningSearch, folder: RunFolder, on_generation: OnGeneration | None
) -> str:
    """Run generations and return the reason of the end."""
    saved_s = -inf
    try:
        while search.generation != search.settings.generations:
            progress = search.advance()
            if on_generation is not None:
                on_generation(progress)
            folder.save_checkpoint(search.state())
            if time.monotonic() > saved_s + SAVE_EVERY_S:
                _keep(search, folder, "running")
                saved_s = time.monotonic()
    except TimeoutError as error:
        whole_steps = len(search.history)
        search.take_rest()
        if search.history:
            if not whole_steps:
                # There is no checkpoint yet; this one has the islands as they began.
                folder.save_checkpoint(search.state())
            return "time limit"
        raise SettingsError(
            f"{search.settings.time_limit_s} s is too short for one generation",
            where="time_limit_s",
            remedy="give more time, of which a finish takes its share, or a smaller population",
        ) from error
    except KeyboardInterrupt:
        if search.history:
            return "interrupted"
        raise
    return "generations"


def _keep(search: RunningSearch, folder: RunFolder, stopped: str) -> None:
    front = search.archive.front()
    if search.history and front:
        folder.save(stopped, search.history, front)
    elif not search.history:
        folder.discard()
