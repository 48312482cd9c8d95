"""The states that a plant takes in episodes of random actions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wann_edge.baselines.least_squares import jacobian
from wann_edge.baselines.random_episodes import action_bounds
from wann_edge.kernel import Floats
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task import PlantTask

Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]

EPISODES, MOST_STEPS = 8, 400
# Actions that change in every step would cancel each other out.
HELD_STEPS = 20
# Numbers of the state whose changes depend on a difference of this share of their spread as they
# depend on half of it are smooth; a generator of noise is not.
DIFFERENCE, SMOOTH = 1e-2, 0.5
# Places where that is tried, since noise can look smooth by chance.
PLACES = 7


@dataclass(frozen=True)
class Survey:
    """The states of a plant.

    Attributes:
        task: the task of the plant.
        seen: states, float64 [rows, states].
        base: the mean start, float64 [states].
        varied: bool [states], the numbers that move and are smooth; others are constants and
            generators of noise.
        spread: their standard deviations, float64 [states].
        change: the standard deviations of the changes in a control period, float64 [states].
    """

    task: PlantTask
    seen: Doubles
    base: Doubles
    varied: Mask
    spread: Doubles
    change: Doubles

    @property
    def is_noisy(self) -> bool:
        """Whether the state has a generator of noise."""
        return bool(((self.change > 0) & ~self.varied).any())

    def after(self, state: Doubles, action: Doubles) -> tuple[Doubles, float, bool]:
        """Run a control period; return the state, the reward, and whether the episode is over."""
        return after(self.task, state, action)

    def inputs(self, state: Doubles) -> Doubles:
        """Return the scaled inputs of a network in a state, float64 [inputs]."""
        return self.scaled(self.task.plant.observe(state.astype(np.float32)))

    def scaled(self, seen: Floats) -> Doubles:
        """Return the scaled inputs for observations, float64 [..., inputs]."""
        inputs = self.task.spec.inputs
        offsets = np.array([channel.offset for channel in inputs])
        scaled: Doubles = (seen - offsets) * np.array([channel.scale for channel in inputs])
        return scaled

    def candidate(self, rng: np.random.Generator, is_seen: bool) -> Doubles:
        """Draw a state: one that was seen, or one from thrice the range of those."""
        drawn = row = self.seen[rng.integers(len(self.seen))]
        if not is_seen:
            low, high = self.seen.min(axis=0), self.seen.max(axis=0)
            drawn = rng.uniform(2 * low - high, 2 * high - low)
        constant = self.change == 0
        return np.where(self.varied, drawn, np.where(constant, self.base, row))


def after(task: PlantTask, state: Doubles, action: Doubles) -> tuple[Doubles, float, bool]:
    """Run a control period of a task's plant, as ``Survey.after`` does."""
    start, plant = state.astype(np.float32), task.plant
    seen = plant.observe(start)
    found, _, reward, over = plant.step(start, seen, action.astype(np.float32))
    return found.astype(np.float64), float(reward), over


def survey(task: PlantTask, rng: np.random.Generator, seed: int) -> Survey:
    """Run episodes of random actions.

    Args:
        task: the task of the plant, without disturbances.
        rng: draws the actions.
        seed: determines the starts.
    """
    starts = task.starts(drawn_seeds(EPISODES, seed, Use.LINEARISATION))
    episodes = [_episode(task, start.astype(np.float64), rng) for start in starts]
    seen = np.concatenate(episodes)
    change = np.concatenate([np.diff(one, axis=0) for one in episodes]).std(axis=0)
    spread = seen.std(axis=0)
    # A number that changes by the same amount in each step counts the steps.
    moves = change > 1e-6 * spread
    found = Survey(
        task=task,
        seen=seen,
        base=np.mean([one[0] for one in episodes], axis=0),
        varied=moves,
        spread=spread,
        change=np.where(moves, change, 0.0),
    )
    return replace(found, varied=moves & _is_smooth(found))


def _episode(task: PlantTask, start: Doubles, rng: np.random.Generator) -> Doubles:
    """Return the states of an episode of random actions, float64 [steps, states]."""
    low, high = action_bounds(task.spec)
    states, action = [start], low
    for step in range(MOST_STEPS):
        if step % HELD_STEPS == 0:
            action = rng.uniform(low, high)
        state, _, over = after(task, states[-1], action)
        states.append(state)
        if over:
            break
    return np.array(states)


def _is_smooth(found: Survey) -> Mask:
    """Return which numbers of the state the next state depends on smoothly, bool [states]."""
    places = found.seen[:: -(-len(found.seen) // PLACES)]
    smooth: Mask = np.all([_is_smooth_at(found, place) for place in places], axis=0)
    return smooth


def _is_smooth_at(found: Survey, place: Doubles) -> Mask:
    low, high = action_bounds(found.task.spec)
    change = np.where(found.change > 0, found.change, np.inf)

    def changes(z: Doubles) -> Doubles:
        state = place + z * found.spread
        changed: Doubles = (found.after(state, (low + high) / 2)[0] - state) / change
        return changed

    zero = np.zeros(len(place))
    whole, half = (jacobian(changes, zero, size) for size in (DIFFERENCE, DIFFERENCE / 2))
    sizes = np.linalg.norm(whole, axis=0)
    smooth: Mask = np.linalg.norm(whole - half, axis=0) <= SMOOTH * (1 + sizes)
    return smooth
