"""The cart-pole swing-up of the paper, simulated by the kernel's native plant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from wann_edge.kernel import Floats, plant, rollouts_of
from wann_edge.needs import Need
from wann_edge.network import Input, Network, Output, float32
from wann_edge.task import Rollouts, Spec, World

TRACK_M = float32(2.4)
START_MEAN = (0.0, 0.0, math.pi, 0.0)
START_SD = 0.2

SPEC = Spec(
    name="swingup",
    inputs=(
        Input("position", "m", -TRACK_M, TRACK_M),
        Input("velocity", "m/s", -10.0, 10.0),
        Input("angle_cos", "1", -1.0, 1.0),
        Input("angle_sin", "1", -1.0, 1.0),
        Input("angular_velocity", "rad/s", -20.0, 20.0),
    ),
    outputs=(Output("force_per_10_n", "1", -1.0, 1.0),),
    dt_s=0.01,
    max_steps=1000,
)


def draw_start(rng: np.random.Generator) -> Floats:
    """A starting state [4]: hanging down, each variable sd 0.2.

    Position m, velocity m/s, angle rad (0 upright), angular velocity rad/s.
    """
    return rng.normal(START_MEAN, START_SD).astype(np.float32)


def start_state(seed: int) -> Floats:
    """The starting state [4] that a seed names."""
    return draw_start(np.random.default_rng(seed))


@lru_cache(maxsize=8)
def _starts(seeds: tuple[int, ...]) -> Floats:
    """The starting state of every episode [episodes, 4]."""
    return np.array([start_state(seed) for seed in seeds], np.float32).reshape(-1, 4)


@lru_cache(maxsize=8)
def _jobs(weights: bytes, seeds: tuple[int, ...]) -> tuple[Floats, Floats]:
    """The weight and the starting state of every pair; the same for a whole generation.

    weights: the bytes of float32 numbers, for 0.0 and -0.0 are equal but not the same.
    """
    shared = np.frombuffer(weights, np.float32)
    return np.repeat(shared, len(seeds)), np.tile(_starts(seeds), (len(shared), 1))


class SwingUp:
    """Swing a pole up from hanging and balance it, by pushing the cart it is hinged to.

    | observation | unit | | action | unit |
    |---|---|---|---|---|
    | position | m | | force / 10 N | 1, clipped to -1..1 |
    | velocity | m/s | | | |
    | cosine and sine of the angle (0 upright) | 1 | | | |
    | angular velocity | rad/s | | | |

    Reward a step: (cos(angle) + 1) / 2 times cos(pi/2 position / 2.4 m). An episode
    ends at |position| > 2.4 m or after 1000 steps of 0.01 s. Source: Gaier & Ha
    (2019) and their published code; the equations are in kernel/plants/swingup.h.
    """

    spec = SPEC
    summary = "swing a pole up and balance it, by pushing its cart"
    needs: tuple[Need, ...] = ()

    def __init__(self) -> None:
        self.plant = plant("swingup")

    def world(self) -> World:
        """A world of its own for one caller."""
        return SwingUpWorld()

    def starts(self, seeds: Sequence[int]) -> Floats:
        """The starting state of every episode [episodes, 4]."""
        return _starts(tuple(seeds))

    def rollouts(
        self, network: Network, weights: Sequence[float], seeds: Sequence[int]
    ) -> Rollouts:
        """Every shared weight with the episode of every seed, in the kernel's lanes."""
        return self.rollouts_of([network], weights, seeds)[0]

    def rollouts_of(
        self, networks: Sequence[Network], weights: Sequence[float], seeds: Sequence[int]
    ) -> list[Rollouts]:
        """The rollouts of each network."""
        shape = (len(networks), len(weights), len(seeds))
        jobs = _jobs(np.array(weights, np.float32).tobytes(), tuple(seeds))
        programs = [network.program for network in networks]
        returns, steps = rollouts_of(programs, self.plant, *jobs, self.spec.max_steps)
        pairs = zip(returns.reshape(shape), steps.reshape(shape), strict=True)
        return [Rollouts(*pair) for pair in pairs]

    def drawn_rollouts(self, network: Network, weights: Floats, seeds: Sequence[int]) -> Rollouts:
        """Rollouts with weights of their own, in the kernel's lanes."""
        shape = weights.shape[:2]
        states = np.tile(_starts(tuple(seeds)), (shape[0], 1))
        shared, single = weights.reshape(-1), None
        if weights.ndim == 3:
            shared = np.ones(len(states), np.float32)
            single = weights.reshape(len(states), -1)
        returns, steps = network.program.rollouts(
            self.plant, shared, states, self.spec.max_steps, single
        )
        return Rollouts(returns.reshape(shape), steps.reshape(shape))


class SwingUpWorld:
    """One swing-up, a control period at a time."""

    def __init__(self) -> None:
        self._plant = plant("swingup")
        self.state: Floats = start_state(0)
        self.observation: Floats = self._plant.observe(self.state)

    def reset(self, seed: int) -> Floats:
        """Starts the episode that this seed names; gives the first observation."""
        return self.start(start_state(seed))

    def start(self, state: Floats) -> Floats:
        """Starts from a state [4]; gives its observation."""
        self.state = state
        self.observation = self._plant.observe(state)
        return self.observation.copy()

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """One control period: the next observation, the reward, whether the cart left the track."""
        self.state, self.observation, reward, over = self._plant.step(
            self.state, self.observation, action
        )
        return self.observation.copy(), reward, over
