"""The inputs on which artefacts are compared with the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from wann_edge.evaluate import KernelPolicy, episode_seeds
from wann_edge.kernel import ACTIVATIONS, Floats
from wann_edge.network import LARGEST, Network
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task, World
from wann_edge.task.open_world import opened

TYPICAL = 2000
SPECIAL = 200
STEP_PAIRS = 50
_SPECIAL_VALUES = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1e-45, -1e-45, 1.17549435e-38, 1e-20, 1e4, -1e4),
    *(8388607.5, 16777215.0, -16777217.0, 1e10, 1e30, LARGEST, -LARGEST),
    *(np.nan, np.inf, -np.inf),
)


class Inputs(NamedTuple):
    """Observations, ordinary ones first.

    Attributes:
        observations: float32 [n, inputs].
        ordinary: number of the first rows, whose values are as large as the contract declares;
            on the others, engines with another order of operations may differ by any amount.
    """

    observations: Floats
    ordinary: int


def verification_inputs(network: Network, task: Task | None, seed: int) -> Inputs:
    """Return 2300 inputs: typical states, both sides of steps' zeros, special values.

    Args:
        network: the network to verify.
        task: supplies the typical states; None for the declared bounds.
        seed: the inputs derive from it.
    """
    rng = generator(seed, Use.VERIFICATION_INPUTS)
    typical = typical_states(network, task, TYPICAL, rng)
    zeros = _step_zeros(network, typical, rng)
    fill = _within_bounds(network, 2 * STEP_PAIRS + TYPICAL - len(typical) - len(zeros), rng)
    special = _special(typical, rng)
    ordinary = np.concatenate([typical, zeros, fill])
    return Inputs(np.concatenate([ordinary, special]), len(ordinary))


def typical_states(
    network: Network, task: Task | None, count: int, rng: np.random.Generator
) -> Floats:
    """Return observations of episodes that the network controls.

    Args:
        network: the network, with its shared weight.
        task: the task; None for observations drawn from the declared bounds.
        count: number of observations.
        rng: draws the episodes, and observations from whole episodes.

    Returns:
        float32 [count, inputs]; fewer rows where episodes are short.
    """
    if task is None:
        return _within_bounds(network, count, rng)
    seen = _visited(network, task, int(rng.integers(2**31)), 5 * max(count, TYPICAL))
    return seen[np.sort(rng.choice(len(seen), min(count, len(seen)), replace=False))]


def _visited(network: Network, task: Task, seed: int, most: int) -> Floats:
    """Return the observations of whole episodes, at most so many."""
    with opened(task.world()) as world:
        seen = list(islice(_observations(network, world, task.spec.max_steps, seed), most))
    return np.array(seen, np.float32)


def _observations(network: Network, world: World, max_steps: int, seed: int) -> Iterator[Floats]:
    """Yield the observations of 100 episodes, without the last of each."""
    policy = KernelPolicy(network)
    for episode in episode_seeds(seed, 100):
        observation = world.reset(episode)
        for _ in range(max_steps):
            yield observation
            observation, _, over = world.step(policy.act(observation))
            if over:
                break


def _within_bounds(network: Network, count: int, rng: np.random.Generator) -> Floats:
    low, high = zip(*(channel.typical_range for channel in network.inputs), strict=True)
    return rng.uniform(low, high, (count, len(low))).astype(np.float32)


def _step_zeros(network: Network, typical: Floats, rng: np.random.Generator) -> Floats:
    """Return pairs of inputs between which a step function switches, found by bisection."""
    names = network.without_dead_nodes().activations
    steps = [index for index, name in enumerate(names) if ACTIVATIONS[name].is_step]
    if not steps:
        return typical[:0]
    low = typical[rng.integers(len(typical), size=40 * STEP_PAIRS)]
    high = _within_bounds(network, 40 * STEP_PAIRS, rng)
    node = rng.choice(steps, size=len(low))
    row = np.arange(len(low))
    is_on = _switched(network, low)[row, node]
    differ = is_on != _switched(network, high)[row, node]
    low, high, node, is_on = (part[differ][:STEP_PAIRS] for part in (low, high, node, is_on))
    row = np.arange(len(low))
    for _ in range(40):
        middle = (low + high) * np.float32(0.5)
        same = (_switched(network, middle)[row, node] == is_on)[:, np.newaxis]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.concatenate([low, high])


def _switched(
    network: Network, observations: Floats
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    weights = np.full(len(observations), network.shared_weight, np.float32)
    sums: Floats = network.program.forward_with_sums(observations, weights)[1]
    return sums > 0


def _special(typical: Floats, rng: np.random.Generator) -> Floats:
    """Return typical observations in which one or several values are special."""
    base = typical[rng.integers(len(typical), size=SPECIAL)]
    values = np.array(_SPECIAL_VALUES, np.float32)
    drawn = rng.choice(values, size=base.shape)
    chosen = rng.random(base.shape) < rng.choice([0.2, 0.5, 1.0], size=(SPECIAL, 1))
    chosen[np.arange(SPECIAL), rng.integers(base.shape[1], size=SPECIAL)] = True
    return np.where(chosen, drawn, base)
