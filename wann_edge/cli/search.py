"""The command ``wann-edge search``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from wann_edge.cli.arguments import genomes_at, named_task, task_in_file
from wann_edge.cli.choices import COMPLEXITIES, PRESETS, listed
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.options import TASK, Disturb, Folder, Force, Seed, TimeLimit, Workers
from wann_edge.cli.search_report import print_result, search_with_progress
from wann_edge.cli.search_settings import end_settings, episode_settings, weight_settings
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.search.progress import Progress
    from wann_edge.search.tensorboard import EventFile

EXAMPLE = "swingup --preset fast --time-limit 60s --out my-run"


_Preset = Annotated[
    str | None,
    typer.Option(
        help=f"The settings to start from: {listed(PRESETS)}. Default: fast for a task that "
        "the kernel simulates, else slow."
    ),
]
_Population = Annotated[int | None, typer.Option(min=2, help="Networks in a generation.")]
_Islands = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Independent populations, the worse of which are eliminated round by round. "
        "Needs a preset with fixed episodes (fast or diverse). With --start, one per worker "
        "is a good number. Default: the preset's; fast has 8.",
    ),
]
_Complexity = Annotated[
    str | None,
    typer.Option(
        help=f"What the front weighs against reward: {listed(COMPLEXITIES)}. Default: connections."
    ),
]
_Generations = Annotated[int | None, typer.Option(min=1, help="Stop after this many generations.")]
_Weights = Annotated[
    str | None,
    typer.Option(
        help="Weights to score with: a list such as -2,-1,1,2, or a distribution to draw from: "
        "uniform:-2,2, normal:0,1 (mean, standard deviation) or log-uniform:0.1,3 (magnitude; "
        "either sign). Default: the paper's six, -2,-1,-0.5,0.5,1,2."
    ),
]
_WeightsPer = Annotated[
    Literal["rollout", "generation"] | None,
    typer.Option(
        help="Draw a weight for each rollout, or keep each for all episodes of a generation. "
        "Default: rollout."
    ),
]
_Sampling = Annotated[
    Literal["shared", "per-connection"] | None,
    typer.Option(
        help="Draw one weight for all connections, or one for each connection. Default: shared."
    ),
]
_Draws = Annotated[
    int | None,
    typer.Option(min=1, max=1000, help="How many weights to draw. Default: 6."),
]
_Episodes = Annotated[
    int | None,
    typer.Option(min=1, help="Episodes for each weight. Default: the preset's; fast has 8."),
]
_FirstHeat = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="For preset diverse: run this many episodes of a candidate first, then double "
        "the number as long as it keeps up with its niche. Default: all episodes at once.",
    ),
]
_Finalists = Annotated[
    str | None,
    typer.Option(
        metavar="COUNT:EPISODES",
        help="Run more episodes of the best candidates of each generation, such as 32:3. For "
        "tasks whose episodes are slow and differ much.",
    ),
]
_Patience = Annotated[
    str | None,
    typer.Option(
        metavar="STEPS:REWARD",
        help="While searching, end an episode when this many steps earn less than this "
        "reward, such as 150:3.",
    ),
]
_RewardFloor = Annotated[
    float | None,
    typer.Option(
        help="While searching, clamp each step's reward from below: with -1, a step that "
        "earns -100 counts as -1."
    ),
]
_Start = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="Start from the front of this run folder, or from this network file, instead of "
        "random networks.",
    ),
]
_Tensorboard = Annotated[
    bool, typer.Option("--tensorboard", help="Also write the history for TensorBoard.")
]
_Resume = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Continue the run in this folder, to its own limit or to a new one.",
    ),
]


def command(
    task: Annotated[str | None, TASK] = None,
    preset: _Preset = None,
    population: _Population = None,
    islands: _Islands = None,
    complexity: _Complexity = None,
    generations: _Generations = None,
    time_limit: TimeLimit = None,
    seed: Seed = 0,
    workers: Workers = None,
    weights: _Weights = None,
    weights_per: _WeightsPer = None,
    sampling: _Sampling = None,
    draws: _Draws = None,
    episodes: _Episodes = None,
    first_heat: _FirstHeat = None,
    finalists: _Finalists = None,
    patience: _Patience = None,
    reward_floor: _RewardFloor = None,
    disturb: Disturb = None,
    start: _Start = None,
    out: Folder = Path("wann-run"),
    force: Force = False,
    tensorboard: _Tensorboard = False,
    resume: _Resume = None,
) -> int:
    """Search for topologies that control a task with one shared weight.

    Writes champion.json, pareto.json (the best network of each complexity), history.csv
    and run.json. The same seed and number of generations give the same champion for any
    number of workers. Ctrl-C stops the search and keeps the champion so far; --resume
    continues it with the same result as a run without a break.
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
    if islands is not None:
        changes["islands"] = islands
    ends = end_settings(generations, time_limit) | {"workers": workers or cores()}
    if resume is not None:
        kept = (start, preset, population, complexity)
        if changes or any(value is not None for value in kept):
            raise SettingsError(
                "a resumed run keeps its weights and episodes, its start and its settings",
                where="--resume",
                remedy="leave these options out, or start a new run",
            )
        _check_task(task, resume)
        return _resume(resume, ends, with_log=tensorboard)
    changes |= {"population": population} if population is not None else {}
    changes |= {"complexity": complexity} if complexity is not None else {}
    return _search(
        task,
        preset,
        {**ends, "seed": seed, **changes},
        start=start,
        out=out,
        force=force,
        with_log=tensorboard,
    )


def _search(
    name: str | None,
    preset_name: str | None,
    changes: dict[str, object],
    *,
    start: Path | None,
    out: Path,
    force: bool,
    with_log: bool,
) -> ExitCode:
    from wann_edge.search.settings import preset, usual_preset

    if name is None:
        raise SettingsError(
            "no task is named", where="search", remedy="try: wann-edge search swingup"
        )
    place, start = out.absolute(), start and start.absolute()
    task = named_task(name)
    if start is not None:
        changes["start"] = genomes_at(start, task)
    settings = preset(preset_name or usual_preset(task), **changes)
    log = _event_file(place) if with_log else None
    result = search_with_progress(name, settings, place, force=force, log=log)
    return print_result(result, out)


def _check_task(named: str | None, folder: Path) -> None:
    """Raise SettingsError if a task is named that is not the one of the run in the folder."""
    from wann_edge.search import checkpoint

    if named is not None and named != (task := checkpoint.load(folder).task):
        raise SettingsError(
            f"the run in {folder} searches for {task}, not for {named}",
            where="--resume",
            remedy="leave out the task, or start a new run with --out",
        )


def _resume(folder: Path, ends: dict[str, object], *, with_log: bool) -> ExitCode:
    from wann_edge.search import checkpoint

    state = checkpoint.load(folder)
    task_in_file(state.task, {}, str(folder))
    settings = state.settings.model_copy(update=ends)
    place = folder.absolute()
    log = _event_file(place, state.history) if with_log else None
    result = search_with_progress(state.task, settings, place, resume=True, log=log)
    return print_result(result, folder)


def _event_file(folder: Path, history: Sequence[Progress] = ()) -> EventFile:
    """Open the history for TensorBoard; raises MissingError where its library is missing."""
    from wann_edge.search.tensorboard import EventFile

    return EventFile(folder, history)
