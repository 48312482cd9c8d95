"""Every use of a seed in the package, and the random numbers of each.

A use draws from a stream of its own, so that one seed serves a whole run. The numbers of a use are
part of what a seed means: they never change.

Some streams coincide, because the uses that take the seed itself have no key:

- ``VERIFICATION_INPUTS``, ``PRECISION_INPUTS`` and ``COST_INPUTS`` of one seed are one stream,
  which is also the stream of the start of the episode with that seed.
- ``FRESH_EPISODES`` number 0 of a seed is that stream again; number 1 is that of ``LINK_FAULTS``.
- Fixed seeds that are equal give one stream (``GOLDEN_VECTORS``, ``SELF_TEST``, ``ESTIMATE``).
"""

from __future__ import annotations

from enum import Enum

import numpy as np


class Use(Enum):
    """A use of a seed.

    Each is set apart either by the spawn key of ``numpy.random.SeedSequence`` or by words that
    follow the seed in its entropy.

    Attributes:
        draws: the random numbers that this use draws.
        way: ``"key"`` or ``"entropy"``: where ``number`` and the numbers of a call go.
        number: the first number of this use, or None.
        counts: the numbers that follow in a call.
    """

    BREEDING = "the children of a generation", "key", 1, ("generation", "island, unless 0")
    CANDIDATE_EPISODES = "the episodes of a generation", "key", 2, ("generation",)
    VALIDATION_EPISODES = "the validation episodes of a search", "key", 3, ("0",)
    CANDIDATE_WEIGHTS = "the drawn weights of a generation", "key", 4, ("generation",)
    VALIDATION_WEIGHTS = "the drawn weights of validation", "key", 5, ("0",)
    FINALIST_EPISODES = "the extra episodes of finalists", "key", 6, ("generation",)
    SCALING_EPISODES = "the episodes that measure the observations to scale", "key", 7, ()
    SCALING_ACTIONS = "the random actions of these episodes", "key", 8, ()

    TRAINING_EPISODES = "the training episodes of one network's tuning", "key", 1, ()
    TUNING_RUNS = "the runs of CMA-ES of one network's tuning", "key", 2, ()
    MODE_WEIGHTS = "the random weights of the paper's modes", "key", 3, ()
    LINEARISATION = "the starts and actions of a plant's linearisation", "key", 4, ()

    FRONT_EPISODES = "the training episodes of a front race", "key", 11, ("episodes",)
    FRONT_RUNS = "the runs of CMA-ES of a front race", "key", 12, ("stage",)
    FRONT_FINAL = "the episodes that decide a front race", "key", 13, ("0",)

    REDRAWN_EPISODES = "the episodes of a generation of CMA-ES", "key", 21, ("generation",)
    REDRAWN_RUNS = "the runs of CMA-ES on redrawn episodes", "key", 22, ("0",)
    REDRAWN_JUDGED = "the episodes that compare those runs", "key", 23, ("0",)

    PRUNING_EPISODES = "the episodes that compare pruned networks", "key", 41, ("0",)
    PRUNING_RUNS = "the runs of CMA-ES of a pruning", "key", 42, ("step",)
    FINISH_EPISODES = "the training episodes of a finish", "key", 43, ("stage",)
    FINISH_RUNS = "the runs of CMA-ES of a finish", "key", 44, ("stage",)
    FINISH_JUDGED = "the episodes that rate the controllers of a finish", "key", 45, ("0",)

    # These take the seed of an episode.
    TRIAL_ACTIONS = "the random actions that try out a simulator", "key", 31, ()
    VARIATION = "the varied masses and lengths of an episode", "key", 101, ()
    NOISE = "the noise on an episode's observations", "key", 102, ()
    DROPPED_SAMPLES = "the samples that an episode loses", "key", 103, ()
    JITTER = "the late actions of an episode", "key", 104, ()

    FAULTY_NETWORKS = "the faults of a stress test", "key", None, ("CRC-32 of fault", "severity")

    FRESH_EPISODES = "the episodes of evaluate, verify and validate", "entropy", None, ("episode",)
    LINK_FAULTS = "the faults of a serial link", "entropy", 1, ()
    VERIFICATION_INPUTS = "the inputs that verify compares", "entropy", None, ()
    PRECISION_INPUTS = "the inputs that fixed point is compared on", "entropy", None, ()
    COST_INPUTS = "the inputs that cost is measured on", "entropy", None, ()

    # These take a fixed seed of FIXED_SEEDS.
    RANGE_INPUTS = "the inputs that set the ranges of fixed point", "entropy", None, ()
    GOLDEN_VECTORS = "the inputs of golden vectors", "entropy", None, ()
    SELF_TEST = "the inputs of the self-test of fixed point", "entropy", None, ()
    ESTIMATE = "the inputs that cost is estimated on", "entropy", None, ()

    def __init__(self, draws: str, way: str, number: int | None, counts: tuple[str, ...]) -> None:
        self.draws, self.way = draws, way
        self.number, self.counts = number, counts


FIXED_SEEDS = {
    Use.RANGE_INPUTS: 9_100_001,
    Use.GOLDEN_VECTORS: 0,
    Use.SELF_TEST: 0,
    Use.ESTIMATE: 0,
}


def sequence(seed: int, use: Use, *numbers: int) -> np.random.SeedSequence:
    """Return the seed sequence of a use.

    Args:
        seed: the seed of a run or of an episode, 0 or more.
        use: the use.
        numbers: the numbers that ``use.counts`` names.
    """
    words = numbers if use.number is None else (use.number, *numbers)
    if use.way == "key":
        return np.random.SeedSequence(seed, spawn_key=words)
    return np.random.SeedSequence([seed, *words])


def generator(seed: int, use: Use, *numbers: int) -> np.random.Generator:
    """Return a generator of a use's random numbers; the arguments are those of ``sequence``."""
    return np.random.default_rng(sequence(seed, use, *numbers))


def fixed_generator(use: Use) -> np.random.Generator:
    """Return the generator of a use with a fixed seed."""
    return generator(FIXED_SEEDS[use], use)


def drawn_seeds(count: int, seed: int, use: Use, *numbers: int) -> list[int]:
    """Return the first ``count`` seeds that a use draws: of episodes, or of other generators."""
    return [int(word) for word in sequence(seed, use, *numbers).generate_state(count)]
