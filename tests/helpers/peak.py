"""A task whose best weights are known, with or without noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wann_edge.network import Network
from wann_edge.sims.swingup import SPEC
from wann_edge.task import Rollouts


class Peak:
    """A task whose return is known: 10 minus the distance of all weights from a target.

    Attributes:
        noise: standard deviation of the noise in the return of an episode of a candidate.
        seen: the candidates that were scored, and their seeds.
    """

    spec = SPEC

    def __init__(self, target: float, interrupt_at: int | None = None, noise: float = 0.0) -> None:
        self.target, self.interrupt_at, self.noise = target, interrupt_at, noise
        self.seen: list[tuple[tuple[float, ...], tuple[int, ...]]] = []

    def world(self) -> None:
        raise AssertionError("a batch task is asked for batches")

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        if len(self.seen) == self.interrupt_at:
            raise KeyboardInterrupt
        values = tuple(weights) if network.weights is None else network.weights
        self.seen.append((values, tuple(seeds)))
        distance = float(np.linalg.norm(np.array(values) - self.target))
        shape = (len(weights), len(seeds))
        returns = np.full(shape, 10 - distance, np.float32)
        if self.noise:
            parts = [np.random.default_rng([seed, len(self.seen)]).normal() for seed in seeds]
            returns += self.noise * np.array(parts, np.float32)
        return Rollouts(returns, np.ones(shape, np.int32))
