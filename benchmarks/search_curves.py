"""Measure the progress of searches: the champion's mean after given steps and seconds.

Run:  python -m benchmarks.search_curves [--seconds 60] [--seeds 0,1,2] [--variants fast] [--json]

For each variant: median, lowest and highest value over the seeds of the champion's mean over
the six weights, on the validation episodes. Then the preset ``paper`` with the settings of the
published sample run, compared with the log of that run: the highest mean of each generation,
on the episodes that rank it.
"""

from __future__ import annotations

import csv
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.common import DATA, machine, show
from benchmarks.search_quality import VARIANTS, arguments
from wann_edge.parallel.engine import cores
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset

STEPS = (1e8, 3e8, 1e9, 3e9, 1e10, 3e10)
GENERATIONS = (8, 32, 128, 512, 1024)
# Settings of the sample run (hyperparameters/laptop_swing.json; 1024 generations).
SAMPLE = {"population": 64, "elite_ratio": 0.05, "tournament_size": 4}
# The column of the log with the highest mean of the generation.
SAMPLE_BEST = 2

Curve = list[dict[str, float]]


def curve_of(settings: Settings) -> Curve:
    """Return the history of one search."""
    with tempfile.TemporaryDirectory() as folder:
        run_search("swingup", settings, Path(folder))
        with (Path(folder) / "history.csv").open() as file:
            return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]


def at(curve: Curve, column: str, limit: float) -> float | None:
    """Return the champion's mean before the column exceeds the limit; None for a shorter curve."""
    if curve[-1][column] < limit * 0.95:
        return None
    found = [row["champion_mean"] for row in curve if row[column] <= limit]
    return max(found, default=None)


def spread(means: Sequence[float | None]) -> str:
    """Return the median, lowest and highest value, if all curves reach the mark."""
    known = [mean for mean in means if mean is not None]
    if len(known) < len(means):
        return "-"
    return f"{statistics.median(known):.0f} ({min(known):.0f} to {max(known):.0f})"


def rows_of(variant: str, seeds: Sequence[int], seconds: float) -> list[dict[str, object]]:
    """Return a row for each mark, of steps and then of seconds."""
    settings = {**VARIANTS[variant], "workers": cores(), "time_limit_s": seconds}
    curves = [curve_of(preset("fast", **settings, seed=seed)) for seed in seeds]
    marks = [(f"{limit:.0e} steps", "steps", limit) for limit in STEPS]
    marks += [(f"{seconds / part:g} s", "elapsed_s", seconds / part) for part in (12, 6, 3, 2, 1)]
    rows: list[dict[str, object]] = []
    for name, column, limit in marks:
        means = [at(curve, column, limit) for curve in curves]
        rows.append({"variant": variant, "at": name, "best mean": spread(means)})
    return rows


def paper_rows(seeds: Sequence[int]) -> list[dict[str, object]]:
    """Return the preset ``paper`` beside the published sample run, by generation."""
    settings = [preset("paper", **SAMPLE, workers=cores(), seed=seed) for seed in seeds]
    curves = [curve_of(each) for each in settings]
    with (DATA / "log" / "sample_stats.out").open() as file:
        log = [[float(cell) for cell in row] for row in csv.reader(file)]
    rows: list[dict[str, object]] = []
    for generation in GENERATIONS:
        ours = [curve[generation - 1]["best_mean"] for curve in curves]
        sample = f"{log[generation - 1][SAMPLE_BEST]:.0f}"
        row = {"variant": "paper", "at": f"generation {generation}", "best mean": spread(ours)}
        rows.append({**row, "sample run": sample})
    return rows


def main() -> None:
    """Print a row for each mark."""
    options = arguments(__doc__)
    seeds = options.seeds
    rows = [
        {**row, "sample run": ""}
        for variant in options.variants
        for row in rows_of(variant, seeds, options.seconds)
    ]
    show(machine() | {"seeds": seeds}, rows + paper_rows(seeds), as_json=options.json)


if __name__ == "__main__":
    main()
