"""Searches a controller for each native plant, and says whether it holds the plant.

Run:  python -m benchmarks.plants [TASK ...] [--seconds 90] [--workers 2] [--json]

The champion runs 100 fresh episodes with its best shared weight. What an episode must do
to be held is the table HOLDS below, and docs/tasks.md in words.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.common import machine, show
from wann_edge.evaluate import KernelPolicy, episode_seeds
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.search.run import run_search
from wann_edge.search.settings import preset
from wann_edge.task import Task, load_task

EPISODES = 100
# Far from the search's seed, so that no episode was seen before.
FRESH_SEED = 2**31
TEN_DEGREES = math.radians(10)

# Whether an episode was held: of its observations [steps, inputs], its spec's max_steps, and
# whether it ended by itself.
Holds = Callable[[Floats, int, bool], bool]


def stays(most: dict[int, float], steps: int) -> Holds:
    """To its end, with |observation| at most so much in the last steps."""

    def holds(seen: Floats, max_steps: int, over: bool) -> bool:
        last = np.abs(seen[-steps:])
        return not over and all((last[:, i] <= limit).all() for i, limit in most.items())

    return holds


def _hovers(seen: Floats, max_steps: int, over: bool) -> bool:
    return not over and bool((np.hypot(*seen[-500:, :2].T) <= 0.1).all())


def _upright(seen: Floats, max_steps: int, over: bool) -> bool:
    return bool((seen[-50:, 0] >= math.cos(TEN_DEGREES)).all())


def _arrives(seen: Floats, max_steps: int, over: bool) -> bool:
    return over


HOLDS: dict[str, Holds] = {
    "cartpole": stays({}, 1),
    "pendulum": _upright,
    "mountaincar": _arrives,
    "acrobot": _arrives,
    "furuta": stays({1: TEN_DEGREES}, 500),
    "balancer": stays({0: 0.25, 2: TEN_DEGREES}, 500),
    "quadrotor": _hovers,
}


def episode(network: Network, task: Task, seed: int) -> tuple[Floats, float, bool]:
    """Observations [steps, inputs] after each step, the return, and whether it ended by itself."""
    policy, world = KernelPolicy(network), task.world()
    action, seen, total, over = policy.act(world.reset(seed)), [], 0.0, False
    while not over and len(seen) < task.spec.max_steps:
        observation, reward, over = world.step(action)
        seen.append(observation)
        total += float(reward)
        action = policy.act(observation)
    return np.array(seen), total, over


def judged(name: str, network: Network) -> dict[str, object]:
    """How many of 100 fresh episodes are held, and their return."""
    task = load_task(name)
    runs = [episode(network, task, seed) for seed in episode_seeds(FRESH_SEED, EPISODES)]
    held = sum(HOLDS[name](seen, task.spec.max_steps, over) for seen, _, over in runs)
    returns = [total for _, total, _ in runs]
    return {
        "held": f"{held} of {EPISODES}",
        "return": f"{np.mean(returns):.1f} ± {np.std(returns, ddof=1):.1f}",
    }


def searched(name: str, seconds: float, workers: int, seed: int) -> dict[str, object]:
    """A row of the table."""
    settings = preset("fast", seed=seed, time_limit_s=seconds, workers=workers)
    with TemporaryDirectory() as folder:
        result = run_search(name, settings, Path(folder))
    network = result.champion
    return {
        "task": name,
        **judged(name, network),
        "weight": network.shared_weight,
        "mean of six weights": round(result.scores.mean_of_weights, 1),
        "connections": len(network.edges),
        "hidden": network.hidden_count,
        "M steps/s": result.progress.steps_per_s / 1e6,
    }


def main() -> None:
    """Prints a row a task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"of {', '.join(HOLDS)}")
    parser.add_argument("--seconds", type=float, default=90.0, help="of each search")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    asked = parser.parse_args()
    unknown = set(asked.tasks) - set(HOLDS)
    if unknown:
        parser.error(f"{min(unknown)!r} is not one of {', '.join(HOLDS)}")
    names = asked.tasks or list(HOLDS)
    rows: list[dict[str, object]] = []
    for name in names:
        rows.append(searched(name, asked.seconds, asked.workers, asked.seed))
        print(*rows[-1].values(), sep="  ", file=sys.stderr, flush=True)
    show({**machine(), "seconds a search": asked.seconds}, rows, as_json=asked.json)


if __name__ == "__main__":
    main()
