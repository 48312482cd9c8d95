"""Validation: what a controller is worth in a world that it was not made for, disturbed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from wann_edge.confidence import enough, wilson
from wann_edge.errors import TaskError
from wann_edge.evaluate import rollouts, run_episode
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.task import Policy, Task
from wann_edge.task.disturbance_draws import draw
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.disturbed import disturbed, parameters_of
from wann_edge.verify.policies import policy

# The usual strengths, of a machine built with care from cheap parts.
USUAL = Disturbances(
    vary=0.2, noise=0.01, adc=10, limit=0.8, dead=0.05, latency=1, jitter=0.2, drop=0.1
)
# Episodes that a worker runs at a time.
BLOCK = 10


@dataclass(frozen=True)
class Row:
    """A network under one case of disturbances.

    mean, sd, worst: of the returns. success: the share of episodes that reach the least
    reward, from low to high with 95 % confidence (Wilson 1927).
    """

    case: str
    episodes: int
    mean: float
    sd: float
    worst: float
    success: float
    low: float
    high: float


class Controller(NamedTuple):
    """What is validated. engine: one of ``verify.policies.ENGINES``."""

    network: Network
    weight: float
    engine: str = "kernel"


class _Block(NamedTuple):
    controller: Controller
    disturbances: Disturbances
    seeds: Sequence[int]


def cases(task: Task, given: Disturbances) -> list[tuple[str, Disturbances]]:
    """None, each disturbance alone, and all together, each with its name.

    Raises TaskError where the task can't be disturbed so.
    """
    draw(given, task.spec, parameters_of(task.world()), [])
    alone = given.single
    together = [("all together", given)] if len(alone) > 1 else []
    return [("none", NONE), *alone, *together]


def possible(task: Task, given: Disturbances) -> tuple[Disturbances, dict[str, str]]:
    """Those of the disturbances that the task can have; and of the others, why not."""
    parameters, kept, faults = parameters_of(task.world()), [], {}
    for name, one in given.single:
        try:
            draw(one, task.spec, parameters, [])
            kept.append(one)
        except TaskError as error:
            faults[name] = error.what
    values = {name: value for one in kept for name, value in one.strengths}
    return Disturbances(**values), faults  # type: ignore[arg-type]


def returns_of(
    engine: Engine, controller: Controller, given: Disturbances, seeds: Sequence[int]
) -> Floats:
    """The return of every episode that a seed names, float32 [episodes], over the workers.

    Raises TaskError where the network does not fit the task, or can't be disturbed so.
    """
    blocks = [
        _Block(controller, given, seeds[first : first + BLOCK])
        for first in range(0, len(seeds), BLOCK)
    ]
    return np.concatenate(engine.map(_run, blocks))


def least_reward(returns: Floats) -> float:
    """What an episode must reach to be a success, by returns without disturbances."""
    return float(enough(returns.mean(dtype=np.float64, keepdims=True))[0])


def row(case: str, returns: Floats, least: float) -> Row:
    """The account of a case. returns: [episodes], of two or more."""
    exact = returns.astype(np.float64)
    reached = int(np.count_nonzero(exact >= least))
    low, high = wilson(reached, len(exact))
    sd, worst = float(exact.std(ddof=1)), float(exact.min())
    return Row(case, len(exact), float(exact.mean()), sd, worst, reached / len(exact), low, high)


def _run(task: Task, block: _Block) -> Floats:
    """A block's returns, where the task is: in a worker."""
    (network, weight, engine), given, seeds = block
    world = disturbed(task, given)
    if engine == "kernel":
        found: Floats = rollouts(network, world, (weight,), seeds).returns[0]
        return found
    drives, one = _policy(network, engine, weight), world.world()
    totals = [run_episode(drives, one, seed, task.spec.max_steps)[0] for seed in seeds]
    return np.array(totals, np.float32)


@lru_cache(maxsize=4)
def _policy(network: Network, engine: str, weight: float) -> Policy:
    return policy(network, engine, weight)
