"""Measure the champions that searches of several seeds find in a given time.

Run:  python -m benchmarks.search_quality [--seconds 60] [--seeds 0,1,2] [--variants fast] [--json]

The reference is the published champion, evaluated in the same run on the same episodes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.common import DATA, machine, require_data, show
from wann_edge.evaluate import PAPER_WEIGHTS, score
from wann_edge.network import Network
from wann_edge.network.published import read_published
from wann_edge.parallel.engine import cores
from wann_edge.search.run import SearchResult, run_search
from wann_edge.search.settings import preset
from wann_edge.sims.swingup import SPEC, SwingUp

FRESH_SEED = 12345
GOOD = 600.0
VARIANTS: dict[str, dict[str, object]] = {
    "fast": {},
    "one population": {"islands": 1},
    "size in the ranking": {"complexity_probability": 0.8},
    "no removal": {"mutation": {}},
}


def fresh_mean(network: Network) -> float:
    """Return the mean over the six weights on 100 fresh episodes."""
    return score(network, SwingUp(), PAPER_WEIGHTS, 100, FRESH_SEED).mean_of_weights


def smallest_good(result: SearchResult) -> int | None:
    """Return the fewest connections on the front with a fresh mean of 600 or more."""
    good = (t.connections for t in result.front if fresh_mean(t.network) >= GOOD)
    return next(good, None)


def arguments(description: str | None) -> argparse.Namespace:
    """Return the options: seconds, json, and lists of seeds and variants.

    Ends the program where the reference data is absent.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--seconds", type=float, default=60.0, help="time for each search")
    parser.add_argument("--seeds", default="0,1,2", help="seeds, separated by commas")
    parser.add_argument(
        "--variants",
        default="fast",
        help=f"separated by commas: {', '.join(VARIANTS)}",
    )
    options = parser.parse_args()
    require_data()
    options.seeds = [int(seed) for seed in options.seeds.split(",")]
    options.variants = [variant.strip() for variant in options.variants.split(",")]
    return options


def row_of(variant: str, seed: int, seconds: float) -> dict[str, object]:
    """Run one search."""
    workers = cores()
    changes = {**VARIANTS[variant], "seed": seed, "workers": workers, "time_limit_s": seconds}
    with tempfile.TemporaryDirectory() as folder:
        result = run_search("swingup", preset("fast", **changes), Path(folder))
    progress = result.progress
    return {
        "variant": variant,
        "seed": seed,
        "fresh mean": fresh_mean(result.champion),
        "connections": len(result.champion.edges),
        "hidden": result.champion.hidden_count,
        f"fewest for {GOOD:g}": smallest_good(result),
        "M steps": progress.steps / 1e6,
        "% evaluating": 100 * result.evaluating,
    }


def main() -> None:
    """Print the published champion, then a row for each search."""
    options = arguments(__doc__)
    published = read_published(DATA / "champions" / "swing.out", inputs=5, outputs=1, task=SPEC)
    reference = {"published champion, 52 connections": round(fresh_mean(published), 1)}
    rows: list[dict[str, object]] = []
    for variant in options.variants:
        for seed in options.seeds:
            rows.append(row_of(variant, seed, options.seconds))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    show(machine() | {"seconds": options.seconds} | reference, rows, as_json=options.json)


if __name__ == "__main__":
    main()
