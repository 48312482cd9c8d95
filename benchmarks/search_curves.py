"""How a search climbs: the best mean so far against environment steps and against seconds.

Run:  python -m benchmarks.search_curves [--seconds 60] [--seeds 0,1,2] [--variants fast] [--json]

For each variant, over the seeds: median, lowest and highest of the champion's mean over the
six weights, on the validation episodes. Then the preset ``paper``, as the published sample
run was made, beside that run's log: the highest mean of each generation, on the episodes that
it was ranked by.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.common import DATA, machine, show
from benchmarks.search_quality import VARIANTS
from wann_edge.engine import cores
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset

STEPS = (1e8, 3e8, 1e9, 3e9, 1e10, 3e10)
GENERATIONS = (8, 32, 128, 512, 1024)
# The sample run's settings (hyperparameters/laptop_swing.json; 1024 generations).
SAMPLE = {"population": 64, "elite_ratio": 0.05, "tournament_size": 4}
# The column of the log that holds the highest mean of the generation.
SAMPLE_BEST = 2

Curve = list[dict[str, float]]


def curve_of(settings: Settings) -> Curve:
    """The history of one search."""
    with tempfile.TemporaryDirectory() as folder:
        run_search("swingup", settings, Path(folder))
        with (Path(folder) / "history.csv").open() as file:
            return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def at(curve: Curve, column: str, limit: float, value: str) -> float | None:
    """The highest value before the column exceeds the limit; None where the curve ends earlier."""
    if curve[-1][column] < limit * 0.95:
        return None
    found = [row[value] for row in curve if row[column] <= limit]
    return max(found, default=None)


def spread(curves: Sequence[Curve], column: str, limit: float) -> str:
    """Median, lowest and highest of the champions' means where all curves reach the limit."""
    means = [at(curve, column, limit, "champion_mean") for curve in curves]
    known = [mean for mean in means if mean is not None]
    if len(known) < len(curves):
        return "-"
    return f"{statistics.median(known):.0f} ({min(known):.0f} to {max(known):.0f})"


def rows_of(variant: str, seeds: Sequence[int], seconds: float) -> list[dict[str, object]]:
    """A row for the steps and one for the seconds."""
    settings = {**VARIANTS[variant], "workers": cores(), "time_limit_s": seconds}
    curves = [curve_of(preset("fast", **settings, seed=seed)) for seed in seeds]
    marks = [(f"{limit:.0e} steps", "steps", limit) for limit in STEPS]
    marks += [(f"{seconds / part:g} s", "elapsed_s", seconds / part) for part in (12, 6, 3, 2, 1)]
    return [
        {"variant": variant, "at": name, "best mean": spread(curves, column, limit)}
        for name, column, limit in marks
    ]


def paper_rows(seeds: Sequence[int]) -> list[dict[str, object]]:
    """The preset ``paper`` beside the published sample run, by generation."""
    settings = [preset("paper", **SAMPLE, workers=cores(), seed=seed) for seed in seeds]
    curves = [curve_of(each) for each in settings]
    with (DATA / "log" / "sample_stats.out").open() as file:
        log = [[float(cell) for cell in row] for row in csv.reader(file)]
    rows: list[dict[str, object]] = []
    for generation in GENERATIONS:
        ours = [curve[generation - 1]["best_mean"] for curve in curves]
        text = f"{statistics.median(ours):.0f} ({min(ours):.0f} to {max(ours):.0f})"
        sample = f"{log[generation - 1][SAMPLE_BEST]:.0f}"
        name = f"generation {generation}"
        rows.append({"variant": "paper", "at": name, "best mean": text, "sample run": sample})
    return rows


def main() -> None:
    """Prints a row a mark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--seconds", type=float, default=60.0, help="time for each search")
    parser.add_argument("--seeds", default="0,1,2", help="seeds, with commas")
    parser.add_argument("--variants", default="fast", help=f"of: {', '.join(VARIANTS)}")
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"the reference data is absent: {DATA}")
    seeds = [int(seed) for seed in options.seeds.split(",")]
    rows = [
        {**row, "sample run": ""}
        for variant in options.variants.split(",")
        for row in rows_of(variant.strip(), seeds, options.seconds)
    ]
    show(machine() | {"seeds": seeds}, rows + paper_rows(seeds), as_json=options.json)


if __name__ == "__main__":
    main()
