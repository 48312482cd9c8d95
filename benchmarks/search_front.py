"""Rewards at given complexities, with and without ranking by the complexity.

Run:  python -m benchmarks.search_front [--complexity instructions:cortex-m0plus]
          [--probabilities 0,0.2,0.8] [--seconds 20] [--seeds 0,1,2] [--json]

Each column is the highest reward on the front among networks whose complexity is at most
that fraction of the published champion's.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from benchmarks.common import DATA, machine, require_data, show
from benchmarks.search_quality import fresh_mean
from wann_edge.network.published import read_published
from wann_edge.parallel.engine import cores
from wann_edge.search.complexity import measure
from wann_edge.search.run import run_search
from wann_edge.search.settings import preset
from wann_edge.sims.swingup import SPEC

SHARES = {"1/16": 1 / 16, "1/8": 1 / 8, "1/4": 1 / 4, "1/2": 1 / 2, "1": 1.0}


def arguments() -> argparse.Namespace:
    """Return the options with lists split. Ends the program without the reference data."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--complexity", default="instructions:cortex-m0plus")
    parser.add_argument(
        "--probabilities",
        default="0,0.2,0.8",
        help="probabilities of ranking by complexity, separated by commas",
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="time for each search")
    parser.add_argument("--seeds", default="0,1,2", help="seeds, separated by commas")
    options = parser.parse_args()
    require_data()
    options.seeds = [int(seed) for seed in options.seeds.split(",")]
    options.probabilities = [float(share) for share in options.probabilities.split(",")]
    return options


def row_of(
    options: argparse.Namespace, probability: float, seed: int, whole: float
) -> dict[str, object]:
    """Run one search; ``whole`` is the complexity of the published champion."""
    settings = preset(
        "fast",
        seed=seed,
        workers=cores(),
        time_limit_s=options.seconds,
        complexity=options.complexity,
        complexity_probability=probability,
    )
    with tempfile.TemporaryDirectory() as folder:
        result = run_search("swingup", settings, Path(folder))
    fresh = [(tested.complexity, fresh_mean(tested.network)) for tested in result.front]
    rewards = {
        f"at {name}": max((m for cost, m in fresh if cost <= share * whole), default="-")
        for name, share in SHARES.items()
    }
    return {
        "probability": str(probability),
        "seed": seed,
        **rewards,
        "champion": fresh[-1][1],
        "complexity": fresh[-1][0],
        "front size": len(fresh),
        "M steps": result.progress.steps / 1e6,
    }


def main() -> None:
    """Print the published champion, then a row for each search."""
    options = arguments()
    published = read_published(DATA / "champions" / "swing.out", inputs=5, outputs=1, task=SPEC)
    whole = measure(options.complexity).of(published.without_dead_nodes())
    reference = {
        "complexity": options.complexity,
        "published champion": f"complexity {whole:.0f}, reward {fresh_mean(published):.1f}",
    }
    rows: list[dict[str, object]] = []
    for probability in options.probabilities:
        for seed in options.seeds:
            rows.append(row_of(options, probability, seed, whole))
            print(json.dumps(rows[-1]), file=sys.stderr, flush=True)
    show(machine() | {"seconds": options.seconds} | reference, rows, as_json=options.json)


if __name__ == "__main__":
    main()
