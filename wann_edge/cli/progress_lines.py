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
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from wann_edge.cli.tables import console, progress_console

if TYPE_CHECKING:
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
def tuning_line(name: str) -> Iterator[OnTuningProgress]:
    """Show a tuning: candidates tried, the best reward so far, and the time left.

    Yields:
        A callback for every candidate. The first call shows the line, so that an error before
        it leaves none.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=16),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[standing]}"),
    )
    bar = _bar(*columns)
    row = bar.add_task(name, total=1.0, standing="")

    def on_progress(standing: TuningProgress) -> None:
        bar.start()
        text = f"{standing.evaluations} evaluations  best {standing.best:.1f}"
        bar.update(row, completed=standing.share_done, standing=text)

    with _ended(bar):
        yield on_progress


@contextmanager
def search_line() -> Iterator[Callable[[SearchProgress], None]]:
    """Show a search in 80 columns: time left, generation, rewards, size of the champion, speed.

    Yields:
        A callback for every generation. The first call shows the line, so that an error before
        it leaves none.
    """
    columns = (
        BarColumn(bar_width=8),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[standing]}"),
    )
    bar = _bar(*columns)
    row = bar.add_task("search", total=1.0, standing="")
    with _ended(bar):
        yield lambda standing: _show_generation(bar, row, standing)


def _show_generation(bar: Progress, row: TaskID, standing: SearchProgress) -> None:
    bar.start()
    text = (
        f"gen {standing.generation} best {standing.best_mean:.0f} mean {standing.mean_mean:.0f}"
        f" champion {standing.champion_mean:.0f} {standing.connections} conn."
        f" {speed(standing)}"
    )
    bar.update(row, completed=standing.share_done, standing=text)


@contextmanager
def _ended(bar: Progress) -> Iterator[None]:
    """Stop the bar at the end of the block, if it was started."""
    try:
        yield
    finally:
        if bar.live.is_started:
            bar.stop()


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
