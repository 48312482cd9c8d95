"""The pendulum in a task: the inputs that are its angle and its angular velocity."""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_edge.baselines.random_episodes import correlation, observed
from wann_edge.errors import TaskError
from wann_edge.task import Task, final_task

Doubles = NDArray[np.float64]

# The largest distance of cosine and sine from the unit circle.
LARGEST_DISTANCE = 1e-2
# The correlation from which on an input is the angular velocity.
LEAST_CORRELATION = 0.9


class PendulumInputs(NamedTuple):
    """The places of a pendulum's inputs among those of a task.

    Attributes:
        cosine: of the angle from upright.
        sine: of the angle.
        velocity: of the angle.
        others: all other inputs.
    """

    cosine: int
    sine: int
    velocity: int
    others: tuple[int, ...]


def pendulum_in(task: Task, seed: int) -> PendulumInputs:
    """Find the pendulum of a task by what its inputs do in episodes of random actions.

    Cosine and sine lie on the unit circle, and the angular velocity follows their turn.

    Args:
        task: the task; its cosine is 1 upright.
        seed: determines the episodes.

    Raises:
        TaskError: no inputs are like that.
    """
    episodes = observed(final_task(task), seed)
    for cosine, sine in permutations(range(len(task.spec.inputs)), 2):
        if _is_circle(episodes, cosine, sine):
            velocity = _velocity(episodes, cosine, sine)
            if velocity is not None:
                known = (cosine, sine, velocity)
                others = (place for place in range(len(task.spec.inputs)) if place not in known)
                return PendulumInputs(cosine, sine, velocity, tuple(others))
    raise TaskError(
        "no inputs are the cosine, the sine and the velocity of an angle",
        where=f"energy: {task.spec.name}",
        remedy="use another kind, such as --kind linear",
    )


def _is_circle(episodes: list[Doubles], cosine: int, sine: int) -> bool:
    seen = np.concatenate(episodes)[:, [cosine, sine]]
    return bool(np.abs(np.hypot(*seen.T) - 1).max() <= LARGEST_DISTANCE)


def _velocity(episodes: list[Doubles], cosine: int, sine: int) -> int | None:
    """Return the input that follows the turn of the angle; None without one.

    With cosine and sine in the wrong order, the turn has the other sign.
    """
    turns = np.concatenate([_turns(one[:, cosine], one[:, sine]) for one in episodes])
    middles = np.concatenate([(one[1:] + one[:-1]) / 2 for one in episodes])
    alike = [correlation(turns, column) for column in middles.T]
    best = int(np.argmax(alike))
    return best if alike[best] >= LEAST_CORRELATION else None


def _turns(cosine: Doubles, sine: Doubles) -> Doubles:
    """Return the change of the angle in each step."""
    turn: Doubles = np.arctan2(
        cosine[:-1] * sine[1:] - sine[:-1] * cosine[1:],
        cosine[:-1] * cosine[1:] + sine[:-1] * sine[1:],
    )
    return turn
