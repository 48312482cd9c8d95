"""Run a search under a live line, and print its result."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wann_edge.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from wann_edge.finish.finishing import FinishResult
    from wann_edge.search.progress import Progress
    from wann_edge.search.run import SearchResult
    from wann_edge.search.settings import Settings
    from wann_edge.search.tensorboard import EventFile
    from wann_edge.task import Task


def search_with_progress(
    task: str,
    settings: Settings,
    out: Path,
    *,
    force: bool = False,
    resume: bool = False,
    quiet: bool = False,
    log: EventFile | None = None,
) -> SearchResult:
    """Run a search under a live line.

    Args:
        task: the task's name, or the C file of a plant.
        settings: the settings of the search.
        out: the run folder.
        force: replace the files of an earlier run.
        resume: continue the run in the folder.
        quiet: show no progress.
        log: also receives every generation; it is closed at the end.
    """
    from wann_edge.cli.progress_lines import search_line
    from wann_edge.search.run import run_search

    with ExitStack() as stack:
        if log is not None:
            stack.callback(log.close)
        show, show_part = stack.enter_context(search_line(task, settings.time_limit_s, quiet=quiet))

        def on_generation(standing: Progress) -> None:
            show(standing)
            if log is not None:
                log(standing)

        return run_search(
            task,
            settings,
            out,
            on_generation=on_generation,
            on_part=show_part,
            overwrite=force,
            resume=resume,
        )


class ReportOptions(NamedTuple):
    """What a search shows.

    Attributes:
        held: the value of ``--held``.
        quiet: show no progress.
        as_json: print the result as JSON.
    """

    held: float | None = None
    quiet: bool = False
    as_json: bool = False


def print_result(
    result: SearchResult,
    out: Path,
    task: Task,
    seed: int,
    report: ReportOptions,
    finished: FinishResult | None = None,
) -> ExitCode:
    """Print what the search found, how it holds, and the files; return the exit code.

    Args:
        result: of the search.
        out: the run folder as the user gave it.
        task: of the search.
        seed: of the fresh episodes.
        report: what to show.
        finished: the result of the finish; None without one.
    """
    from wann_edge.cli.finish_table import print_finished
    from wann_edge.cli.held_report import print_held
    from wann_edge.cli.progress_lines import speed
    from wann_edge.cli.tables import print_json, print_scores, say
    from wann_edge.finish.controllers_file import document_of

    is_whole = result.stopped != "interrupted"
    code = ExitCode.OK if is_whole else ExitCode.INTERRUPTED
    if report.as_json:
        found = {}
        if finished is not None:
            found = {"finish": document_of(finished, with_networks=False)}
        print_json({**_document(result, out, task, seed, report.held), **found})
        return code
    single = result.champion.weights is not None
    print_scores(result.scores, "champion, on validation episodes", single=single)
    if finished is not None:
        print_finished(finished)
    if is_whole:
        network = result.champion if finished is None else finished.controller.network
        print_held(network, task, seed, report.held)
    say(f"stopped by: {result.stopped}")
    say(f"time: {result.evaluating:.0%} for evaluation; {speed(result.progress)}")
    say(f"champion: {size_of(result)}")
    name = "champion.json" if finished is None else "controller.json"
    more = "" if finished is None else "controller.json, controllers.json, "
    say(f"files: {out}/{more}champion.json, pareto.json, history.csv, run.json")
    say(f"front: wann-edge show {out}")
    say(f"next: wann-edge verify {out}/{name}")
    return code


def _document(
    result: SearchResult, out: Path, task: Task, seed: int, held: float | None
) -> dict[str, object]:
    """Return the result as JSON; the fresh episodes are null after Ctrl-C."""
    from wann_edge.cli.held_report import fresh_document, fresh_of

    champion, fresh, rule = result.champion, None, None
    if result.stopped != "interrupted":
        fresh, rule = fresh_of(champion, task, seed, held)
    return {
        "task": task.spec.name,
        "seed": seed,
        "run": str(out),
        "stopped": result.stopped,
        "evaluating": result.evaluating,
        **asdict(result.progress),
        "shared_weight": champion.shared_weight,
        "scores": asdict(result.scores),
        "mean_of_weights": result.scores.mean_of_weights,
        "held_when": None if rule is None else rule.when,
        **fresh_document(fresh),
    }


def size_of(result: SearchResult) -> str:
    """Describe the champion's size: "21 connections, 9 hidden nodes"."""
    network = result.champion
    return f"{len(network.edges)} connections, {network.hidden_count} hidden nodes"
