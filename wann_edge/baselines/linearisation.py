"""A linear model of a plant about its best equilibrium, in the coordinates of its network.

The state of a plant may hold constants, noise generators and what no sensor shows, so the model is
not derived from the state: it is fitted to observations in short trajectories.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wann_edge.baselines.equilibrium import Equilibrium, best_equilibrium
from wann_edge.baselines.random_episodes import action_bounds
from wann_edge.baselines.survey import Survey, survey
from wann_edge.errors import TaskError
from wann_edge.system.seeds import Use, generator
from wann_edge.task import PlantTask

Doubles = NDArray[np.float64]

# Short trajectories: their number, the steps that pass before the fit, and those of the fit.
TRAJECTORIES, SETTLING, FITTED = 80, 6, 6
# The distances from the equilibrium: of states as a share of the geometric mean of their spread
# and their usual change in a control period, of actions as a share of their range.
NEAR, NOISY_NEAR = (0.005, 0.02), (0.2, 0.1)
# Noise hides small distances, so a plant with noise has larger ones, and the mean of some runs of
# each trajectory.
RUNS = 8
# An input that shrinks faster than the distances, such as the cosine of an angle near 0, is
# constant to first order. Half the distances leave a quarter of it, not a half.
LEAST_SHARE = 0.35


@dataclass(frozen=True)
class LinearModel:
    """``x(t + 1) = a x(t) + b u(t)``, with x and u as distances from an equilibrium.

    Attributes:
        a: float64 [used inputs, used inputs], of the network's scaled inputs.
        b: float64 [used inputs, outputs], of the values of the network's outputs.
        is_used: bool [inputs], which inputs are not constant to first order.
        inputs: the scaled inputs at the equilibrium, float64 [inputs].
        outputs: the values of the outputs there, float64 [outputs].
    """

    a: Doubles
    b: Doubles
    is_used: NDArray[np.bool_]
    inputs: Doubles
    outputs: Doubles


def linear_model(task: PlantTask, seed: int) -> LinearModel:
    """Fit a linear model about the equilibrium of a plant with the highest reward.

    Args:
        task: the task of the plant, without disturbances.
        seed: every random number derives from it.

    Raises:
        TaskError: there is no equilibrium, or trajectories near it end at once.
    """
    rng = generator(seed, Use.LINEARISATION)
    found = survey(task, rng, seed)
    point = best_equilibrium(found, rng)
    before, actions, after = _steps(found, point, 1.0, rng)
    near = _steps(found, point, 0.5, rng)[0]
    spread = before.std(axis=0)
    is_used = near.std(axis=0) > LEAST_SHARE * spread
    columns = np.hstack([before[:, is_used], actions])
    columns -= columns.mean(axis=0)
    sizes = columns.std(axis=0)
    fitted = np.linalg.lstsq(columns / sizes, after[:, is_used] - after[:, is_used].mean(axis=0))[0]
    a, b = np.split((fitted.T / sizes), [int(is_used.sum())], axis=1)
    return LinearModel(
        a=a,
        b=b,
        is_used=is_used,
        inputs=found.inputs(point.state),
        outputs=_values(found, point.action),
    )


def _steps(
    found: Survey, point: Equilibrium, size: float, rng: np.random.Generator
) -> tuple[Doubles, Doubles, Doubles]:
    """Return inputs, output values and the next inputs in short trajectories, a row a step."""
    inputs, actions = zip(
        *(_trajectory(found, point, size, rng) for _ in range(TRAJECTORIES)), strict=True
    )
    before = np.concatenate([one[:-1] for one in inputs])
    after = np.concatenate([one[1:] for one in inputs])
    if len(before) < TRAJECTORIES:
        raise TaskError(
            "episodes end at once near the equilibrium",
            where=f"lqr: {found.task.spec.name}",
            remedy="use --kind linear, which needs no model",
        )
    return before, np.concatenate(actions), after


def _trajectory(
    found: Survey, point: Equilibrium, size: float, rng: np.random.Generator
) -> tuple[Doubles, Doubles]:
    """Run a trajectory from near the equilibrium under small random actions.

    Returns:
        The inputs, float64 [steps + 1, inputs], and output values, float64 [steps, outputs].
    """
    low, high = action_bounds(found.task.spec)
    share, action_share = NOISY_NEAR if found.is_noisy else NEAR
    distances = size * share * np.sqrt(found.spread * found.change)
    near = point.state + distances * rng.normal(size=len(point.state))
    pushes = rng.uniform(-1, 1, (SETTLING + FITTED, len(low))) * (high - low)
    actions = np.clip(point.action + size * action_share * pushes, low, high)
    runs = []
    for _ in range(RUNS if found.is_noisy else 1):
        # A generator of noise goes on from a state that it was seen in.
        start = np.where(found.varied, near, found.candidate(rng, is_seen=True))
        runs.append(_inputs_of(found, start, actions))
    shortest = min(map(len, runs))
    seen = np.mean([run[:shortest] for run in runs], axis=0)[SETTLING:]
    values = np.array([_values(found, action) for action in actions[SETTLING:]])
    return seen, values[: max(0, len(seen) - 1)].reshape(-1, len(low))


def _inputs_of(found: Survey, start: Doubles, actions: Doubles) -> Doubles:
    """Return the inputs from a state on, float64 [steps + 1, inputs], while the episode lasts."""
    plant, state = found.task.plant, start.astype(np.float32)
    seen = [plant.observe(state)]
    for action in actions.astype(np.float32):
        state, observation, _, over = plant.step(state, seen[-1], action)
        if over:
            break
        seen.append(observation)
    return found.scaled(np.array(seen))


def _values(found: Survey, action: Doubles) -> Doubles:
    """Return the values of a network's outputs that give an action."""
    outputs = found.task.spec.outputs
    offsets = np.array([channel.offset for channel in outputs])
    values: Doubles = (action - offsets) / np.array([channel.scale for channel in outputs])
    return values
