"""Measure how a search divides the processors' time between the kernel and other work.

Run:  python -m benchmarks.search_speed [--seconds 60] [--repeats 3] [--islands 8,4,2] [--json]

The search continues from populations of 192 networks with 30 hidden nodes. With 8 islands it
runs the races of preset fast; with 4 or 2 islands, one stage without end.

Percentages are of (number of workers) x (wall time of ``run_search``):
kernel: processor time of the kernel's C for results that the search keeps.
not kept: processor time of the kernel's C for results that it discards.
packing: preparation of networks for the kernel.
breeding: breeding, ranking and the transfer of results.
starting: start of the workers.
delayed: a worker could run, but other programs or the main process had the processors.
waiting: the remaining time of the workers.
main: processor time of the main process, in parallel with the workers.
alone: the kernel's share of the time that other programs left.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import machine, show
from benchmarks.kernel import HIDDEN, POPULATION, grown
from wann_edge.evaluate import rollouts
from wann_edge.kernel import program
from wann_edge.kernel.library import library
from wann_edge.network import Network
from wann_edge.parallel.engine import cores
from wann_edge.search import checkpoint
from wann_edge.search.episodes import candidate_seeds
from wann_edge.search.findings import scores_of_candidates, steps_of
from wann_edge.search.genome import express
from wann_edge.search.progress import Progress
from wann_edge.search.run import run_search
from wann_edge.search.search_state import PopulationState, SearchState, StrategyState
from wann_edge.search.settings import Settings, preset
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import Rollouts

Doubles = NDArray[np.float64]
BEGUN = Progress(0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, None, None)
# Indices of a process's clock: processor time in seconds, but STEPS counts environment steps.
STARTED, ALIVE, EVALUATING, KERNEL, STEPS, DELAYED = range(6)


def delayed_s() -> float:
    """Return how long this process waited for a processor; 0 if the system does not report it."""
    path = Path("/proc/self/schedstat")
    return int(path.read_text().split()[1]) / 1e9 if path.exists() else 0.0


class Watched(SwingUp):
    """The swing-up with a clock in each process, kept in a file of float64 numbers."""

    wann_scratch_bytes = staticmethod(library().wann_scratch_bytes)

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self.clock = np.memmap(Path(folder) / str(os.getpid()), np.float64, "w+", shape=(6,))
        self._kernel_s = 0.0

    def _arguments(self) -> tuple[object, ...]:
        return (self._folder,)

    def rollouts_of(
        self, networks: Sequence[Network], weights: Sequence[float], seeds: Sequence[int]
    ) -> list[Rollouts]:
        """Run rollouts and read the clock."""
        start_s = time.process_time()
        with mock.patch.object(program, "library", self._watched):
            done = super().rollouts_of(networks, weights, seeds)
        end_s = time.process_time()
        started_s = self.clock[STARTED] or start_s
        evaluating_s = self.clock[EVALUATING] + end_s - start_s
        steps = self.clock[STEPS] + steps_of(done)
        self.clock[:] = started_s, end_s, evaluating_s, self._kernel_s, steps, delayed_s()
        return done

    def _watched(self) -> Watched:
        return self

    def wann_run_rollouts(self, *arguments: object) -> None:
        """Run rollouts in the kernel and read the clock."""
        start_s = time.thread_time()
        library().wann_run_rollouts(*arguments)
        self._kernel_s += time.thread_time() - start_s


def grown_island(number: int, settings: Settings) -> PopulationState:
    """Return a population of networks of 30 hidden nodes, with their scores."""
    rng = np.random.default_rng(number)
    genomes = [grown(rng) for _ in range(settings.population)]
    task, seeds = SwingUp(), candidate_seeds(settings, 0)
    results = [rollouts(express(g, SPEC), task, settings.shared_weights, seeds) for g in genomes]
    scores = map(tuple, scores_of_candidates(results).tolist())
    members = tuple((genome, row, ()) for genome, row in zip(genomes, scores, strict=True))
    return PopulationState(number, 1, members)


def begun(count: int, seed: int, seconds: float) -> SearchState:
    """Return a search with such islands."""
    usual = preset("fast", time_limit_s=seconds)
    changes = {"seed": seed, "workers": cores(), "population": POPULATION, "islands": count}
    if count != usual.islands:
        changes["stage_rounds"] = 10**6
    settings = preset("fast", time_limit_s=seconds, **changes)
    islands = tuple(grown_island(count * seed + number, settings) for number in range(count))
    standing = StrategyState(1, islands, started=count, rounds_left=settings.stage_rounds)
    return SearchState(
        version=checkpoint.VERSION,
        task=SPEC.name,
        settings=settings,
        standing=standing,
        archive=(),
        history=(BEGUN,),
    )


def row_of(count: int, seed: int, seconds: float) -> dict[str, object]:
    """Run a search and return the shares of processor time, in percent."""
    state = begun(count, seed, seconds)
    with tempfile.TemporaryDirectory() as clocks, tempfile.TemporaryDirectory() as folder:
        checkpoint.save(Path(folder), state)
        task, start_s, before_s = Watched(clocks), time.perf_counter(), time.process_time()
        result = run_search(task, state.settings, Path(folder), resume=True)
        main_s = time.process_time() - before_s - task.clock[EVALUATING]
        spent_s = state.settings.workers * (time.perf_counter() - start_s)
        clock = np.sum([np.fromfile(path, np.float64) for path in Path(clocks).iterdir()], axis=0)
    row = shares(clock, task.clock, result.progress.steps, spent_s, main_s)
    hidden = result.champion.hidden_count
    return {"islands": count, "seed": seed, "hidden": hidden, **row}


def shares(
    clock: Doubles, own: Doubles, steps_kept: int, spent_s: float, main_s: float
) -> dict[str, float]:
    """Return the percentages from the clocks of all processes and of the main process."""
    workers = clock - own
    kept = steps_kept / clock[STEPS]
    seconds_of = {
        "kernel": clock[KERNEL] * kept,
        "not kept": clock[KERNEL] * (1 - kept),
        "packing": clock[EVALUATING] - clock[KERNEL],
        "breeding": workers[ALIVE] - workers[STARTED] - workers[EVALUATING],
        "starting": workers[STARTED],
        "delayed": workers[DELAYED],
    }
    waiting_s = spent_s - sum(seconds_of.values())
    seconds_of |= {"waiting": waiting_s, "main": main_s}
    percent = {name: float(100 * value / spent_s) for name, value in seconds_of.items()}
    others = max(0.0, percent["delayed"] - percent["main"])
    return {"alone": 100 * percent["kernel"] / (100 - others)} | percent


def main() -> None:
    """Print a row for each search, and the median share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--seconds", type=float, default=60.0, help="time for each search")
    parser.add_argument("--repeats", type=int, default=3, help="number of searches, seeds from 0")
    parser.add_argument(
        "--islands", default="8,4,2", help="numbers of islands, separated by commas"
    )
    options = parser.parse_args()
    document = machine() | {"population": POPULATION, "hidden nodes at the start": HIDDEN}
    rows: list[dict[str, object]] = []
    for count in map(int, options.islands.split(",")):
        searches = [row_of(count, seed, options.seconds) for seed in range(options.repeats)]
        for share in ("kernel", "alone"):
            median = statistics.median(float(str(row[share])) for row in searches)
            document[f"median % {share}, {count} islands"] = round(median, 1)
        rows += searches
    show(document, rows, as_json=options.json)


if __name__ == "__main__":
    main()
