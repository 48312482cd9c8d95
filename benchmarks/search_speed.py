"""How much of the processors' time a search spends in the kernel.

Run:  python -m benchmarks.search_speed [--seconds 60] [--repeats 3] [--json]

The search goes on from a stage of a race, four islands or the last two, each a population
of 192 with networks of 30 hidden nodes. All is counted: starting the workers, breeding,
ranking, packing, what is sent, and the checkpoint after each round. What the faster of two
islands found ahead of the other when the time is up is lost, and not counted.

Evaluation is packing and kernel; how much of it is the kernel is timed apart, in one process.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import numpy as np

from benchmarks.common import machine, show
from benchmarks.kernel import HIDDEN, POPULATION, grown
from wann_edge.engine import cores
from wann_edge.evaluate import rollouts, rollouts_of
from wann_edge.kernel import program
from wann_edge.kernel.library import library
from wann_edge.search import checkpoint
from wann_edge.search.advance import episode_seeds, scores_of_candidates
from wann_edge.search.genome import express
from wann_edge.search.progress import Progress
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset
from wann_edge.search.state import Island, Standing, State
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.workers import GARBAGE_THRESHOLD

ISLANDS = (4, 2)
BEGUN = Progress(0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, None, None)


def grown_island(number: int, settings: Settings) -> Island:
    """A population of networks of 30 hidden nodes, with their scores."""
    rng = np.random.default_rng(number)
    genomes = [grown(rng) for _ in range(settings.population)]
    task, seeds = SwingUp(), episode_seeds(settings, 0)
    results = [rollouts(express(g, SPEC), task, settings.shared_weights, seeds) for g in genomes]
    scores = map(tuple, scores_of_candidates(results).tolist())
    return Island(number, 1, tuple(zip(genomes, scores, strict=True)))


def row_of(count: int, seed: int, seconds: float) -> dict[str, object]:
    """One search, resumed from such islands."""
    workers = cores()
    settings = preset(
        "fast",
        population=POPULATION,
        islands=count,
        stage_rounds=10**6,
        seed=seed,
        workers=workers,
        time_limit_s=seconds,
    )
    islands = tuple(grown_island(count * seed + number, settings) for number in range(count))
    standing = Standing(1, islands, started=count, rounds_left=settings.stage_rounds)
    state = State(checkpoint.VERSION, SPEC.name, settings, standing, (), (BEGUN,))
    with tempfile.TemporaryDirectory() as folder:
        checkpoint.save(Path(folder), state)
        result = run_search("swingup", settings, Path(folder), resume=True)
        at_the_end = checkpoint.load(Path(folder)).standing.islands
    return {
        "islands": count,
        "seed": seed,
        "hidden nodes at the end": result.champion.hidden_count,
        "M steps/s": result.progress.steps_per_s / 1e6,
        "% evaluating": 100 * result.evaluating,
        "% in the kernel": 100 * result.evaluating * kernel_share(at_the_end, settings),
    }


def kernel_share(islands: Sequence[Island], settings: Settings) -> float:
    """How much of the time of evaluation the kernel's C takes."""
    seeds = episode_seeds(settings, 0)
    kernel, spent_s = library(), 0.0

    class Timed:
        wann_scratch_bytes = kernel.wann_scratch_bytes

        @staticmethod
        def wann_run_rollouts(*arguments: object) -> None:
            nonlocal spent_s
            start_s = time.thread_time()
            kernel.wann_run_rollouts(*arguments)
            spent_s += time.thread_time() - start_s

    generations = [[express(genome, SPEC) for genome, _ in i.members] for i in islands]
    gc.set_threshold(GARBAGE_THRESHOLD)  # As in a worker.
    with mock.patch.object(program, "library", Timed):
        start_s = time.thread_time()
        for networks in generations:
            rollouts_of(networks, SwingUp(), settings.shared_weights, seeds)
        return spent_s / (time.thread_time() - start_s)


def main() -> None:
    """Prints a row a search, and the median share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--seconds", type=float, default=60.0, help="time for each search")
    parser.add_argument("--repeats", type=int, default=3, help="searches, of seeds 0 and on")
    options = parser.parse_args()
    document = machine() | {"population": POPULATION, "hidden nodes at the start": HIDDEN}
    rows: list[dict[str, object]] = []
    for count in ISLANDS:
        searches = [row_of(count, seed, options.seconds) for seed in range(options.repeats)]
        shares = [float(str(row["% in the kernel"])) for row in searches]
        document[f"median % in the kernel, {count} islands"] = round(statistics.median(shares), 1)
        rows += searches
    show(document, rows, as_json=options.json)


if __name__ == "__main__":
    main()
