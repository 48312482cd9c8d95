"""Validation: the reward of a controller in another world, under disturbances."""

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
from wann_edge.task.open_world import opened
from wann_edge.verify.policies import policy

# Episodes per task of a worker.
BLOCK = 10


@dataclass(frozen=True)
class CaseResult:
    """The result of a network under one case of disturbances.

    Attributes:
        case: the disturbances, as text.
        episodes: their number.
        mean: of the returns.
        sd: standard deviation of the returns.
        worst: the lowest return.
        success: the share of episodes that reach the least reward.
        low: lower end of the 95 % interval of the share (Wilson 1927).
        high: upper end of the interval.
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
    """What is validated.

    Attributes:
        network: to run.
        weight: the shared weight.
        engine: one of ``verify.policies.ENGINES``.
    """

    network: Network
    weight: float
    engine: str = "kernel"


class _Block(NamedTuple):
    controller: Controller
    disturbances: Disturbances
    seeds: Sequence[int]


def cases(task: Task, given: Disturbances) -> list[tuple[str, Disturbances]]:
    """Return the cases with their names: none, each disturbance alone, all together.

    Raises:
        TaskError: the task does not support a disturbance.
    """
    draw(given, task.spec, _parameters(task), [])
    alone = given.single
    together = [("all together", given)] if len(alone) > 1 else []
    return [("none", NONE), *alone, *together]


def possible(task: Task, given: Disturbances) -> tuple[Disturbances, dict[str, str]]:
    """Return the disturbances that the task supports, and for each other one why not."""
    parameters, kept, faults = _parameters(task), [], {}
    for name, one in given.single:
        try:
            draw(one, task.spec, parameters, [])
            kept.append(one)
        except TaskError as error:
            faults[name] = error.what
    values = {name: value for one in kept for name, value in one.strengths}
    return Disturbances(**values), faults  # type: ignore[arg-type]


def _parameters(task: Task) -> tuple[str, ...]:
    with opened(task.world()) as world:
        return parameters_of(world)


def returns_of(
    engine: Engine, controller: Controller, given: Disturbances, seeds: Sequence[int]
) -> Floats:
    """Run the episode of each seed, spread over the workers.

    Args:
        engine: the workers, with the task.
        controller: to run.
        given: the disturbances.
        seeds: one per episode.

    Returns:
        float32 [episodes]: the returns.

    Raises:
        TaskError: the network does not fit the task, or the task does not support a
            disturbance.
    """
    blocks = [
        _Block(controller, given, seeds[first : first + BLOCK])
        for first in range(0, len(seeds), BLOCK)
    ]
    return np.concatenate(engine.map(_run, blocks))


def least_reward(returns: Floats) -> float:
    """Return the least return of a success, from returns [episodes] without disturbances."""
    return float(enough(returns.mean(dtype=np.float64, keepdims=True))[0])


def case_result(case: str, returns: Floats, least: float) -> CaseResult:
    """Return the result of a case for returns [episodes], two or more."""
    exact = returns.astype(np.float64)
    reached = int(np.count_nonzero(exact >= least))
    low, high = wilson(reached, len(exact))
    return CaseResult(
        case=case,
        episodes=len(exact),
        mean=float(exact.mean()),
        sd=float(exact.std(ddof=1)),
        worst=float(exact.min()),
        success=reached / len(exact),
        low=low,
        high=high,
    )


def _run(task: Task, block: _Block) -> Floats:
    """Run a block of episodes; called in a worker."""
    (network, weight, engine), given, seeds = block
    world = disturbed(task, given)
    if engine == "kernel":
        found: Floats = rollouts(network, world, (weight,), seeds).returns[0]
        return found
    drives = _policy(network, engine, weight)
    with opened(world.world()) as one:
        totals = [run_episode(drives, one, seed, task.spec.max_steps)[0] for seed in seeds]
    return np.array(totals, np.float32)


@lru_cache(maxsize=4)
def _policy(network: Network, engine: str, weight: float) -> Policy:
    return policy(network, engine, weight)
