"""Where a search's random numbers come from: each use has a stream of its own."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """The uses. The numbers are part of what a seed means: they never change."""

    BREEDING = 1
    EPISODES = 2
    VALIDATION = 3
    WEIGHTS = 4
    VALIDATION_WEIGHTS = 5
    FINALISTS = 6


def stream(seed: int, use: Stream, generation: int = 0, island: int = 0) -> np.random.SeedSequence:
    """The stream of an island's generation, which depends on nothing but these numbers."""
    key = (use, generation, island) if island else (use, generation)
    return np.random.SeedSequence(seed, spawn_key=key)


def seeds_of(sequence: np.random.SeedSequence, episodes: int) -> list[int]:
    """Seeds of as many episodes."""
    return [int(seed) for seed in sequence.generate_state(episodes)]
