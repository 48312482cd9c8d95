"""The native plants against gymnasium and against the error bounds of their equations."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray

from helpers.fixed_networks import fixed_of
from helpers.networks import random_network
from helpers.plant_oracles import STEPS, Stepped
from helpers.roundoff import ROUNDOFF, Rounded
from wann_edge.evaluate import rollouts_of
from wann_edge.kernel import plant, plant_names, supported_lanes
from wann_edge.kernel import rollouts_of as together
from wann_edge.network import Network
from wann_edge.sims.native import NativeTask, NativeWorld
from wann_edge.task import load_task

Doubles = NDArray[np.float64]
GYMNASIUM = {
    "cartpole": "CartPole-v1",
    "pendulum": "Pendulum-v1",
    "mountaincar": "MountainCarContinuous-v0",
    "acrobot": "Acrobot-v1",
}
ANGLES = {"acrobot": (0, 1)}  # state variables that are wrapped
# Starts of walks that would rarely end from the task's usual starts.
ANYWHERE = {
    "mountaincar": ((-1.2, -0.07), (0.6, 0.07)),
    "acrobot": ((-3.0, -3.0, -4.0, -8.0), (3.0, 3.0, 4.0, 8.0)),
}


def world_of(name: str) -> NativeWorld:
    """Return a world of a native plant's task."""
    task = load_task(name)
    assert isinstance(task, NativeTask)
    return task.world()


def constant(number: float) -> Rounded:
    """Return a constant of the C, rounded to float32."""
    return Rounded(number, abs(float(np.float32(number)) - number))


def bounds_of(name: str, state: NDArray[np.float32], action: NDArray[np.float32]) -> Stepped:
    """Return the oracle's step from a float32 state, with bounds."""
    return STEPS[name](constant, [Rounded(float(x)) for x in state], action.tolist())


def wrapped(name: str, difference: Doubles) -> Doubles:
    """Return a difference of states; angles by the shorter way around."""
    for index in ANGLES.get(name, ()):
        difference[index] = math.remainder(difference[index], 2 * math.pi)
    return difference


def walks(name: str, steps: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """Yield state, action, new state, reward, over of kernel episodes with held actions."""
    world, rng = world_of(name), np.random.default_rng(seed)
    actions = len(load_task(name).spec.outputs)
    over = True
    for step in range(steps):
        if over or step % 40 == 0:
            world.reset(int(rng.integers(2**31)))
            if name in ANYWHERE:
                world.start(rng.uniform(*ANYWHERE[name]).astype(np.float32))
        if over or step % 7 == 0:
            action = rng.uniform(-1.2, 1.2, actions).astype(np.float32)
        before = world.state
        _, reward, over = world.step(action)
        yield before, action, world.state, reward, over


def gymnasium_step(
    name: str, env: gymnasium.Env[Any, Any], state: Doubles, action: float
) -> tuple[Any, ...]:
    """Return gymnasium's float64 state, reward and end after one step from this state."""
    env.reset(seed=0)
    vars(env)["state"] = state.copy()
    given: Any = np.array([np.clip(action, -1, 1) * (2 if name == "pendulum" else 1)])
    if name == "cartpole":
        given = int(action > 0)
    if name == "acrobot":
        given = 1 + int(action > 1 / 3) - int(action < -1 / 3)
    _, reward, over, _, _ = env.step(given)
    return np.array(vars(env)["state"], np.float64), float(reward), bool(over)


@pytest.mark.parametrize("name", GYMNASIUM)
def test_each_step_is_gymnasiums(name: str) -> None:
    """From the same state the kernel agrees within float32 rounding, the oracle to 12 digits.

    Gymnasium rounds MountainCar's state too.
    """
    env = gymnasium.make(GYMNASIUM[name]).unwrapped
    shares, ends, unsure = [], set(), 0
    for before, action, after, reward, over in walks(name, 400, 5):
        exact = before.astype(np.float64)
        theirs, their_reward, their_over = gymnasium_step(name, env, exact, float(action[0]))
        bound = bounds_of(name, before, action)
        most = np.array([number.error for number in bound.state])
        if name == "mountaincar":
            most += ROUNDOFF * np.abs(theirs)
        plain = STEPS[name](float, exact.tolist(), action.tolist())
        if name != "mountaincar":
            off = wrapped(name, np.array(plain.state) - theirs)
            np.testing.assert_allclose(off, 0, atol=1e-12 * max(1, np.abs(theirs).max()))
        difference = np.abs(wrapped(name, after.astype(np.float64) - theirs))
        assert (difference <= most).all()
        shares.append(difference / np.maximum(most, 1e-30))
        if abs(bound.beyond.value) <= bound.beyond.error:
            unsure += 1
            continue
        assert over == their_over
        assert abs(float(reward) - their_reward) <= bound.reward.error
        ends.add(over)
    assert unsure <= 3
    assert ends == ({False} if name == "pendulum" else {False, True})
    assert (np.max(shares, axis=0) > 0.01).all(), "the bound is idle"


@pytest.mark.parametrize("name", GYMNASIUM)
def test_contracts_are_gymnasiums(name: str) -> None:
    """Steps and observations are gymnasium's, and starts lie in its range."""
    env, task = gymnasium.make(GYMNASIUM[name]), load_task(name)
    assert env.spec is not None
    assert env.spec.max_episode_steps == task.spec.max_steps
    starts, theirs = [], []
    for seed in range(400):
        theirs.append(env.reset(seed=seed)[0])
        starts.append(task.world().reset(seed))
    mine, other = np.array(starts, np.float64), np.array(theirs, np.float64)
    assert mine.shape == other.shape
    spread = np.ptp(other, axis=0)
    # The extremes of 400 uniform numbers miss the outer 3 % of the interval once in 10^5 cases.
    np.testing.assert_array_less(np.abs(mine.min(axis=0) - other.min(axis=0)), 0.03 * spread + 1e-9)
    np.testing.assert_array_less(np.abs(mine.max(axis=0) - other.max(axis=0)), 0.03 * spread + 1e-9)


@pytest.mark.parametrize("name", sorted(STEPS))
def test_each_step_solves_the_equations(name: str) -> None:
    """State, reward and end, within the running bound of the kernel's operations."""
    shares, unsure = [], 0
    for before, action, after, reward, over in walks(name, 150, 8):
        bound = bounds_of(name, before, action)
        exact = np.array([number.value for number in bound.state])
        most = np.array([number.error for number in bound.state])
        difference = np.abs(wrapped(name, after.astype(np.float64) - exact))
        assert (difference <= most).all()
        shares.append(difference / np.maximum(most, 1e-30))
        if abs(bound.beyond.value) <= bound.beyond.error:
            unsure += 1
            continue
        assert over == (bound.beyond.value > 0)
        assert abs(float(reward) - bound.reward.value) <= bound.reward.error
    assert unsure <= 3
    assert (np.max(shares, axis=0) > 0.01).all(), "the bound is idle"


@pytest.mark.parametrize("name", plant_names())
def test_every_lane_width_gives_the_same_bits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    task, results = load_task(name), []
    spec, rng = task.spec, np.random.default_rng(6)
    sizes = {"inputs": len(spec.inputs), "outputs": len(spec.outputs)}
    made = [random_network(rng, hidden=8, density=1.0, **sizes) for _ in range(4)]
    networks = [Network(spec.inputs, spec.outputs, one.activations, one.edges) for one in made]
    for width in supported_lanes():
        monkeypatch.setenv("WANN_LANES", str(width))
        runs = rollouts_of(networks, task, (-1.0, 0.3, 0.7), range(25))
        results.append([(run.returns.tobytes(), run.steps.tobytes()) for run in runs])
    assert all(result == results[0] for result in results)
    assert len(set(results[0])) > 1


@pytest.mark.parametrize("width", supported_lanes())
@pytest.mark.parametrize("name", plant_names())
def test_networks_have_the_same_results_together_and_alone(
    name: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With floats and in fixed point, for plants whose lanes are shared and not shared."""
    monkeypatch.setenv("WANN_LANES", str(width))
    task, rng = load_task(name), np.random.default_rng(16)
    assert isinstance(task, NativeTask)
    spec, sizes = task.spec, {"inputs": len(task.spec.inputs), "outputs": len(task.spec.outputs)}
    made = [random_network(rng, hidden=size, density=0.7, **sizes) for size in (3, 9, 1, 20, 5)]
    networks = [
        replace(one, inputs=spec.inputs, outputs=spec.outputs, weights=None) for one in made
    ]
    programs = [network.program for network in networks]
    programs[1:1] = [fixed_of(network, "q15").program for network in networks[:2]]
    weights, states = rng.uniform(-2, 2, 20), task.starts(range(20))
    returns, steps = together(programs, task.plant, weights, states, 500)
    for program, total, length in zip(programs, returns, steps, strict=True):
        alone = program.rollouts(task.plant, weights, states, 500)
        assert (alone[0].tobytes(), alone[1].tobytes()) == (total.tobytes(), length.tobytes())
    assert len(np.unique(returns)) > 1


def test_every_plant_has_an_oracle_and_a_task() -> None:
    """The oracle of the biped is Box2D: test_biped.py."""
    assert set(plant_names()) == {"swingup", "biped", *STEPS}
    for name in plant_names():
        spec, native = load_task(name).spec, plant(name)
        assert (len(spec.inputs), len(spec.outputs)) == (native.observations, native.actions)
