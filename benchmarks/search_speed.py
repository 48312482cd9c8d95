"""How much of the processors' time a search spends in the kernel, and where the rest goes.

Run:  python -m benchmarks.search_speed [--seconds 60] [--repeats 3] [--islands 8,4,2] [--json]

The search goes on from populations of 192 with networks of 30 hidden nodes: a whole race of
eight islands as preset fast runs it, or a stage without end of four, or of the last two.

All that ``run_search`` does is counted, from its call to its return, in shares of workers
times wall time. The kernel's seconds are those that its C had a processor, less what was
run and then not kept. What other processes of the machine take looks like waiting.
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

from benchmarks.common import machine, show
from benchmarks.kernel import HIDDEN, POPULATION, grown
from wann_edge.engine import cores
from wann_edge.evaluate import rollouts
from wann_edge.kernel import program
from wann_edge.kernel.library import library
from wann_edge.network import Network
from wann_edge.search import checkpoint
from wann_edge.search.advance import episode_seeds, scores_of_candidates
from wann_edge.search.genome import express
from wann_edge.search.progress import Progress
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset
from wann_edge.search.state import Island, Standing, State
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import Rollouts

BEGUN = Progress(0, 0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0, None, None)
# Of a process, in seconds that it had a processor; and the environment steps that it ran.
STARTED, ALIVE, EVALUATING, KERNEL, STEPS, DELAYED = range(6)


def delayed_s() -> float:
    """For how long this process could have run, but others had the processors; 0 if not told."""
    path = Path("/proc/self/schedstat")
    return int(path.read_text().split()[1]) / 1e9 if path.exists() else 0.0


class Watched(SwingUp):
    """The swing-up with a clock in each process that runs it: a file of float64 numbers."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self.clock = np.memmap(Path(folder) / str(os.getpid()), np.float64, "w+", shape=(6,))
        self.clock[STARTED] = time.process_time()

    def _arguments(self) -> tuple[object, ...]:
        return (self._folder,)

    def rollouts_of(
        self, networks: Sequence[Network], weights: Sequence[float], seeds: Sequence[int]
    ) -> list[Rollouts]:
        """As the swing-up's, with the clock read."""
        start_s = time.process_time()
        with mock.patch.object(program, "library", self._kernel):
            done = super().rollouts_of(networks, weights, seeds)
        end_s = time.process_time()
        self.clock[ALIVE] = end_s
        self.clock[DELAYED] = delayed_s()
        self.clock[EVALUATING] += end_s - start_s
        self.clock[STEPS] += sum(int(result.steps.sum()) for result in done)
        return done

    def _kernel(self) -> Watched:
        return self

    wann_scratch_bytes = staticmethod(library().wann_scratch_bytes)

    def wann_run_rollouts(self, *arguments: object) -> None:
        """As the kernel's, with the clock read."""
        start_s = time.thread_time()
        library().wann_run_rollouts(*arguments)
        self.clock[KERNEL] += time.thread_time() - start_s


def grown_island(number: int, settings: Settings) -> Island:
    """A population of networks of 30 hidden nodes, with their scores."""
    rng = np.random.default_rng(number)
    genomes = [grown(rng) for _ in range(settings.population)]
    task, seeds = SwingUp(), episode_seeds(settings, 0)
    results = [rollouts(express(g, SPEC), task, settings.shared_weights, seeds) for g in genomes]
    scores = map(tuple, scores_of_candidates(results).tolist())
    return Island(number, 1, tuple(zip(genomes, scores, strict=True)))


def begun(count: int, seed: int, seconds: float) -> State:
    """A search that has such islands, and as long to go."""
    usual = preset("fast", time_limit_s=seconds)
    changes = {"seed": seed, "workers": cores(), "population": POPULATION, "islands": count}
    if count != usual.islands:
        changes["stage_rounds"] = 10**6
    settings = preset("fast", time_limit_s=seconds, **changes)
    islands = tuple(grown_island(count * seed + number, settings) for number in range(count))
    standing = Standing(1, islands, started=count, rounds_left=settings.stage_rounds)
    return State(checkpoint.VERSION, SPEC.name, settings, standing, (), (BEGUN,))


def row_of(count: int, seed: int, seconds: float) -> dict[str, object]:
    """One search: where the processors' time went, in percent."""
    state = begun(count, seed, seconds)
    with tempfile.TemporaryDirectory() as clocks, tempfile.TemporaryDirectory() as folder:
        checkpoint.save(Path(folder), state)
        task = Watched(clocks)
        start_s, before_s, before_delayed_s = time.perf_counter(), time.process_time(), delayed_s()
        result = run_search(task, state.settings, Path(folder), resume=True)
        main_s = time.process_time() - before_s
        main_delayed_s = delayed_s() - before_delayed_s
        spent_s = state.settings.workers * (time.perf_counter() - start_s)
        clock = np.array([np.fromfile(path, np.float64) for path in Path(clocks).iterdir()])
    total, own = clock.sum(axis=0), task.clock
    seconds_of = {
        "% in the kernel": total[KERNEL] * result.progress.steps / total[STEPS],
        "not kept": total[KERNEL] * (1 - result.progress.steps / total[STEPS]),
        "packing": total[EVALUATING] - total[KERNEL],
        "breeding": (total - own)[[ALIVE, STARTED, EVALUATING]] @ (1, -1, -1),
        "starting": (total - own)[STARTED],
        "main process": main_s - own[EVALUATING],
        "others": (total - own)[DELAYED] + main_delayed_s,
    }
    seconds_of["waiting"] = spent_s - sum(seconds_of.values())
    shares = {name: float(100 * value / spent_s) for name, value in seconds_of.items()}
    hidden = result.champion.hidden_count
    speed = result.progress.steps / spent_s * state.settings.workers / 1e6
    return {"islands": count, "seed": seed, "hidden nodes": hidden, "M steps/s": speed} | shares


def main() -> None:
    """Prints a row a search, and the median share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--seconds", type=float, default=60.0, help="time for each search")
    parser.add_argument("--repeats", type=int, default=3, help="searches, of seeds 0 and on")
    parser.add_argument("--islands", default="8,4,2", help="numbers of them, with commas")
    options = parser.parse_args()
    document = machine() | {"population": POPULATION, "hidden nodes at the start": HIDDEN}
    rows: list[dict[str, object]] = []
    for count in map(int, options.islands.split(",")):
        searches = [row_of(count, seed, options.seconds) for seed in range(options.repeats)]
        shares = [float(str(row["% in the kernel"])) for row in searches]
        document[f"median % in the kernel, {count} islands"] = round(statistics.median(shares), 1)
        rows += searches
    show(document, rows, as_json=options.json)


if __name__ == "__main__":
    main()
