"""Measure by how much memory grows over thousands of episodes of PyBullet's tasks.

Run:  python -m benchmarks.bullet_leak [--episodes 10000] [--steps 5] [--json]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks.common import machine, resident_kb, show
from wann_edge.task import load_task

TASKS = ("bullet/swingup", "bullet/balancer", "bullet/a1")
# Episodes before the first measurement; they fill caches.
WARM_UP = 100


def row(name: str, episodes: int, steps: int) -> dict[str, object]:
    """Return the results of one task."""
    task = load_task(name)
    world, action = task.world(), np.zeros(len(task.spec.outputs), np.float32)
    before, start_s = 0, 0.0
    for seed in range(WARM_UP + episodes):
        if seed == WARM_UP:
            before, start_s = resident_kb(), time.perf_counter()
        world.reset(seed)
        for _ in range(steps):
            if world.step(action)[2]:
                break
    grown, spent_s = resident_kb() - before, time.perf_counter() - start_s
    return {"task": name, "before KB": before, "grown KB": grown, "episodes/s": episodes / spent_s}


def main() -> None:
    """Print one row per task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--episodes", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=5, help="control periods per episode")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    asked = parser.parse_args()
    rows = [row(name, asked.episodes, asked.steps) for name in TASKS]
    show(machine() | {"episodes": asked.episodes}, rows, as_json=asked.json)


if __name__ == "__main__":
    main()
