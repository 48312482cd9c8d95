"""Tables, and what commands share in reading their arguments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from wann_edge.cli.weights import numbers_of
from wann_edge.errors import SettingsError, TaskError
from wann_edge.evaluate import PAPER_WEIGHTS, Scores
from wann_edge.network import Network, float32
from wann_edge.task import Task, check_fit, load_task
from wann_edge.verify import Verification

console = Console(highlight=False)

_UNITS_S = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def table(*columns: str) -> Table:
    """A plain table; columns after the first are numbers, set to the right."""
    made = Table(box=box.SIMPLE_HEAD)
    for index, column in enumerate(columns):
        made.add_column(column, justify="left" if index == 0 else "right", no_wrap=True)
    return made


def counting_bar() -> Progress:
    """A live line on standard error: which case runs, how many are done, and the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(compact=True), console=Console(stderr=True))


def seconds_of(text: str) -> float:
    """The seconds that "90", "90s", "10m" or "2h" stand for. Raises SettingsError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if match is None or not 0 < float(match[1]) < 1e9:
        raise SettingsError(
            f"{text!r} is not a time", where="--time-limit", remedy="write 90, 90s, 10m or 2h"
        )
    return float(match[1]) * _UNITS_S[match[2]]


def weights_of(text: str | None, network: Network) -> Sequence[float]:
    """The shared weights that a list names, or the usual ones for this network."""
    if text is None:
        return PAPER_WEIGHTS if network.weights is None else (network.shared_weight,)
    try:
        return tuple(map(float32, numbers_of(text)))
    except ValueError as error:
        raise SettingsError(
            f"{text!r} is not a list of finite numbers",
            where="--weights",
            remedy="write for example -2,-1,0.5",
        ) from error


def check_file_fit(path: Path, network: Network, task: Task) -> None:
    """Raises TaskError, which of the files named, where a network does not fit the task."""
    try:
        check_fit(network, task.spec)
    except TaskError as error:
        raise TaskError(error.what, where=str(path), remedy=error.remedy) from error


def task_of(name: str | None, network: Network) -> Task:
    """The task that was asked for, or that the network's file names. Raises SettingsError."""
    chosen = name or network.task
    if chosen is None:
        raise SettingsError("the network's file names no task", remedy="say which with --task")
    return load_task(chosen)


def known_task(name: str | None, network: Network) -> Task | None:
    """As ``task_of``, and None where neither says one."""
    return None if name is None and network.task is None else task_of(name, network)


def print_scores(scores: Scores, title: str, *, single: bool = False) -> None:
    """Reward for each shared weight, or numbered draw of single ones; and the mean of the means."""
    made = table("draw of weights" if single else "shared weight", "mean reward", "sd")
    for number, score in enumerate(scores.per_weight, 1):
        name = str(number) if single else f"{score.weight:g}"
        made.add_row(name, f"{score.mean:.1f}", f"{score.sd:.1f}")
    if len(scores.per_weight) > 1:
        made.add_section()
        made.add_row("mean of weights", f"{scores.mean_of_weights:.1f}", "")
    console.print(title, style="bold", markup=False)
    console.print(made)


def verification_table(verification: Verification) -> Table:
    """A row an artefact."""
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
    """The table, then a line for each fault and for each missing part."""
    console.print(verification_table(verification))
    for check in verification.checks:
        if check.fault:
            console.print(f"{check.target}: {check.fault}", style="red", markup=False)
    skipped: dict[str, list[str]] = {}
    for check in verification.checks:
        if check.skipped:
            skipped.setdefault(check.skipped, []).append(check.target)
    for why, targets in skipped.items():
        print(f"skipped {', '.join(targets)}: {why}")
