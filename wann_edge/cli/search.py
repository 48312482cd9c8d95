"""``wann-edge search``: settings from options, a live progress line, the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from wann_edge.cli.inspect import front_of
from wann_edge.cli.show import check_file_fit, console, print_scores, seconds_of
from wann_edge.errors import SettingsError
from wann_edge.network import file as network_file
from wann_edge.parallel.engine import cores
from wann_edge.search import checkpoint
from wann_edge.search.genome import Genome, genome_of
from wann_edge.search.progress import Progress as Standing
from wann_edge.search.run import SearchResult, run_search
from wann_edge.search.settings import Settings, preset, usual_preset
from wann_edge.system.jsonfile import located
from wann_edge.task import Task, load_task

if TYPE_CHECKING:
    from wann_edge.search.tensorboard import EventFile

INTERRUPTED = 130


def run_search_command(
    task: str | None,
    out: Path,
    *,
    preset_name: str | None,
    population: int | None,
    generations: int | None,
    time_limit: str | None,
    complexity: str | None,
    seed: int,
    workers: int | None,
    scoring: Mapping[str, object],
    start: Path | None,
    force: bool,
    tensorboard: bool,
) -> int:
    """Searches, then prints the champion's rewards and where the files are."""
    if task is None:
        raise SettingsError(
            "no task is named", where="search", remedy="try: wann-edge search swingup"
        )
    others = {**scoring} if complexity is None else {**scoring, "complexity": complexity}
    world = load_task(task)
    if start is not None:
        others["start"] = start_of(start, world)
    chosen = preset_name or usual_preset(world)
    settings = settings_of(chosen, population, generations, time_limit, seed, workers, others)
    log = _event_file(out) if tensorboard else None
    return _report(search_with_progress(task, settings, out, force=force, log=log), out)


def resume_command(
    folder: Path,
    generations: int | None,
    time_limit: str | None,
    workers: int | None,
    scoring: Mapping[str, object],
    start: Path | None,
    *,
    tensorboard: bool,
) -> int:
    """Goes on with the run in a folder, to its own end or another."""
    if scoring or start is not None:
        raise SettingsError(
            "a resumed run keeps its weights and episodes, and its start", where="--resume"
        )
    state = checkpoint.load(folder)
    changes = ends_of(generations, time_limit) | {"workers": workers or cores()}
    settings = state.settings.model_copy(update=changes)
    log = _event_file(folder, state.history) if tensorboard else None
    result = search_with_progress(state.task, settings, folder, resume=True, log=log)
    return _report(result, folder)


def start_of(path: Path, task: Task) -> tuple[Genome, ...]:
    """What a search starts from: a file's network, or all of the front in a folder.

    Raises NetworkError or SettingsError where there is none, TaskError where one does
    not fit the task.
    """
    if path.is_dir():
        networks = [entry.network for entry in front_of(path).entries]
    else:
        networks = [network_file.load(path)]
    for network in networks:
        check_file_fit(path, network, task)
    with located(str(path)):
        return tuple(genome_of(network.without_dead_nodes()) for network in networks)


def _event_file(folder: Path, history: Sequence[Standing] = ()) -> EventFile:
    """For TensorBoard. Raises MissingError where its library is not installed."""
    from wann_edge.search.tensorboard import EventFile

    return EventFile(folder, history)


def _report(result: SearchResult, out: Path) -> int:
    single = result.champion.weights is not None
    print_scores(result.scores, "champion, on validation episodes", single=single)
    print(f"stopped by: {result.stopped}")
    print(f"time: {result.evaluating:.0%} was evaluation; {rate(result.progress)}")
    print(f"champion: {size_of(result)}")
    print(f"files: {out}/champion.json, pareto.json, history.csv, run.json")
    print(f"front: wann-edge show {out}")
    print(f"next: wann-edge verify {out}/champion.json")
    return INTERRUPTED if result.stopped == "interrupted" else 0


def settings_of(
    preset_name: str,
    population: int | None,
    generations: int | None,
    time_limit: str | None,
    seed: int,
    workers: int | None,
    others: Mapping[str, object] | None = None,
) -> Settings:
    """The preset, with the options that were given. An end that was given replaces the preset's."""
    changes = ends_of(generations, time_limit) | {"seed": seed, "workers": workers or cores()}
    if population is not None:
        changes["population"] = population
    return preset(preset_name, **changes, **(others or {}))


def ends_of(generations: int | None, time_limit: str | None) -> dict[str, object]:
    """The settings of the end that was given; none where none was."""
    if generations is None and time_limit is None:
        return {}
    limit_s = None if time_limit is None else seconds_of(time_limit)
    return {"generations": generations, "time_limit_s": limit_s}


def size_of(result: SearchResult) -> str:
    """The champion's size in words."""
    network = result.champion
    return f"{len(network.edges)} connections, {network.hidden_count} hidden nodes"


def search_with_progress(
    task: str,
    settings: Settings,
    out: Path,
    *,
    force: bool = False,
    resume: bool = False,
    log: EventFile | None = None,
) -> SearchResult:
    """Searches under a live line of 80 columns: time left, generation, rewards, size, speed."""
    columns = (
        BarColumn(bar_width=8),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[standing]}"),
    )
    bar = Progress(*columns, console=console)
    row = bar.add_task("search", total=1.0, standing="")

    def on_generation(standing: Standing) -> None:
        _show(bar, row, standing)
        if log is not None:
            log(standing)

    try:
        return run_search(
            task,
            settings,
            out,
            on_generation=on_generation,
            overwrite=force,
            resume=resume,
        )
    finally:
        if bar.live.is_started:
            bar.stop()
        if log is not None:
            log.close()


def rate(standing: Standing) -> str:
    """Environment steps a second, in thousands or millions."""
    per_s = standing.steps_per_s
    return f"{per_s / 1e6:.0f} M steps/s" if per_s >= 1e6 else f"{per_s / 1e3:.1f} k steps/s"


def _show(bar: Progress, row: TaskID, standing: Standing) -> None:
    """The first generation starts the line, so that what is refused leaves none."""
    bar.start()
    text = (
        f"gen {standing.generation} best {standing.best_mean:.0f} mean {standing.mean_mean:.0f}"
        f" champion {standing.champion_mean:.0f} {standing.connections} conn."
        f" {rate(standing)}"
    )
    bar.update(row, completed=standing.share_done, standing=text)
