"""The command ``wann-edge search``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from wann_edge.cli import search_options
from wann_edge.cli.arguments import (
    genomes_at,
    named_task,
    print_notes,
    task_in_file,
    with_arguments,
)
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.finish_report import (
    CORE,
    SHARE,
    WITHIN,
    Core,
    FinishOptions,
    FinishShare,
    Within,
    finish_and_print,
)
from wann_edge.cli.held_report import HeldReward
from wann_edge.cli.options import (
    TASK,
    Disturb,
    EnvArgs,
    Folder,
    Force,
    Json,
    PeriodOption,
    Quiet,
    ScaleOption,
    Seed,
    TimeLimit,
    Workers,
)
from wann_edge.cli.search_report import ReportOptions, search_with_progress
from wann_edge.cli.search_settings import end_settings, episode_settings, weight_settings
from wann_edge.cli.tables import say
from wann_edge.errors import SettingsError, UntrustedTaskError

if TYPE_CHECKING:
    from wann_edge.search.progress import Progress
    from wann_edge.search.search_state import SearchState
    from wann_edge.search.tensorboard import EventFile
    from wann_edge.task import Task

EXAMPLE = "swingup --preset fast --time-limit 60s --out my-run"


def command(
    task: Annotated[str | None, TASK] = None,
    preset: search_options.Preset = None,
    population: search_options.Population = None,
    islands: search_options.Islands = None,
    complexity: search_options.Complexity = None,
    generations: search_options.Generations = None,
    time_limit: TimeLimit = None,
    seed: Seed = 0,
    workers: Workers = None,
    weights: search_options.Weights = None,
    weights_per: search_options.WeightsPer = None,
    sampling: search_options.Sampling = None,
    draws: search_options.Draws = None,
    episodes: search_options.Episodes = None,
    first_heat: search_options.FirstHeat = None,
    finalists: search_options.Finalists = None,
    patience: search_options.Patience = None,
    reward_floor: search_options.RewardFloor = None,
    disturb: Disturb = None,
    scale: ScaleOption = None,
    env_arg: EnvArgs = None,
    dt: PeriodOption = None,
    start: search_options.Start = None,
    out: Folder = Path("wann-run"),
    force: Force = False,
    finish: FinishShare = SHARE,
    within: Within = WITHIN,
    core: Core = CORE,
    tensorboard: search_options.Tensorboard = False,
    resume: search_options.Resume = None,
    held: HeldReward = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> int:
    """Search for topologies that control a task with one shared weight.

    Writes champion.json, pareto.json (the best network of each complexity), history.csv
    and run.json, from the first round on. Then a finish tunes and prunes the linear law and
    the networks of the front, as they are and under mild disturbances. It writes the smallest
    good one as controller.json, and all good ones as controllers.json.

    The same seed and number of generations give the same files for any number of workers.
    Ctrl-C stops the search and keeps the champion so far; --resume continues it with the same
    result as a run without a break.

    Progress shows gen: generations done; best and mean: the rewards of the last generation's
    networks, each averaged over the shared weights; champion: that of the best network so far
    on validation episodes, whose curve follows; conn.: its connections; steps/s: control
    periods simulated per second; +40%: the share of the next round that is done. In a
    pipe, standard error receives a line a round.
    """
    from wann_edge.parallel.engine import cores

    changes = weight_settings(weights, weights_per, sampling, draws) | episode_settings(
        episodes=episodes,
        first_heat=first_heat,
        finalists=finalists,
        patience=patience,
        reward_floor=reward_floor,
        disturb=disturb,
    )
    given = {"islands": islands, "scale": scale}
    changes |= {name: value for name, value in given.items() if value is not None}
    report = ReportOptions(held, quiet=quiet or as_json, as_json=as_json)
    ends = end_settings(generations, time_limit) | {"workers": workers or cores()}
    ending = FinishOptions(finish, within, core)
    if resume is not None:
        kept = (start, preset, population, complexity, env_arg, dt)
        if changes or any(value is not None for value in kept):
            raise SettingsError(
                "a resumed run keeps its task, weights, episodes, start and settings",
                where="--resume",
                remedy="leave these options out, or start a new run",
            )
        _check_task(task, resume)
        return _resume(
            resume, ends, ending, report, is_named=task is not None, with_log=tensorboard
        )
    changes |= {"population": population} if population is not None else {}
    changes |= {"complexity": complexity} if complexity is not None else {}
    return _search(
        None if task is None else with_arguments(task, env_arg or (), dt),
        preset,
        {**ends, "seed": seed, **changes},
        ending,
        start=start,
        out=out,
        force=force,
        with_log=tensorboard,
        report=report,
    )


def _search(
    name: str | None,
    preset_name: str | None,
    changes: dict[str, object],
    ending: FinishOptions,
    *,
    start: Path | None,
    out: Path,
    force: bool,
    with_log: bool,
    report: ReportOptions,
) -> ExitCode:
    from wann_edge.search.settings import preset, usual_preset

    if name is None:
        raise SettingsError(
            "no task is named", where="search", remedy="try: wann-edge search swingup"
        )
    place, start = out.absolute(), start and start.absolute()
    task = named_task(name)
    print_notes(task)
    if start is not None:
        changes["start"] = genomes_at(start, task)
    settings = ending.shortened(preset(preset_name or usual_preset(task), **changes))
    log = _event_file(place) if with_log else None
    result = search_with_progress(name, settings, place, force=force, quiet=report.quiet, log=log)
    return finish_and_print(result, name, task, settings, ending, out, report)


def _check_task(named: str | None, folder: Path) -> None:
    """Raise SettingsError if a task is named that is not the one of the run in the folder."""
    from wann_edge.search import checkpoint

    if named is not None and named != (task := checkpoint.load(folder).task):
        raise SettingsError(
            f"the run in {folder} searches for {task}, not for {named}",
            where="--resume",
            remedy="leave out the task, or start a new run with --out",
        )


def _task_of_run(state: SearchState, folder: Path, *, is_named: bool) -> Task:
    """Load the task of a run; ``is_named``: the user has named it for this command."""
    from wann_edge.task.trusted import FINGERPRINT

    if state.record is None:
        note = "carries no fingerprint of its task, so changes of the task go unnoticed"
        say(f"wann-edge: {folder}: {note}", file=sys.stderr)
    if is_named:
        return named_task(state.task)
    provenance = {} if state.record is None else {FINGERPRINT: state.record.file_sha256}
    try:
        return task_in_file(state.task, provenance, str(folder))
    except UntrustedTaskError as error:
        remedy = f"if you trust that code: wann-edge search {state.task} --resume {folder}"
        raise UntrustedTaskError(error.what, where=error.where, remedy=remedy) from error


def _resume(
    folder: Path,
    ends: dict[str, object],
    ending: FinishOptions,
    report: ReportOptions,
    *,
    is_named: bool,
    with_log: bool,
) -> ExitCode:
    from wann_edge.search import checkpoint

    state = checkpoint.load(folder)
    task = _task_of_run(state, folder, is_named=is_named)
    settings = state.settings.model_copy(update=ends)
    if "time_limit_s" in ends:
        settings = ending.shortened(settings)
    place = folder.absolute()
    log = _event_file(place, state.history) if with_log else None
    result = search_with_progress(
        state.task, settings, place, resume=True, quiet=report.quiet, log=log
    )
    return finish_and_print(result, state.task, task, settings, ending, folder, report)


def _event_file(folder: Path, history: Sequence[Progress] = ()) -> EventFile:
    """Open the history for TensorBoard; raises MissingError where its library is missing."""
    from wann_edge.search.tensorboard import EventFile

    return EventFile(folder, history)
