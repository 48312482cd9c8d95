"""Run a search under a live line, and print its result."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from wann_edge.cli.exit_codes import ExitCode

if TYPE_CHECKING:
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
            task,
            settings,
            out,
            on_generation=on_generation,
            overwrite=force,
            resume=resume,
        )


def print_result(
    result: SearchResult, out: Path, task: Task, seed: int, held: float | None = None
) -> ExitCode:
    """Print the champion's scores, how it holds, and the files; return the exit code.

    Args:
        result: of the search.
        out: the run folder as the user gave it.
        task: of the search.
        seed: of the fresh episodes.
        held: the value of ``--held``.
    """
    from wann_edge.cli.held_report import print_held
    from wann_edge.cli.progress_lines import speed
    from wann_edge.cli.tables import print_scores, say

    single = result.champion.weights is not None
    print_scores(result.scores, "champion, on validation episodes", single=single)
    if result.stopped != "interrupted":
        print_held(result.champion, task, seed, held)
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
