"""``wann-edge stress``: what is left of a network's reward under faults."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from wann_edge.cli.search import INTERRUPTED
from wann_edge.cli.show import check_file_fit, counting_bar, table, task_of
from wann_edge.confidence import KEPT
from wann_edge.network import file as network_file
from wann_edge.robustness.faults import FAULTS, Severity, Subject
from wann_edge.robustness.stress import Row, at_work, cases, chosen_faults, measure, nominal
from wann_edge.task import Task

# A fault at a severity, and the row of each network; None where there is no such fault.
Rows = dict[tuple[str, Severity], list[Row | None]]


def run_stress(
    file: Path,
    baseline: Path | None,
    task: str | None,
    faults: str | None,
    episodes: int,
    samples: int,
    seed: int,
    *,
    as_json: bool,
) -> int:
    """Prints a row a fault and severity; what was measured so far after Ctrl-C."""
    names = chosen_faults(list(FAULTS) if faults is None else faults.split(","))
    files = [file] if baseline is None else [file, baseline]
    networks = [network_file.load(path) for path in files]
    world = task_of(task, networks[0])
    for path, network in zip(files, networks, strict=True):
        check_file_fit(path, network, world)
    with ExitStack() as stack:
        subjects = [
            stack.enter_context(
                at_work(network, world, episodes=episodes, samples=samples, seed=seed)
            )
            for network in networks
        ]
        rows, is_whole = _measured(subjects, names, seed)
        if as_json:
            print(json.dumps(_document(files, subjects, rows, world, seed, is_whole), indent=2))
        else:
            _print_rows(files, subjects, rows)
            _print_legend(subjects[0], names, seed, has_baseline=baseline is not None)
    return 0 if is_whole else INTERRUPTED


def _measured(subjects: Sequence[Subject], names: Sequence[str], seed: int) -> tuple[Rows, bool]:
    """All rows, and True; those before Ctrl-C, and False."""
    asked, rows = cases(names), Rows()
    with counting_bar() as bar:
        line = bar.add_task("", total=len(asked) * len(subjects))
        try:
            for fault, severity in asked:
                bar.update(line, description=f"{fault:<15}")
                found = []
                for subject in subjects:
                    found.append(measure(subject, fault, severity, seed))
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
    return {
        "task": task.spec.name,
        "episodes": len(subjects[0].seeds),
        "samples": subjects[0].samples,
        "seed": seed,
        "kept": KEPT,
        "complete": is_whole,
        "networks": [
            {
                "network": str(path),
                "nominal": float(nominal(subject).mean(dtype=float)),
                "rows": [asdict(row) for found in rows.values() if (row := found[place])],
            }
            for place, (path, subject) in enumerate(zip(files, subjects, strict=True))
        ],
    }


def _print_rows(files: Sequence[Path], subjects: Sequence[Subject], rows: Rows) -> None:
    console = Console(highlight=False, width=max(110, Console().width))
    for path, subject in zip(files, subjects, strict=True):
        whole = nominal(subject).astype(float)
        text = f"{path}: reward {whole.mean():.1f} (sd {whole.std(ddof=1):.1f}) without a fault"
        console.print(text, style="bold", markup=False)
    made = table("fault", "severity", "network", "tried", "reward", "95 %", f"keep {KEPT:.0%}")
    made.add_column("worst", justify="right")
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
    console.print(made)


def _severity(fault: str, severity: Severity) -> str:
    value = severity if isinstance(severity, str) else f"{severity:g}"
    return f"{value} {FAULTS[fault].unit}".strip()


def _cells(row: Row | None) -> tuple[str, ...]:
    if row is None:
        return ("-",) * 5
    is_all = row.possible == row.faults and row.faults > 1
    return (
        f"all {row.faults}" if is_all else f"{row.faults}",
        f"{row.mean:.1f} ± {row.sd:.1f}",
        f"{row.low:.0f} to {row.high:.0f}",
        f"{row.kept_faults:.0%}, {row.kept_episodes:.0%}",
        f"{row.worst:.1f}",
    )


def _print_legend(subject: Subject, names: Sequence[str], seed: int, *, has_baseline: bool) -> None:
    for name in names:
        print(f"{name}: {FAULTS[name].what}")
    print(
        f"{len(subject.seeds)} episodes a fault, seed {seed}. reward: mean ± standard deviation "
        "over all episodes of all faults tried.\n95 %: the interval of the mean. keep: the share "
        f"of faults, and of episodes, with at least {KEPT:.0%} of\ntheir reward without a fault. "
        "worst: the lowest mean of a fault. -: there is no such fault, or numbers\nare too large "
        "for words of 16 bits."
    )
    if not has_baseline:
        print(
            "Beside a dense network: wann-edge baseline "
            f"{subject.task.spec.name} --layers 10 -o baseline.json, then --baseline baseline.json"
        )
