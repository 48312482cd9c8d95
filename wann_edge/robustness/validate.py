"""Validation: the reward of a controller in another world, under disturbances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from wann_edge.errors import TaskError
from wann_edge.evaluate import rollouts, run_episode
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.robustness.fresh import Fresh, HeldShare
from wann_edge.task import Policy, Rollouts, Task
from wann_edge.task.disturbance_draws import draw
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.disturbed import disturbed, parameters_of
from wann_edge.task.held import Held, WatchedWorld, held_episodes, judged_by, judging
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
        worst_seed: its seed.
        held: how many episodes are held; None where no rule says so.
    """

    case: str
    episodes: int
    mean: float
    sd: float
    worst: float
    worst_seed: int
    held: HeldShare | None


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
    rule: Held | None


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


def fresh_of(
    engine: Engine,
    controller: Controller,
    given: Disturbances,
    seeds: Sequence[int],
    rule: Held | None,
) -> Fresh:
    """Run the episode of each seed, spread over the workers.

    Args:
        engine: the workers, with the task.
        controller: to run.
        given: the disturbances.
        seeds: one per episode.
        rule: when an episode is held; None for nothing that says so.

    Raises:
        TaskError: the network does not fit the task, or the task does not support a
            disturbance.
    """
    blocks = [
        _Block(controller, given, seeds[first : first + BLOCK], rule)
        for first in range(0, len(seeds), BLOCK)
    ]
    parts = engine.map(_run, blocks)
    flags = [part.held for part in parts if part.held is not None]
    returns = np.concatenate([part.returns for part in parts])
    return Fresh(returns, seeds, np.concatenate(flags) if flags else None)


def case_result(case: str, fresh: Fresh) -> CaseResult:
    """Return the result of a case for its episodes, two or more."""
    return CaseResult(
        case=case,
        episodes=len(fresh.returns),
        mean=fresh.mean,
        sd=fresh.sd,
        worst=float(fresh.returns.min()),
        worst_seed=fresh.worst_seed,
        held=fresh.held_share,
    )


def _run(task: Task, block: _Block) -> Fresh:
    """Run a block of episodes; called in a worker."""
    (network, weight, engine), given, seeds, rule = block
    world = judging(disturbed(task, given))
    if engine == "kernel":
        found = rollouts(network, world, (weight,), seeds)
    else:
        found = _run_policy(_policy(network, engine, weight), world, seeds)
    held = held_episodes(rule, found)
    return Fresh(found.returns[0], seeds, None if held is None else held[0])


def _run_policy(drives: Policy, task: Task, seeds: Sequence[int]) -> Rollouts:
    """Run a policy in the episode of each seed; arrays are [1, episodes]."""
    shape = (1, len(seeds))
    totals, steps, held = np.empty(shape, np.float32), *np.empty((2, *shape), np.int32)
    with opened(WatchedWorld(task.world(), judged_by(task))) as world:
        for at, seed in enumerate(seeds):
            totals[0, at], steps[0, at] = run_episode(drives, world, seed, task.spec.max_steps)
            held[0, at] = world.held
    return Rollouts(totals, steps, held)


@lru_cache(maxsize=4)
def _policy(network: Network, engine: str, weight: float) -> Policy:
    return policy(network, engine, weight)
