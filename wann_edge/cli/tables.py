"""The console, and the tables that several commands print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any, TextIO

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from wann_edge.system.standard_output import results
from wann_edge.system.terminal import clean

if TYPE_CHECKING:
    from rich.status import Status

    from wann_edge.evaluate import Scores
    from wann_edge.fixed_point.precision import Precision
    from wann_edge.robustness.fresh import Fresh
    from wann_edge.verify import Verification

# Of a column whose lines wrap, in characters.
LEAST_WIDTH = 20
_UNLIMITED = 100_000


class CleanConsole(Console):
    """A console that escapes what the text of files and devices must not do to a terminal."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render as the base class does, with clean text."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=clean(segment.text))

    def render_str(self, text: str, **options: Any) -> Text:  # noqa: ANN401
        """Read markup as the base class does, of clean text, whose width is then known."""
        return super().render_str(clean(text), **options)


class ResultConsole(CleanConsole):
    """A console that writes to the stream of results."""

    @property  # type: ignore[misc]  # nothing sets it
    def file(self) -> IO[str]:
        """Return the stream to write to."""
        return results() or super().file


console = ResultConsole(highlight=False)
# What shows that work goes on; results alone go to standard output.
progress_console = CleanConsole(stderr=True, highlight=False)


def say(text: str, end: str = "\n", file: TextIO | None = None) -> None:
    """Print a line of plain text, clean for the terminal; to standard output by default."""
    print(clean(text), end=end, file=file or results())


def table(*columns: str) -> Table:
    """Make a plain table; columns after the first hold numbers and are aligned to the right."""
    made = Table(box=box.SIMPLE_HEAD)
    for index, column in enumerate(columns):
        made.add_column(column, justify="left" if index == 0 else "right", no_wrap=True)
    return made


def status_line(text: str, *, quiet: bool) -> Status:
    """Make a line that shows what runs, for a ``with`` block; nothing appears where quiet."""
    return (CleanConsole(quiet=True) if quiet else progress_console).status(text)


def print_json(document: object) -> None:
    """Print what ``--json`` asks for."""
    import json

    # JSON escapes all but this one of the characters that are not printable.
    text = json.dumps(document, indent=2).replace("\x7f", "\\u007f")
    print(text, file=results())


def print_title(text: str) -> None:
    """Print a line in bold, brackets and all."""
    console.print(text, style="bold", markup=False)


def print_line(text: str, style: str) -> None:
    """Print one line in a style, brackets and all, however narrow the terminal is."""
    console.print(text, style=style, markup=False, soft_wrap=True)


def print_table(made: Table) -> None:
    """Print a table; in a narrow terminal its lines are longer than that, but none is cut."""
    unlimited = console.options.update(max_width=_UNLIMITED)
    for column in made.columns:
        texts = [column.header, *column.cells]
        widest = max(console.measure(text, options=unlimited).maximum for text in texts)
        column.min_width = widest if column.no_wrap else min(widest, LEAST_WIDTH)
    needed = console.measure(made, options=unlimited).minimum
    if needed > console.width:
        made.width = needed
    console.print(made, crop=False)


def print_scores(
    scores: Scores, title: str, *, single: bool = False, fresh: Sequence[Fresh] = ()
) -> None:
    """Print the reward for each weight, and the mean of these rewards.

    Args:
        scores: what was measured.
        title: the line above the table.
        single: each row is a draw of single weights, which is numbered, instead of a
            shared weight.
        fresh: the episodes of each weight, for the worst one and those that are held.
    """
    more = ("worst", "its seed", "held") if fresh else ()
    made = table("draw of weights" if single else "shared weight", "mean reward", "sd", *more)
    for number, score in enumerate(scores.per_weight, 1):
        name = str(number) if single else f"{score.weight:g}"
        cells = fresh_cells(fresh[number - 1]) if fresh else ()
        made.add_row(name, f"{score.mean:.1f}", f"{score.sd:.1f}", *cells)
    if len(scores.per_weight) > 1:
        made.add_section()
        made.add_row("mean of weights", f"{scores.mean_of_weights:.1f}", "")
    print_title(title)
    print_table(made)


def fresh_cells(fresh: Fresh | None) -> tuple[str, str, str]:
    """Return the cells of the worst return, its seed, and how many episodes are held."""
    if fresh is None:
        return ("-",) * 3
    share = fresh.held_share
    held = "-" if share is None else str(share)
    return f"{fresh.returns.min():.1f}", str(fresh.worst_seed), held


def verification_table(verification: Verification) -> Table:
    """Make the table of a verification: a row for each artefact."""
    made = table("artefact", "differ", "flips", "worst", "reward", "kernel", "verdict")
    for check in verification.checks:
        if check.skipped:
            continue
        verdict = "agrees" if check.tolerance else "same bits"
        if not check.artefact and not check.tried:
            continue
        loop = check.loop
        made.add_row(
            check.artefact or check.target,
            f"{check.mismatches} of {check.inputs}",
            str(check.step_flips),
            f"{check.max_difference:.1e}" if check.tolerance else "-",
            f"{loop.mean_reward:.1f}" if loop else "-",
            f"{loop.kernel_mean_reward:.1f}" if loop else "-",
            verdict_cell(verdict, ok=check.ok, tried=check.tried),
        )
    return made


def verdict_cell(passed: str, *, ok: bool, tried: bool = True) -> str:
    """Return the last cell of a check's row: how it passed, FAILED, or not tried."""
    if ok:
        return f"[green]{passed}[/]"
    return "[red]FAILED[/]" if tried else "[yellow]not tried[/]"


def print_verification(verification: Verification) -> None:
    """Print the table of a verification, then a line for each fault and each missing part."""
    made = verification_table(verification)
    if made.row_count:
        print_table(made)
    for check in verification.checks:
        if check.fault and check.tried:
            print_line(f"{check.target}: {check.fault}", "red")
        elif check.fault:
            print_line(f"could not be tried: {check.target}: {check.fault}", "yellow")
    skipped: dict[str, list[str]] = {}
    for check in verification.checks:
        if check.skipped:
            skipped.setdefault(check.skipped, []).append(check.target)
    for why, targets in skipped.items():
        say(f"skipped {', '.join(targets)}: {why}")


def print_precision(cost: Precision) -> None:
    """Print what fixed point costs: rewards, or without a task the difference of actions."""
    made = table(f"fixed point, {cost.dtype}", "")
    if cost.interval is None:
        made.add_row("mean difference of actions, of their range", f"{cost.loss:.3%}")
    else:
        low, high = cost.interval
        made.add_row("reward in floats", f"{cost.float_reward:.2f}")
        made.add_row("reward in fixed point", f"{cost.fixed_reward:.2f}")
        made.add_row("difference", f"{cost.difference:+.2f}")
        made.add_row("95 % interval", f"{low:+.2f} to {high:+.2f}")
        made.add_row("loss", f"{round(cost.loss, 4) + 0.0:.2%}")
    made.add_row("allowed", f"{cost.max_loss:.2%}")
    made.add_row("verdict", verdict_cell("within", ok=cost.ok))
    print_table(made)
