"""The command ``wann-edge search``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from wann_edge.cli.arguments import genomes_at, named_task, task_in_file
from wann_edge.cli.choices import COMPLEXITIES, PRESETS, listed
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.options import TASK, Disturb, Folder, Force, Seed, TimeLimit, Workers
from wann_edge.cli.search_settings import end_settings, episode_settings, weight_settings
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.search.progress import Progress
    from wann_edge.search.run import SearchResult
    from wann_edge.search.settings import Settings
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
        if changes or start is not None:
            raise SettingsError(
                "a resumed run keeps its weights and episodes, and its start",
                where="--resume",
                remedy="leave these options out, or start a new run",
            )
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
    task = named_task(name)
    if start is not None:
        changes["start"] = genomes_at(start, task)
    settings = preset(preset_name or usual_preset(task), **changes)
    log = _event_file(out) if with_log else None
    return _report(search_with_progress(name, settings, out, force=force, log=log), out)


def _resume(folder: Path, ends: dict[str, object], *, with_log: bool) -> ExitCode:
    from wann_edge.search import checkpoint

    state = checkpoint.load(folder)
    task_in_file(state.task, {}, str(folder))
    settings = state.settings.model_copy(update=ends)
    log = _event_file(folder, state.history) if with_log else None
    result = search_with_progress(state.task, settings, folder, resume=True, log=log)
    return _report(result, folder)


def _event_file(folder: Path, history: Sequence[Progress] = ()) -> EventFile:
    """Open the history for TensorBoard; raises MissingError where its library is missing."""
    from wann_edge.search.tensorboard import EventFile

    return EventFile(folder, history)


def search_with_progress(
    task: str,
    settings: Settings,
    out: Path,
    *,
    force: bool = False,
    resume: bool = False,
    log: EventFile | None = None,
) -> SearchResult:
    """Run a search under a live line.

    Args:
        task: the task's name, or the C file of a plant.
        settings: the settings of the search.
        out: the run folder.
        force: replace the files of an earlier run.
        resume: continue the run in the folder.
        log: also receives every generation; it is closed at the end.
    """
    from wann_edge.cli.progress_lines import search_line
    from wann_edge.search.run import run_search

    with ExitStack() as stack:
        if log is not None:
            stack.callback(log.close)
        show = stack.enter_context(search_line())

        def on_generation(standing: Progress) -> None:
            show(standing)
            if log is not None:
                log(standing)

        return run_search(
            task, settings, out, on_generation=on_generation, overwrite=force, resume=resume
        )


def _report(result: SearchResult, out: Path) -> ExitCode:
    from wann_edge.cli.progress_lines import speed
    from wann_edge.cli.tables import print_scores, say

    single = result.champion.weights is not None
    print_scores(result.scores, "champion, on validation episodes", single=single)
    say(f"stopped by: {result.stopped}")
    say(f"time: {result.evaluating:.0%} for evaluation; {speed(result.progress)}")
    say(f"champion: {size_of(result)}")
    say(f"files: {out}/champion.json, pareto.json, history.csv, run.json")
    say(f"front: wann-edge show {out}")
    say(f"next: wann-edge verify {out}/champion.json")
    return ExitCode.INTERRUPTED if result.stopped == "interrupted" else ExitCode.OK


def size_of(result: SearchResult) -> str:
    """Describe the champion's size: "21 connections, 9 hidden nodes"."""
    network = result.champion
    return f"{len(network.edges)} connections, {network.hidden_count} hidden nodes"
