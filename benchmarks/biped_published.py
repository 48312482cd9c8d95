"""Score the published biped champion in gymnasium's BipedalWalker and in the task ``biped``.

Run:  python -m benchmarks.biped_published [--episodes 100] [--json]

The table also shows the published scores. It takes some minutes, because an episode has
1600 steps if the walker does not fall.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks.common import DATA, machine, show
from wann_edge.evaluate import episode_seeds, rollouts, score, scores_of
from wann_edge.network import Network
from wann_edge.network.published import read_published
from wann_edge.parallel.engine import Engine, cores
from wann_edge.task import Task, load_task

TASK, OURS = "gymnasium:BipedalWalker-v3", "biped"
# From the README of the reference data. Shared weight -> mean and standard deviation;
# None: tuned single weights.
PUBLISHED: dict[float | None, tuple[str, str]] = {
    -2.0: ("252", "84"),
    -1.5: ("257", "106"),
    -1.0: ("184", "124"),
    -0.5: ("-98", "-"),
    0.5: ("-111", "-"),
    1.0: ("-97", "-"),
    2.0: ("-103", "-"),
    None: ("325.7", "41.5"),
}
TUNED_BIAS = -1.87


def main() -> None:
    """Print a row for each weight."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=100)
    parser.add_argument("--workers", type=int, default=cores())
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    asked = parser.parse_args()
    champion, zoo = DATA / "champions" / "biped.out", DATA / "zoo" / "biped.wann.json"
    bare = read_published(champion, 24, 4)
    tuned = read_published(champion, 24, 4, zoo, TUNED_BIAS)
    rows: list[dict[str, object]] = []
    steps, spent_s = 0, 0.0
    with Engine(TASK, asked.workers) as engine:
        for weight, (mean, sd) in PUBLISHED.items():
            network = tuned if weight is None else bare
            seeds, shared = episode_seeds(0, asked.episodes), 1.0 if weight is None else weight
            # One episode per item, so that all workers have work.
            start_s = time.perf_counter()
            found = engine.map(_run, [(network, shared, seed) for seed in seeds])
            spent_s += time.perf_counter() - start_s
            steps += sum(length for _, length in found)
            theirs = scores_of(np.array([[total for total, _ in found]]), (shared,)).best
            ours = score(network, load_task(OURS), (shared,), asked.episodes, seed=0).best
            rows.append(
                {
                    "weight": "tuned" if weight is None else f"{weight:g}",
                    "gymnasium": theirs.mean,
                    "gymnasium sd": theirs.sd,
                    "biped": ours.mean,
                    "biped sd": ours.sd,
                    "published": mean,
                    "published sd": sd,
                }
            )
    document = machine() | {"episodes": asked.episodes, "steps/s": round(steps / spent_s)}
    show(document, rows, as_json=asked.json)


def _run(task: Task, item: tuple[Network, float, int]) -> tuple[float, int]:
    network, weight, seed = item
    found = rollouts(network, task, (weight,), (seed,))
    return found.returns.item(), found.steps.item()


if __name__ == "__main__":
    main()
