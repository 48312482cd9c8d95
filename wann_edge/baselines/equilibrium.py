"""The equilibrium of a plant with the highest reward."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_edge.baselines.least_squares import least_squares
from wann_edge.baselines.random_episodes import action_bounds
from wann_edge.baselines.survey import Survey
from wann_edge.errors import TaskError

Doubles = NDArray[np.float64]

# States that the search starts from.
CANDIDATES = 16
# Iterations, and the weight of inputs that differ from 0, which picks one of many equilibria; the
# last iterations drop it.
ITERATIONS, LAST_ITERATIONS, PULL = 40, 10, 0.03
# The largest change in a control period that counts as rest, as a share of the usual change.
LARGEST_REST = 0.3
# An action within this share of its range from a bound controls nothing.
BOUND = 0.01


class Equilibrium(NamedTuple):
    """A state that an action holds.

    Attributes:
        state: float64 [states].
        action: float64 [outputs].
        rest: the change in a control period, as a share of the usual change.
        reward: of a control period.
    """

    state: Doubles
    action: Doubles
    rest: float
    reward: float


def best_equilibrium(found: Survey, rng: np.random.Generator) -> Equilibrium:
    """Return the equilibrium with the highest reward.

    Args:
        found: the states of the plant.
        rng: draws the states that the search starts from.

    Raises:
        TaskError: there is none.
    """
    starts = [found.candidate(rng, bool(number % 2)) for number in range(CANDIDATES)]
    every = [one for start in starts if (one := _equilibrium(found, start)) is not None]
    if not every:
        raise TaskError(
            "the search found no equilibrium",
            where=f"lqr: {found.task.spec.name}",
            remedy="use --kind linear, which needs none",
        )
    return max(every, key=lambda one: one.reward)


def _equilibrium(found: Survey, start: Doubles) -> Equilibrium | None:
    """Return the equilibrium near a state; None without one that leaves room for control."""
    varied, (low, high) = found.varied, action_bounds(found.task.spec)
    states, middle = int(varied.sum()), (low + high) / 2

    def placed(z: Doubles) -> tuple[Doubles, Doubles]:
        state = start.copy()
        state[varied] += z[:states] * found.spread[varied]
        return state, np.clip(middle + z[states:] * (high - low), low, high)

    def changes(z: Doubles) -> Doubles:
        state, action = placed(z)
        return (found.after(state, action)[0] - state)[varied] / found.change[varied]

    def pulled(z: Doubles) -> Doubles:
        return np.concatenate([changes(z), PULL * found.inputs(placed(z)[0])])

    z = least_squares(pulled, np.zeros(states + len(low)), ITERATIONS)
    z = least_squares(changes, z, LAST_ITERATIONS)
    state, action = placed(z)
    _, reward, over = found.after(state, action)
    rest = float(np.sqrt(np.mean(changes(z) ** 2)))
    room = np.minimum(action - low, high - action) / (high - low)
    if over or not rest <= LARGEST_REST or room.min() < BOUND:
        return None
    return Equilibrium(state, action, rest, reward)
