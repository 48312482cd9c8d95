"""The paper's table: a searched and a dense topology in four modes, beside the paper's figures.

Run:  python -m benchmarks.paper_table swingup [--champion FILE] [--json]

Without --champion, it first searches for one minute.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.common import machine, show
from wann_edge.baselines.dense import dense
from wann_edge.baselines.paper import MODES, PAPER_FIXED, PAPER_WANN, score_mode
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.search.run import run_search
from wann_edge.search.settings import preset
from wann_edge.task import Task, load_task

EPISODES = 100
LAYERS = (10,)
SEARCH_S = 60.0

Figures = Sequence[tuple[float, float]]


def options() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=sorted(PAPER_WANN))
    parser.add_argument("--champion", type=Path, help="a network file; default: search for one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    return parser.parse_args()


def searched(task: str, seed: int) -> Network:
    """Return the champion of a search of one minute on one core."""
    settings = preset("fast", seed=seed, time_limit_s=SEARCH_S)
    with TemporaryDirectory() as folder:
        return run_search(task, settings, Path(folder)).champion


def measured(network: Network, task: Task, seed: int) -> Figures:
    """Return the mean and standard deviation in each mode."""
    scores = [score_mode(network, task, mode, EPISODES, seed) for mode in MODES]
    return [(score.mean, score.sd) for score in scores]


def row(name: str, figures: Figures) -> dict[str, object]:
    """Return a row of the table: "mean ± sd" for each mode."""
    cells = {
        mode: f"{mean:.0f} ± {sd:.0f}" for mode, (mean, sd) in zip(MODES, figures, strict=True)
    }
    return {"topology": name, **cells}


def main() -> None:
    """Print the measured rows below the paper's."""
    asked = options()
    start_s, task = time.perf_counter(), load_task(asked.task)
    champion = (
        searched(asked.task, asked.seed)
        if asked.champion is None
        else network_file.load(asked.champion)
    )
    ours = f"searched, {len(champion.edges)} connections"
    fixed = dense(task.spec, LAYERS)
    rows = [
        row("paper, searched", PAPER_WANN[asked.task]),
        row(ours, measured(champion, task, asked.seed)),
        row("paper, fixed", PAPER_FIXED[asked.task]),
        row(f"dense, {len(fixed.edges)} connections", measured(fixed, task, asked.seed)),
    ]
    document = machine() | {
        "task": asked.task,
        "episodes": EPISODES,
        "seed": asked.seed,
        "seconds": round(time.perf_counter() - start_s),
    }
    show(document, rows, as_json=asked.json)


if __name__ == "__main__":
    main()
