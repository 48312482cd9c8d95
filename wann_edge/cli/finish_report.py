"""The finish of a search: its options, its run under a live line, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.choices import CORES, listed
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.tables import say

if TYPE_CHECKING:
    from wann_edge.cli.search_report import ReportOptions
    from wann_edge.finish.finishing import FinishResult, FinishSettings
    from wann_edge.search.run import SearchResult
    from wann_edge.search.settings import Settings
    from wann_edge.task import Task
    from wann_edge.task.held import Held

# What the options are unless they are given.
SHARE, WITHIN, CORE = 0.4, 0.01, "cortex-m4f"

FinishShare = Annotated[
    float,
    typer.Option(
        "--finish",
        min=0,
        max=0.9,
        metavar="SHARE",
        help="The share of the time or of the work that tunes and prunes the linear law and the "
        "networks of the front, and writes controller.json. 0 ends with the champion, as the "
        "paper does.",
    ),
]
Within = Annotated[
    float,
    typer.Option(
        min=0,
        max=0.5,
        metavar="SHARE",
        help="controller.json is the smallest controller within this share of the best one.",
    ),
]
Core = Annotated[
    str,
    typer.Option(help=f"The core whose flash and instructions are estimated: {listed(CORES)}."),
]


@dataclass(frozen=True)
class FinishOptions:
    """The options of a finish.

    Attributes:
        share: the share of the time or of the work that is the finish; 0 for none.
        within: a controller within this share of the best counts as equally good.
        core: the core whose cost is estimated.
    """

    share: float
    within: float
    core: str

    def shortened(self, settings: Settings) -> Settings:
        """Return the settings of a search that leaves its share of a time limit."""
        if settings.time_limit_s is None:
            return settings
        left_s = (1 - self.share) * settings.time_limit_s
        return settings.model_copy(update={"time_limit_s": left_s})

    def settings(
        self, result: SearchResult, searched: Settings, rule: Held | None
    ) -> FinishSettings:
        """Return the settings of a finish.

        Args:
            result: of the search.
            searched: the settings of the search.
            rule: when an episode is held.
        """
        from wann_edge.finish.finishing import MILD, FinishSettings
        from wann_edge.task.disturbances import NONE

        progress, ratio = result.progress, self.share / (1 - self.share)
        given, limit_s = searched.disturbances, searched.time_limit_s
        steps = ratio * progress.steps
        if limit_s is not None:
            steps = ratio * limit_s * progress.steps_per_s
        return FinishSettings(
            seed=searched.seed,
            steps=steps,
            time_limit_s=None if limit_s is None else ratio * limit_s,
            disturbances=MILD if given == NONE else given,
            within=self.within,
            core=self.core,
            rule=rule,
        )


def finish_and_print(
    result: SearchResult,
    name: str,
    task: Task,
    searched: Settings,
    options: FinishOptions,
    out: Path,
    report: ReportOptions,
) -> ExitCode:
    """Run the finish of a search unless it was interrupted, and print what both found.

    Args:
        result: of the search.
        name: the task's name, or the C file of a plant.
        task: the task.
        searched: the settings of the search.
        options: of the finish.
        out: the run folder.
        report: what to show.
    """
    from wann_edge.cli.held_report import rule_of
    from wann_edge.cli.search_report import print_result

    if result.stopped == "interrupted" or not options.share:
        return print_result(result, out, task, searched.seed, report)
    settings = options.settings(result, searched, rule_of(task, report.held))
    try:
        finished = finish_with_progress(
            name, result, settings, searched.workers, quiet=report.quiet
        )
    except KeyboardInterrupt:
        if report.as_json:
            print_result(result, out, task, searched.seed, report)
        else:
            say(f"interrupted during the finish; the champion: {out}/champion.json")
        return ExitCode.INTERRUPTED
    save_finished(finished, out)
    return print_result(result, out, task, searched.seed, report, finished)


def finish_with_progress(
    task: str, result: SearchResult, settings: FinishSettings, workers: int, *, quiet: bool = False
) -> FinishResult:
    """Run the finish of a search under a live line.

    Args:
        task: the task's name, or the C file of a plant.
        result: of the search.
        settings: of the finish.
        workers: processes.
        quiet: show no progress.
    """
    from wann_edge.cli.progress_lines import finish_line
    from wann_edge.finish.finishing import finish
    from wann_edge.parallel.engine import Engine

    networks = [one.network for one in result.front[:-1]]
    with finish_line(quiet=quiet) as on_progress, Engine(task, workers) as engine:
        return finish([*networks, result.champion], engine, settings, on_progress)


def save_finished(finished: FinishResult, out: Path) -> None:
    """Write controller.json and controllers.json."""
    from wann_edge.finish.controllers_file import to_json
    from wann_edge.network import file as network_file
    from wann_edge.search.run_folder import CONTROLLER, CONTROLLERS
    from wann_edge.system.files import write_whole

    network_file.save(finished.controller.network, out / CONTROLLER)
    write_whole(out / CONTROLLERS, to_json(finished))
