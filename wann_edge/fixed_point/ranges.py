"""Measure how large the numbers in a network become, in episodes and within declared bounds."""

from __future__ import annotations

import numpy as np

from wann_edge.evaluate import PAPER_WEIGHTS, KernelPolicy, episode_seeds, run_episode
from wann_edge.kernel import ACTIVATIONS, Floats
from wann_edge.network import Network
from wann_edge.network.fixed_network import Ranges
from wann_edge.system.seeds import FIXED_SEEDS, Use, fixed_generator
from wann_edge.task import Task, World, check_fit
from wann_edge.task.open_world import opened

# Room above the largest value seen, so that a disturbance that no episode had does not saturate.
MARGIN = 1.5

_EPISODES = 3
_DRAWN = 4000
# Numbers of nodes in one call: memory does not grow with deep networks.
_MOST_VALUES = 4_000_000


def weights_of_interest(network: Network) -> tuple[float, ...]:
    """Return the network's shared weight, and the paper's six unless it has single weights."""
    return (network.shared_weight, *(PAPER_WEIGHTS if network.weights is None else ()))


def measured_ranges(network: Network, task: Task | None) -> Ranges:
    """Return the ranges of a network's numbers over episodes with several shared weights.

    Inputs reach at least their declared bounds. Nodes reach MARGIN times the largest value
    seen, but not more than inputs within their ranges can cause.

    Args:
        network: a network in floats.
        task: the task for the episodes; None to draw observations from the declared bounds.

    Raises:
        TaskError: the network does not fit the task.
    """
    network = network.without_dead_nodes()
    weights = weights_of_interest(network)
    if task is None:
        seen = drawn_observations(network, fixed_generator(Use.RANGE_INPUTS))
    else:
        check_fit(network, task.spec)
        seen = _visited(network, task, weights)
    inputs = _input_ranges(network, seen)
    limits = _limits(network, inputs, max(map(abs, weights)))
    sums, arguments = _largest(network, seen, weights)
    return Ranges(
        weight=max(map(abs, weights)),
        inputs=tuple(inputs.tolist()),
        sums=tuple(np.minimum(MARGIN * sums, limits[0]).tolist()),
        arguments=tuple(np.minimum(MARGIN * arguments, limits[1]).tolist()),
    )


class _Recorder:
    """A world that records its observations."""

    def __init__(self, world: World) -> None:
        self.seen: list[Floats] = []
        self._world = world

    def reset(self, seed: int) -> Floats:
        self.seen.append(self._world.reset(seed))
        return self.seen[-1]

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        observation, reward, over = self._world.step(action)
        self.seen.append(observation)
        return observation, reward, over


def _visited(network: Network, task: Task, weights: tuple[float, ...]) -> Floats:
    """Return the finite observations of a few episodes with each weight, float32 [n, inputs]."""
    with opened(task.world()) as bare:
        world = _Recorder(bare)
        for weight in weights:
            for episode in episode_seeds(FIXED_SEEDS[Use.RANGE_INPUTS], _EPISODES):
                run_episode(KernelPolicy(network, weight), world, episode, task.spec.max_steps)
    seen = np.array(world.seen, np.float32)
    return seen[np.isfinite(seen).all(axis=1)]


def drawn_observations(network: Network, rng: np.random.Generator) -> Floats:
    """Draw observations, float32 [4000, inputs], uniformly from the declared bounds."""
    low, high = np.array([channel.typical_range for channel in network.inputs]).T
    return rng.uniform(low, high, (_DRAWN, len(low))).astype(np.float32)


def _input_ranges(network: Network, seen: Floats) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the largest magnitude of each scaled input, seen or declared."""
    ends = np.array([channel.typical_range for channel in network.inputs]).T
    offset = np.array([channel.offset for channel in network.inputs])
    scale = np.array([channel.scale for channel in network.inputs])
    values = np.abs((np.concatenate([ends, seen.astype(np.float64)]) - offset) * scale)
    largest: np.ndarray[tuple[int], np.dtype[np.float64]] = values.max(axis=0)
    return largest


def _limits(
    network: Network, inputs: np.ndarray[tuple[int], np.dtype[np.float64]], weight: float
) -> tuple[list[float], list[float]]:
    """Return the largest sums and arguments that inputs within their ranges can cause."""
    values, sums = [1.0, *inputs.tolist()], []
    for activation, sources in zip(network.activations, network.sources, strict=True):
        sums.append(sum(_product(values[s], 1.0 if w is None else abs(w)) for s, w in sources))
        largest = _product(sums[-1], weight)
        values.append(1.0 if ACTIVATIONS[activation].is_bounded else largest)
    return sums, [_product(total, weight) for total in sums]


def _product(left: float, right: float) -> float:
    """Return the product of magnitudes; 0 for infinity times 0."""
    return left * right if left and right else 0.0


def _largest(
    network: Network, seen: Floats, weights: tuple[float, ...]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """Return the largest sum and argument of each computed node, over observations and weights."""
    sums = np.zeros((2, len(network.activations)))
    rows = max(1, _MOST_VALUES // len(network.activations))
    for weight in filter(None, weights):
        for first in range(0, len(seen), rows):
            part = seen[first : first + rows]
            shared = np.full(len(part), weight, np.float32)
            reached = np.abs(network.program.forward_with_sums(part, shared)[1]).astype(np.float64)
            # Infinity less infinity: the sum has no bound.
            arguments = np.where(np.isnan(reached), np.inf, reached).max(axis=0)
            sums = np.maximum(sums, [arguments / abs(weight), arguments])
    return sums[0], sums[1]
