"""Measure environment steps per second of every task, and of gymnasium and EnvPool.

Run:  python -m benchmarks.sims [TASK ...] [--seconds 1] [--json]

Each runs on one thread. Times of wann-edge include a network of 8 hidden nodes, which computes
each action; gymnasium and EnvPool step with a fixed action, without a network. They are timed
for tasks that they have too. EnvPool steps 64 environments per call; to include it:
pip install envpool
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from importlib.util import find_spec

import gymnasium
import numpy as np

from benchmarks.common import machine, show
from wann_edge.errors import MissingError
from wann_edge.evaluate import PAPER_WEIGHTS, rollouts_of
from wann_edge.kernel import activation_names
from wann_edge.network import Network
from wann_edge.registry import registered
from wann_edge.search.genome import express, initial
from wann_edge.search.mutation import add_connection, add_node
from wann_edge.task import Task, is_batch, load_task

# The environment of gymnasium and EnvPool that is the same as a task.
SAME = {
    "cartpole": "CartPole-v1",
    "pendulum": "Pendulum-v1",
    "mountaincar": "MountainCarContinuous-v0",
    "acrobot": "Acrobot-v1",
    "biped": "BipedalWalker-v3",
}
HIDDEN = 8
ENVIRONMENTS = 64
# Episodes per weight in a batch. A task that runs step by step runs one.
EPISODES = 320
# Networks that share a world of such a task, as in a worker of a search.
NETWORKS = 8


def controller(task: Task) -> Network:
    """Return a random network of 8 hidden nodes with the task's contract."""
    rng, spec = np.random.default_rng(0), task.spec
    genome = initial(len(spec.inputs), len(spec.outputs), 1.0, rng)
    while len(genome.hidden) < HIDDEN:
        genome = add_connection(add_node(genome, activation_names(), rng), rng)
    return express(genome, spec)


def median_rate(run: Callable[[], int], seconds: float) -> float:
    """Return the median steps a second over repeats of ``run``, which returns its steps."""
    run()
    rates: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(rates) < 3:
        start = time.perf_counter()
        rates.append(run() / (time.perf_counter() - start))
    return statistics.median(rates)


def ours(task: Task, seconds: float) -> float:
    """Return the steps a second of the engine with a network."""
    networks = [controller(task)] * (1 if is_batch(task) else NETWORKS)
    weights, seeds = (PAPER_WEIGHTS, range(EPISODES)) if is_batch(task) else ((1.0,), range(1))

    def run() -> int:
        found = rollouts_of(networks, task, weights, seeds)
        return sum(int(one.steps.sum()) for one in found)

    return median_rate(run, seconds)


def gymnasiums(name: str, seconds: float) -> float:
    """Return the steps a second of gymnasium's environment."""
    env = gymnasium.make(name)
    env.action_space.seed(0)
    action = env.action_space.sample()

    def run() -> int:
        env.reset(seed=0)
        for step in range(1, 201):
            _, _, over, late, _ = env.step(action)
            if over or late:
                return step
        return 200

    return median_rate(run, seconds)


def envpools(name: str, seconds: float) -> float:
    """Return the steps a second of EnvPool's environment with one thread."""
    import envpool  # noqa: PLC0415

    pool = envpool.make_gymnasium(name, num_envs=ENVIRONMENTS, num_threads=1, seed=0)
    pool.reset()
    space = pool.action_space
    space.seed(0)
    actions = np.array([space.sample() for _ in range(ENVIRONMENTS)])

    def run() -> int:
        for _ in range(50):
            pool.step(actions)
        return 50 * ENVIRONMENTS

    return median_rate(run, seconds)


def row_of(name: str, seconds: float) -> dict[str, object]:
    """Return a row of the table in thousands of steps a second, with a dash for none."""
    row: dict[str, object] = {"task": name}
    try:
        row["wann-edge, k/s"] = round(ours(load_task(name), seconds) / 1e3, 1)
    except MissingError as error:
        return row | {"wann-edge, k/s": str(error)}
    other = SAME.get(name)
    row["gymnasium, k/s"] = round(gymnasiums(other, seconds) / 1e3, 1) if other else "-"
    pooled = other and find_spec("envpool") is not None
    row["EnvPool, k/s"] = round(envpools(str(other), seconds) / 1e3, 1) if pooled else "-"
    return row


def main() -> None:
    """Print a row for each task."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="default: all registered tasks")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each measurement")
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    asked = parser.parse_args()
    rows = [row_of(name, asked.seconds) for name in asked.tasks or registered("tasks")]
    show(machine(), rows, as_json=asked.json)


if __name__ == "__main__":
    main()
