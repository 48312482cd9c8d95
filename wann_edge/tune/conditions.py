"""The conditions that a controller is tuned and judged under: the plain task, and disturbances."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from wann_edge.evaluate import rollouts_of
from wann_edge.network import Network
from wann_edge.task import Task, final_task
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.disturbed import disturbed


def conditions(task: Task, disturbances: Disturbances) -> tuple[Task, ...]:
    """Return the plain task, and the task with disturbances where there are any."""
    plain = final_task(task)
    return (
        (plain,) if disturbances == NONE else (plain, _disturbed(cast("Any", plain), disturbances))
    )


@lru_cache(maxsize=8)
def _disturbed(task: Any, disturbances: Disturbances) -> Task:  # noqa: ANN401
    """Return the task with disturbances; kept, because it keeps what it has drawn."""
    return disturbed(task, disturbances)


def mean_returns(
    task: Task,
    disturbances: Disturbances,
    networks: Sequence[Network],
    weights: Sequence[float],
    seeds: Sequence[int],
) -> NDArray[np.float64]:
    """Return mean returns, float64 [conditions, networks, weights].

    Args:
        task: the task.
        disturbances: of the second condition; with none there is one condition.
        networks: the networks.
        weights: the shared weights to run each network with.
        seeds: the episodes, the same under each condition.
    """
    return np.array(
        [
            [found.returns.mean(axis=1, dtype=np.float64) for found in rollouts]
            for rollouts in (
                rollouts_of(networks, world, weights, seeds)
                for world in conditions(task, disturbances)
            )
        ]
    )
