"""The console, and the tables that several commands print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from wann_edge.system.terminal import clean

if TYPE_CHECKING:
    from rich.status import Status

    from wann_edge.evaluate import Scores
    from wann_edge.fixed_point.precision import Precision
    from wann_edge.verify import Verification


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


console = CleanConsole(highlight=False)


def say(text: str, end: str = "\n") -> None:
    """Print a line of plain text, clean for the terminal."""
    print(clean(text), end=end)


def table(*columns: str) -> Table:
    """Make a plain table; columns after the first hold numbers and are aligned to the right."""
    made = Table(box=box.SIMPLE_HEAD)
    for index, column in enumerate(columns):
        made.add_column(column, justify="left" if index == 0 else "right", no_wrap=True)
    return made


def status_line(text: str, *, quiet: bool) -> Status:
    """Make a line that shows what runs, for a ``with`` block; nothing appears where quiet."""
    return (CleanConsole(quiet=True) if quiet else console).status(text)


def print_json(document: object) -> None:
    """Print what ``--json`` asks for."""
    import json

    # JSON escapes all but this one of the characters that are not printable.
    print(json.dumps(document, indent=2).replace("\x7f", "\\u007f"))


def print_title(text: str) -> None:
    """Print a line in bold, brackets and all."""
    console.print(text, style="bold", markup=False)


def print_scores(scores: Scores, title: str, *, single: bool = False) -> None:
    """Print the reward for each weight, and the mean of these rewards.

    Args:
        scores: what was measured.
        title: the line above the table.
        single: each row is a draw of single weights, which is numbered, instead of a
            shared weight.
    """
    made = table("draw of weights" if single else "shared weight", "mean reward", "sd")
    for number, score in enumerate(scores.per_weight, 1):
        name = str(number) if single else f"{score.weight:g}"
        made.add_row(name, f"{score.mean:.1f}", f"{score.sd:.1f}")
    if len(scores.per_weight) > 1:
        made.add_section()
        made.add_row("mean of weights", f"{scores.mean_of_weights:.1f}", "")
    print_title(title)
    console.print(made)


def verification_table(verification: Verification) -> Table:
    """Make the table of a verification: a row for each artefact."""
    made = table("artefact", "differ", "flips", "worst", "reward", "kernel", "verdict")
    for check in verification.checks:
        if check.skipped:
            continue
        verdict = "agrees" if check.tolerance else "same bits"
        loop = check.loop
        made.add_row(
            check.artefact or check.target,
            f"{check.mismatches} of {check.inputs}",
            str(check.step_flips),
            f"{check.max_difference:.1e}" if check.tolerance else "-",
            f"{loop.mean_reward:.1f}" if loop else "-",
            f"{loop.kernel_mean_reward:.1f}" if loop else "-",
            f"[green]{verdict}[/]" if check.ok else "[red]FAILED[/]",
        )
    return made


def print_verification(verification: Verification) -> None:
    """Print the table of a verification, then a line for each fault and each missing part."""
    console.print(verification_table(verification))
    for check in verification.checks:
        if check.fault:
            console.print(f"{check.target}: {check.fault}", style="red", markup=False)
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
    verdict = "[green]within[/]" if cost.ok else "[red]FAILED[/]"
    made.add_row("allowed", f"{cost.max_loss:.2%}")
    made.add_row("verdict", verdict)
    console.print(made)
