"""The command ``wann-edge stress``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli import choices
from wann_edge.cli.arguments import check_contract, task_of
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.held_report import HeldReward, fresh_document, held_line, rule_of
from wann_edge.cli.options import (
    MAX_EPISODES,
    AcceptContract,
    Baseline,
    Json,
    NetworkFile,
    Seed,
    TaskName,
)
from wann_edge.cli.tables import fresh_cells, print_json, print_table, print_title, say, table

if TYPE_CHECKING:
    from wann_edge.robustness.faults import Severity
    from wann_edge.robustness.stress import FaultResult
    from wann_edge.robustness.subject import Subject
    from wann_edge.task import Task

    # A fault at a severity, and the row of each network; None where a network has no such fault.
    Rows = dict[tuple[str, Severity], list[FaultResult | None]]

EXAMPLE = "my-run/champion.json --baseline baseline.json"


_Faults = Annotated[
    str | None,
    typer.Option(
        help=f"Faults to inject, separated by commas: {choices.listed(choices.FAULTS)}. "
        "Default: all."
    ),
]
_Episodes = Annotated[int, typer.Option(min=2, max=MAX_EPISODES, help="Episodes for each fault.")]
_Samples = Annotated[
    int,
    typer.Option(
        min=1, max=10**6, help="Try at most this many faults of each kind, drawn at random."
    ),
]


def command(
    file: NetworkFile,
    baseline: Baseline = None,
    task: TaskName = None,
    accept_contract: AcceptContract = False,
    faults: _Faults = None,
    episodes: _Episodes = 20,
    samples: _Samples = 100,
    seed: Seed = 0,
    held: HeldReward = None,
    as_json: Json = False,
) -> int:
    """Measure how much reward is left under faults in the weights and in the exported code.

    Weights drift, are rounded or have bits flipped; constants and results in the code have
    bits flipped; connections and nodes die. Faults that a network file can express run in
    the kernel; flips of constants and results, and dead nodes, run in the exported C header,
    compiled here. Ctrl-C prints the rows so far.
    """
    from wann_edge.network import file as network_file
    from wann_edge.robustness.faults import FAULTS
    from wann_edge.robustness.stress import at_work, chosen_faults

    names = chosen_faults(list(FAULTS) if faults is None else faults.split(","))
    files = [file] if baseline is None else [file, baseline]
    networks = [network_file.load(path) for path in files]
    world = task_of(task, networks[0], where=str(file), accept_contract=accept_contract)
    for path, network in zip(files[1:], networks[1:], strict=True):
        check_contract(network, world, str(path), accept=accept_contract)
    rule = rule_of(world, held)
    with ExitStack() as stack:
        subjects = [
            stack.enter_context(
                at_work(network, world, episodes=episodes, samples=samples, seed=seed, rule=rule)
            )
            for network in networks
        ]
        rows, is_whole = _measured(subjects, names, seed)
        if as_json:
            print_json(_document(files, subjects, rows, world, seed, is_whole))
        else:
            _print_rows(files, subjects, rows)
            _print_legend(subjects[0], names, seed, has_baseline=baseline is not None)
    return ExitCode.OK if is_whole else ExitCode.INTERRUPTED


def _measured(subjects: Sequence[Subject], names: Sequence[str], seed: int) -> tuple[Rows, bool]:
    """Measure all rows, and give True; after Ctrl-C the rows so far, and False."""
    from wann_edge.cli.progress_lines import counting_bar
    from wann_edge.robustness import stress

    asked = stress.cases(names)
    rows: Rows = {}
    with counting_bar() as bar:
        line = bar.add_task("", total=len(asked) * len(subjects))
        try:
            for fault, severity in asked:
                bar.update(line, description=f"{fault:<15}")
                found = []
                for subject in subjects:
                    found.append(stress.measure(subject, fault, severity, seed))
                    bar.advance(line)
                rows[fault, severity] = found
        except KeyboardInterrupt:
            return rows, False
    return rows, True


def _document(
    files: Sequence[Path],
    subjects: Sequence[Subject],
    rows: Rows,
    task: Task,
    seed: int,
    is_whole: bool,
) -> dict[str, object]:
    from wann_edge.confidence import KEPT
    from wann_edge.robustness.stress import without_faults

    rule = subjects[0].rule
    return {
        "task": task.spec.name,
        "episodes": len(subjects[0].seeds),
        "samples": subjects[0].samples,
        "seed": seed,
        "kept": KEPT,
        "complete": is_whole,
        "held_when": None if rule is None else rule.when,
        "networks": [
            {
                "network": str(path),
                "nominal": (whole := without_faults(subject)).mean,
                **fresh_document(whole),
                "rows": [asdict(row) for found in rows.values() if (row := found[place])],
            }
            for place, (path, subject) in enumerate(zip(files, subjects, strict=True))
        ],
    }


def _print_rows(files: Sequence[Path], subjects: Sequence[Subject], rows: Rows) -> None:
    from wann_edge.confidence import KEPT
    from wann_edge.robustness.stress import without_faults

    for path, subject in zip(files, subjects, strict=True):
        whole = without_faults(subject)
        worst, worst_seed, held = fresh_cells(whole)
        print_title(f"{path}: reward {whole.mean:.1f} (sd {whole.sd:.1f}) without faults")
        say(f"worst {worst} (seed {worst_seed}), held {held} without faults")
    made = table("fault", "severity", "network", "tried", "reward", "95 %", f"keep {KEPT:.0%}")
    for column in ("worst", "held", "worst episode, its seed"):
        made.add_column(column, justify="right")
    before = ""
    for (fault, severity), found in rows.items():
        if fault != before:
            made.add_section()
        for path, row in zip(files, found, strict=True):
            first = row is found[0]
            name = fault if first and fault != before else ""
            value = _severity(fault, severity) if first else ""
            made.add_row(name, value, path.stem[:24], *_cells(row))
        before = fault
    print_table(made)


def _severity(fault: str, severity: Severity) -> str:
    from wann_edge.robustness.faults import FAULTS

    value = severity if isinstance(severity, str) else f"{severity:g}"
    return f"{value} {FAULTS[fault].unit}".strip()


def _cells(row: FaultResult | None) -> tuple[str, ...]:
    if row is None:
        return ("-",) * 7
    is_all = row.possible == row.faults and row.faults > 1
    return (
        f"all {row.faults}" if is_all else f"{row.faults}",
        f"{row.mean:.1f} ± {row.sd:.1f}",
        f"{row.low:.0f} to {row.high:.0f}",
        f"{row.kept_faults:.0%}, {row.kept_episodes:.0%}",
        f"{row.worst:.1f}",
        "-" if row.held_share is None else str(row.held_share),
        f"{row.worst_episode:.1f}, {row.worst_seed}",
    )


def _print_legend(subject: Subject, names: Sequence[str], seed: int, *, has_baseline: bool) -> None:
    from wann_edge.confidence import KEPT
    from wann_edge.robustness.faults import FAULTS

    for name in names:
        say(f"{name}: {FAULTS[name].what}")
    say(
        f"{len(subject.seeds)} episodes for each fault, seed {seed}. reward: mean ± standard "
        "deviation over all episodes\nof all faults tried. 95 %: the confidence interval of the "
        "mean. keep: the share of faults, and of\nepisodes, that keep at least "
        f"{KEPT:.0%} of the reward without faults. worst: the lowest mean of a fault.\n-: the "
        "network has no such fault, or numbers too large for words of 16 bits."
    )
    say(held_line(subject.rule))
    if not has_baseline:
        say(
            "To compare with a dense network: wann-edge baseline "
            f"{subject.task.spec.name} --layers 10 -o baseline.json, then --baseline baseline.json"
        )
