"""What a search finds in a generation or a round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_edge.evaluate import scores_of
from wann_edge.network import Network
from wann_edge.search.archive import Validated
from wann_edge.search.drawn_weights import shared_weights_of, validation_weights
from wann_edge.search.population import Member
from wann_edge.search.settings import Settings
from wann_edge.task import Rollouts


class Findings(NamedTuple):
    """What a strategy found since it was last asked.

    Attributes:
        members: the populations as they are now.
        best_of_size: the best network of each complexity, of all networks scored.
        validated: the best network of each population, with its validation scores.
        evaluations: networks scored.
        steps: environment steps.
        evaluation_s: seconds of these steps, summed over workers.
    """

    members: Sequence[Member]
    best_of_size: Sequence[Member]
    validated: Sequence[Validated]
    evaluations: int
    steps: int
    evaluation_s: float


def joined(parts: Sequence[Findings]) -> Findings:
    """Return the findings of several islands as one."""
    return Findings(
        members=[member for part in parts for member in part.members],
        best_of_size=[member for part in parts for member in part.best_of_size],
        validated=[one for part in parts for one in part.validated],
        evaluations=sum(part.evaluations for part in parts),
        steps=sum(part.steps for part in parts),
        evaluation_s=sum(part.evaluation_s for part in parts),
    )


def scores_of_candidates(results: Sequence[Rollouts]) -> NDArray[np.float64]:
    """Return the mean returns [candidates, weights]."""
    if not results:
        return np.empty((0, 1))
    returns = np.array([result.returns for result in results])
    means: NDArray[np.float64] = returns.mean(axis=2, dtype=np.float64)
    return means


def validated(
    network: Network, complexity: float, result: Rollouts, settings: Settings
) -> Validated:
    """Return a network with its scores on the validation episodes and weights."""
    weights = shared_weights_of(validation_weights(settings), len(result.returns))
    return Validated(network, complexity, scores_of(result.returns, weights))


def steps_of(results: Sequence[Rollouts]) -> int:
    """Return the environment steps of all results."""
    return int(np.array([result.steps for result in results]).sum(dtype=np.int64))
