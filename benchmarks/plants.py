"""Search a controller for each native plant or PyBullet robot, and count the episodes it holds.

Run:  python -m benchmarks.plants [TASK ...] [--seconds 90] [--workers 2] [--champion FILE] [--json]

The champion runs 100 fresh episodes with its best shared weight. The table HOLDS
defines when an episode is held; docs/results/tasks.md describes it in words.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from benchmarks.common import machine, show
from wann_edge.evaluate import KernelPolicy, episode_seeds
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.search.run import run_search
from wann_edge.search.settings import preset, usual_preset
from wann_edge.task import Task, World, load_task

EPISODES = 100
# Far from the seed of the search, so that the search has used none of these episodes.
FRESH_SEED = 2**31
TEN_DEGREES = math.radians(10)


class Episode(NamedTuple):
    """Observations [steps, inputs] after each step, the return, and whether the plant ended it."""

    seen: Floats
    total: float
    over: bool


# Decides whether an episode is held.
Holds = Callable[[Episode], bool]


def stays(most: dict[int, float], steps: int) -> Holds:
    """Return a rule: it ran to its end, and observations stayed small in the last steps."""

    def holds(episode: Episode) -> bool:
        last = np.abs(episode.seen[-steps:])
        return not episode.over and all((last[:, i] <= limit).all() for i, limit in most.items())

    return holds


def _hovers(episode: Episode) -> bool:
    return not episode.over and bool((np.hypot(*episode.seen[-500:, :2].T) <= 0.1).all())


def _upright(episode: Episode) -> bool:
    return bool((episode.seen[-50:, 0] >= math.cos(TEN_DEGREES)).all())


def _swings_up(episode: Episode) -> bool:
    return not episode.over and bool((episode.seen[-200:, 1] >= math.cos(TEN_DEGREES)).all())


def _arrives(episode: Episode) -> bool:
    return episode.over


def _walks(episode: Episode) -> bool:
    """Return whether it ran to its end without a fall, for at least 3 m (its return)."""
    return not episode.over and episode.total >= 3.0


HOLDS: dict[str, Holds] = {
    "cartpole": stays({}, 1),
    "pendulum": _upright,
    "mountaincar": _arrives,
    "acrobot": _arrives,
    "furuta": stays({1: TEN_DEGREES}, 500),
    "furuta-swingup": _swings_up,
    "balancer": stays({0: 0.25, 2: TEN_DEGREES}, 500),
    "quadrotor": _hovers,
    "bullet/balancer": stays({0: TEN_DEGREES, 2: 0.25}, 500),
    "bullet/a1": _walks,
}
NATIVE = [name for name in HOLDS if "/" not in name]


def episode(network: Network, task: Task, world: World, seed: int) -> Episode:
    """Run an episode with the network's own weight."""
    policy = KernelPolicy(network)
    seen: list[Floats] = []
    action, total, over = policy.act(world.reset(seed)), 0.0, False
    while not over and len(seen) < task.spec.max_steps:
        observation, reward, over = world.step(action)
        seen.append(observation)
        total += float(reward)
        action = policy.act(observation)
    return Episode(np.array(seen), total, over)


def judged(name: str, network: Network) -> dict[str, object]:
    """Return how many of 100 fresh episodes are held, and their mean return."""
    task = load_task(name)
    world, seeds = task.world(), episode_seeds(FRESH_SEED, EPISODES)
    runs = [episode(network, task, world, seed) for seed in seeds]
    held = sum(map(HOLDS[name], runs))
    returns = [run.total for run in runs]
    return {
        "held": f"{held} of {EPISODES}",
        "return": f"{np.mean(returns):.1f} ± {np.std(returns, ddof=1):.1f}",
    }


def searched(name: str, seconds: float, workers: int, seed: int) -> dict[str, object]:
    """Return a row of the table."""
    settings = preset(
        usual_preset(load_task(name)), seed=seed, time_limit_s=seconds, workers=workers
    )
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
        "thousand steps/s": result.progress.steps_per_s / 1e3,
    }


def main() -> None:
    """Print a row for each task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "tasks", nargs="*", metavar="TASK", help=f"{', '.join(HOLDS)}; default: the native ones"
    )
    parser.add_argument("--seconds", type=float, default=90.0, help="time for each search")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--champion", type=Path, help="test this network file; do not search")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    asked = parser.parse_args()
    unknown = set(asked.tasks) - set(HOLDS)
    if unknown:
        parser.error(f"unknown task {min(unknown)!r}; tasks are {', '.join(HOLDS)}")
    names = asked.tasks or NATIVE
    rows: list[dict[str, object]] = []
    for name in names:
        if asked.champion is None:
            rows.append(searched(name, asked.seconds, asked.workers, asked.seed))
        else:
            rows.append({"task": name, **judged(name, network_file.load(asked.champion))})
        print(*rows[-1].values(), sep="  ", file=sys.stderr, flush=True)
    show({**machine(), "seconds per search": asked.seconds}, rows, as_json=asked.json)


if __name__ == "__main__":
    main()
