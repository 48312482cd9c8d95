"""The reference for speed: evaluation node by node in numpy, with float64.

The published code evaluates networks in this way. Activations and equations are those of
tests/helpers/oracle.py.
"""

from __future__ import annotations

import time

import numpy as np

from tests.helpers.oracle import DEFINITIONS, Doubles, swingup_reward, swingup_step
from wann_edge.network import Network
from wann_edge.sims.swingup import TRACK_M, SwingUp


class NodeByNode:
    """A network as a matrix of connections, evaluated column by column."""

    def __init__(self, network: Network) -> None:
        self._first = network.first_computed
        self._activations = [DEFINITIONS[name] for name in network.activations]
        self._matrix = np.zeros((network.node_count, network.node_count))
        for source, target in network.edges:
            self._matrix[source, target] = 1.0
        self._values = np.zeros(network.node_count)

    def act(self, observation: Doubles, weight: float) -> float:
        """Return the action for an observation [inputs]."""
        values = self._values
        values[0] = 1.0
        values[1 : self._first] = observation
        for node, activation in enumerate(self._activations, self._first):
            values[node] = activation(np.dot(values, self._matrix[:, node]) * weight)
        return float(values[-1])


def steps_per_second(network: Network, weights: tuple[float, ...], seconds: float) -> float:
    """Return swing-up steps per second, over whole episodes for about ``seconds``."""
    policy, steps, seed = NodeByNode(network), 0, 0
    start = time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        steps += _episode(policy, weights[seed % len(weights)], seed)
        seed += 1
    return steps / elapsed


def _episode(policy: NodeByNode, weight: float, seed: int) -> int:
    state, total, steps = SwingUp().start(seed).astype(np.float64), 0.0, 0
    while steps < 1000 and abs(state[0]) <= TRACK_M:
        position, speed, angle, spin = state
        seen = np.array([position, speed, np.cos(angle), np.sin(angle), spin])
        state = swingup_step(state, policy.act(seen, weight))
        total += swingup_reward(state)
        steps += 1
    return steps
