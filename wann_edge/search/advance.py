"""Advance: what a step of a search found, and on which episodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_edge.evaluate import scores_of
from wann_edge.network import Network
from wann_edge.search.archive import Tested
from wann_edge.search.generation_weights import shared_weights_of, validation_weights
from wann_edge.search.population import Member
from wann_edge.search.settings import Settings
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task import Rollouts


class Advance(NamedTuple):
    """What was found since the last one.

    members: the populations as they are now. best_of_size: of all networks scored, the
    best of each complexity. tested: the best of each population, on the
    validation episodes. evaluations: networks scored; steps: environment steps;
    evaluation_s: seconds of them, added up over workers.
    """

    members: Sequence[Member]
    best_of_size: Sequence[Member]
    tested: Sequence[Tested]
    evaluations: int
    steps: int
    evaluation_s: float


def episode_seeds(settings: Settings, generation: int) -> list[int]:
    """Return the episodes that candidates of a generation are scored on."""
    number = 0 if settings.fixed_episodes else generation
    return drawn_seeds(settings.episodes, settings.seed, Use.CANDIDATE_EPISODES, number)


def finalist_seeds(settings: Settings, generation: int) -> list[int]:
    """Return the extra episodes of a generation's finalists."""
    number = 0 if settings.fixed_episodes else generation
    return drawn_seeds(settings.finalist_episodes, settings.seed, Use.FINALIST_EPISODES, number)


def validation_seeds(settings: Settings) -> list[int]:
    """Return the validation episodes, on which champions are compared."""
    return drawn_seeds(settings.validation_episodes, settings.seed, Use.VALIDATION_EPISODES, 0)


def joined(advances: Sequence[Advance]) -> Advance:
    """What several islands found, as one."""
    return Advance(
        [member for advance in advances for member in advance.members],
        [member for advance in advances for member in advance.best_of_size],
        [tested for advance in advances for tested in advance.tested],
        sum(advance.evaluations for advance in advances),
        sum(advance.steps for advance in advances),
        sum(advance.evaluation_s for advance in advances),
    )


def scores_of_candidates(results: Sequence[Rollouts]) -> NDArray[np.float64]:
    """Mean returns [candidates, weights]."""
    if not results:
        return np.empty((0, 1))
    returns = np.array([result.returns for result in results])
    means: NDArray[np.float64] = returns.mean(axis=2, dtype=np.float64)
    return means


def tested(network: Network, complexity: float, result: Rollouts, settings: Settings) -> Tested:
    """A network with its scores on the validation episodes and weights."""
    weights = shared_weights_of(validation_weights(settings), len(result.returns))
    return Tested(network, complexity, scores_of(result.returns, weights))


def steps_of(results: Sequence[Rollouts]) -> int:
    """Environment steps."""
    return int(np.array([result.steps for result in results]).sum(dtype=np.int64))
