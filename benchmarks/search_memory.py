"""Measure the resident memory of a long search after each tenth of it.

Run:  python -m benchmarks.search_memory [--generations 2000] [--workers 2] [--json] [TASK ...]

It counts this process and its workers. Memory grows while networks and the history do; it must
not grow in proportion to the generations.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.common import machine, resident_kb, show
from wann_edge.search.progress import Progress
from wann_edge.search.run import run_search
from wann_edge.search.settings import preset

TASKS = ("swingup", "gymnasium:Pendulum-v1")
TENTHS = 10


def memory_mb() -> float:
    """Return the resident memory of this process and its children."""
    me = os.getpid()
    children = Path(f"/proc/{me}/task/{me}/children").read_text().split()
    return sum(resident_kb(process) for process in (str(me), *children)) / 1024


def row_of(task: str, generations: int, workers: int) -> dict[str, object]:
    """Run one small search and return its memory in MB by tenth."""
    row: dict[str, object] = {"task": task}

    def on_generation(standing: Progress) -> None:
        tenth = standing.generation * TENTHS // generations
        if tenth:
            row.setdefault(f"{tenth}/{TENTHS}", round(memory_mb(), 1))

    settings = preset(
        "paper",
        population=16,
        generations=generations,
        time_limit_s=None,
        episodes=1,
        shared_weights=(-1.0, 1.0),
        validation_episodes=1,
        workers=workers,
    )
    with tempfile.TemporaryDirectory() as folder:
        run_search(task, settings, Path(folder), on_generation=on_generation)
    return row


def main() -> None:
    """Print one row for each task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", metavar="TASK", nargs="*", default=TASKS)
    parser.add_argument("--generations", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    asked = parser.parse_args()
    rows = [row_of(task, asked.generations, asked.workers) for task in asked.tasks]
    show(machine() | {"generations": asked.generations, "unit": "MB"}, rows, as_json=asked.json)


if __name__ == "__main__":
    main()
