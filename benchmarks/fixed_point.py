"""Compare fixed point with floats: reward of the published swing-up champion, and speed.

Run:  python -m benchmarks.fixed_point [--json]
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.common import DATA, arguments, machine, show
from wann_edge.evaluate import PAPER_WEIGHTS, episode_seeds, rollouts
from wann_edge.fixed_point.precision import compare
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.network import Network
from wann_edge.network.fixed_network import quantise
from wann_edge.network.number_formats import WORDS
from wann_edge.network.published import read_published
from wann_edge.task import Task, load_task

EPISODES = 1000
SEED = 1


def champion(task: Task, *, tuned: bool) -> Network:
    """Return the champion with a shared weight or, if tuned, with the single weights of the zoo."""
    weights = DATA / "zoo" / "cartpole_swingup.wann.json" if tuned else None
    return read_published(DATA / "champions" / "swing.out", 5, 1, weights, -1.5, task.spec)


def steps_per_s(network: Network, task: Task, seconds: float) -> float:
    """Return environment steps per second with the most lanes, the best of several runs."""
    weights, seeds, best, end = list(PAPER_WEIGHTS), episode_seeds(0, 80), 0.0, time.time()
    end += seconds
    while time.time() < end or not best:
        start = time.perf_counter()
        steps = int(rollouts(network, task, weights, seeds).steps.sum())
        best = max(best, steps / (time.perf_counter() - start))
    return best


def rows(task: Task, seconds: float) -> Iterator[dict[str, object]]:
    """Yield one row per shared weight and word size."""
    for tuned in (False, True):
        network = champion(task, tuned=tuned)
        ranges = measured_ranges(network, task)
        for dtype in WORDS:
            fixed = quantise(network, ranges, dtype)
            speed = steps_per_s(fixed, task, seconds) / 1e6
            for weight in (1.0,) if tuned else PAPER_WEIGHTS:
                found = compare(network, fixed, task, EPISODES, SEED, 0.02, weight)
                yield {
                    "weights": "tuned" if tuned else f"shared {weight:g}",
                    "words": dtype,
                    "float": found.float_reward,
                    "fixed": found.fixed_reward,
                    "95 % interval of the difference": "{:+.2f} to {:+.2f}".format(
                        *found.interval or ()
                    ),
                    "million steps/s": speed,
                }


def main() -> None:
    """Measure and print."""
    asked = arguments(__doc__)
    task = load_task("swingup")
    speed = steps_per_s(champion(task, tuned=False), task, asked.seconds) / 1e6
    document = {**machine(), "episodes": EPISODES, "million steps/s with floats": round(speed, 1)}
    show(document, list(rows(task, asked.seconds)), as_json=asked.json)


if __name__ == "__main__":
    main()
