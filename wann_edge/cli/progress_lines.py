"""Live lines that show how far a command has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from wann_edge.cli.live_line import brief, live_line
from wann_edge.cli.tables import console, progress_console

if TYPE_CHECKING:
    from wann_edge.finish.finishing import FinishProgress, OnFinish
    from wann_edge.search.progress import Progress as SearchProgress
    from wann_edge.tune.core import OnTuningProgress, TuningProgress


def counting_bar() -> Progress:
    """Make a bar on standard error: the case that runs, how many are done, and the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeRemainingColumn(compact=True),
        console=progress_console,
        redirect_stdout=False,
    )


def _bar(*columns: ProgressColumn, transient: bool = False, disable: bool = False) -> Progress:
    """Make a bar on standard error, or on standard output where that alone is a terminal."""
    return Progress(
        *columns,
        console=progress_console if progress_console.is_terminal else console,
        transient=transient,
        disable=disable,
        redirect_stdout=False,
    )


@contextmanager
def tuning_line(name: str, *, quiet: bool = False) -> Iterator[OnTuningProgress]:
    """Show a tuning: candidates tried, the best reward so far and its curve, and the time left.

    Args:
        name: what is tuned.
        quiet: show nothing.

    Yields:
        A callback for every candidate.
    """
    with live_line(name, every_s=5.0, quiet=quiet) as line:

        def on_progress(standing: TuningProgress) -> None:
            text = f"{standing.evaluations} evaluations  best {brief(standing.best)}"
            line.show(standing, text, standing.best)

        yield on_progress


@contextmanager
def search_line(
    task: str, time_limit_s: float | None, *, quiet: bool = False
) -> Iterator[tuple[Callable[[SearchProgress], None], Callable[[float], None]]]:
    """Show a search: time left, generation, rewards, size of the champion, speed, its curve.

    Args:
        task: the task's name.
        time_limit_s: the time limit, or None.
        quiet: show nothing.

    Yields:
        A callback for every row of the history, and one for the share of the next row that is
        done.
    """
    with live_line(f"search {task}", time_limit_s=time_limit_s, quiet=quiet) as line:

        def on_generation(standing: SearchProgress) -> None:
            line.show(standing, _figures(standing), standing.champion_mean)

        yield on_generation, line.show_part


def _figures(standing: SearchProgress) -> str:
    rewards = {
        "best": standing.best_mean,
        "mean": standing.mean_mean,
        "champion": standing.champion_mean,
    }
    told = "  ".join(f"{name} {brief(reward)}" for name, reward in rewards.items())
    return f"gen {standing.generation}  {told}  {standing.connections} conn.  {speed(standing)}"


@contextmanager
def finish_line(*, quiet: bool = False) -> Iterator[OnFinish]:
    """Show the finish of a search: what it does, the best reward so far, and its curve.

    Args:
        quiet: show nothing.

    Yields:
        A callback for every stage.
    """
    with live_line("finish", every_s=1.0, quiet=quiet) as line:

        def on_progress(standing: FinishProgress) -> None:
            text = f"{standing.stage}  reward {brief(standing.best)}  {standing.connections} conn."
            line.show(standing, text, standing.best)

        yield on_progress


@contextmanager
def step_line(steps: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Show steps with a device: how many are done, steps per second, and the time left.

    Args:
        steps: how many there are at most.
        quiet: show nothing.

    Yields:
        A callback for every step, with the number of steps done. The first call shows the line.
    """
    columns = (
        *(TextColumn("steps"), BarColumn(), MofNCompleteColumn()),
        *(TextColumn("{task.fields[rate]} a second"), TimeRemainingColumn()),
    )
    bar = _bar(*columns, transient=True, disable=quiet)
    row = bar.add_task("steps", total=steps, rate="-")
    with ExitStack() as shown:

        def on_step(done: int) -> None:
            if done == 1:
                shown.enter_context(bar)
            if done % 20 == 0:
                per_s = bar.tasks[0].speed
                rate = "-" if per_s is None else f"{per_s:.0f}"
                bar.update(row, completed=done, rate=rate)

        yield on_step


def speed(standing: SearchProgress) -> str:
    """Format the environment steps per second, in thousands or millions."""
    per_s = standing.steps_per_s
    return f"{per_s / 1e6:.0f} M steps/s" if per_s >= 1e6 else f"{per_s / 1e3:.1f} k steps/s"
