"""The swing-up against its equations in float64 and SciPy's solution."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from helpers.oracle import (
    DT_S,
    GRAVITY,
    MASS,
    POLE,
    POLE_KG,
    POLE_M,
    ROUNDOFF,
    TRACK_M,
    Doubles,
    swingup_rates,
    swingup_reward,
    swingup_step,
    swingup_terms,
)
from wann_edge.kernel import plant
from wann_edge.network import Network, named_channels
from wann_edge.sims.swingup import SwingUp

PLANT = plant("swingup")
# One second from near hanging; each action lasts a quarter, and the last is clipped to -1.
START = np.array([0.1, -0.2, 3.0, 0.3], np.float32)
ACTIONS = np.repeat([1.0, -0.5, 0.25, -2.0], 25)


def trig_bound(angle_rad: float) -> float:
    """Return how much the kernel's sine and cosine of an angle may be off.

    The angle is divided by a rounded pi and rounded again: 2 roundoffs of itself.
    The function adds the 4 ulp of its contract, which are 8 roundoffs at 1.
    """
    return ROUNDOFF * (2 * abs(angle_rad) + 8)


def step_bound(state: Doubles, action: float) -> Doubles:
    """Return how much a float32 step may differ from the oracle's, for each of the 4 variables.

    A number on the way to a rate is rounded at most 12 times, constants included;
    hence a sum of terms t over a sum of terms d is off by at most 12 roundoffs of
    (sum |t| / |sum d|) (1 + sum |d| / |sum d|) (Higham, section 3.1), and the last
    factor is at most 1 + 5.5 / 2.5. Sine and cosine may be off in addition.
    """
    cosine, sine = math.cos(state[2]), math.sin(state[2])
    linear, divisor, angular, other = swingup_terms(state, cosine, sine, action)
    sizes = [
        abs(state[1]),
        sum(map(abs, linear)) / divisor,
        abs(state[3]),
        sum(map(abs, angular)) / other,
    ]
    rates, off, moved = swingup_rates(state, action), trig_bound(state[2]), np.zeros(4)
    for c, s in product((cosine - off, cosine + off), (sine - off, sine + off)):
        linear, divisor, angular, other = swingup_terms(state, c, s, action)
        there = np.array([state[1], sum(linear) / divisor, state[3], sum(angular) / other])
        moved = np.maximum(moved, np.abs(there - rates))
    last = ROUNDOFF * np.abs(state + DT_S * rates)
    bound: Doubles = last + DT_S * (12 * ROUNDOFF * 3.2 * np.array(sizes) + moved)
    return bound


def carried(path: list[Doubles], actions: Doubles, errors: list[Doubles]) -> Doubles:
    """Return the error at the end of a path from errors at each step, to first order."""
    onward, total = np.eye(4), np.zeros(4)
    for state, action, error in zip(path[::-1], actions[::-1], errors[::-1], strict=True):
        total += np.abs(onward) @ error
        nudges = 1e-6 * np.eye(4)
        slopes = [
            (swingup_step(state + nudge, action) - swingup_step(state - nudge, action)) / 2e-6
            for nudge in nudges
        ]
        onward = onward @ np.array(slopes).T
    return total


def oracle_path(actions: Doubles, dt_s: float = DT_S) -> list[Doubles]:
    """Return the oracle's states from START, before each action and after the last."""
    path = [START.astype(np.float64)]
    for action in actions:
        path.append(swingup_step(path[-1], action, dt_s))
    return path


def kernel_path(start: NDArray[np.float32], actions: Doubles) -> NDArray[np.float32]:
    """Return the kernel's states in the same way: [steps + 1, 4]."""
    world = SwingUp().world()
    world.start(start)
    path = [world.state]
    for action in actions:
        world.step(np.array([action], np.float32))
        path.append(world.state)
    return np.array(path)


def true_state() -> Doubles:
    """Return SciPy's state after ACTIONS."""
    state = START.astype(np.float64)
    for action in ACTIONS[::25]:
        solved = solve_ivp(
            lambda _, y, a=action: swingup_rates(y, a),
            (0, 25 * DT_S),
            state,
            rtol=1e-10,
            atol=1e-10,
        )
        state = solved.y[:, -1]
    return state


def euler_error(state: Doubles, action: float) -> Doubles:
    """Return the error of one explicit Euler step: dt^2 / 2 times the second derivative."""
    way = 1e-6 * swingup_rates(state, action)
    bend = swingup_rates(state + way, action) - swingup_rates(state - way, action)
    return DT_S**2 / 2 * np.abs(bend) / 2e-6


def random_states(count: int) -> NDArray[np.float32]:
    """Return states all over the track, with up to several turns and fast motion."""
    rng = np.random.default_rng(1)
    return (rng.normal(size=(count, 4)) * (1.2, 3.0, 8.0, 8.0)).astype(np.float32)


def test_observations() -> None:
    for state in random_states(500):
        angle = float(state[2])
        seen = PLANT.observe(state)
        np.testing.assert_array_equal(seen[[0, 1, 4]], state[[0, 1, 3]])
        assert abs(seen[2] - math.cos(angle)) <= trig_bound(angle)
        assert abs(seen[3] - math.sin(angle)) <= trig_bound(angle)


def test_one_step_from_any_state() -> None:
    actions = np.random.default_rng(2).normal(0, 1, 1000).astype(np.float32)
    shares = []
    for state, action in zip(random_states(1000), actions, strict=True):
        after, seen, _, _ = PLANT.step(state, PLANT.observe(state), [action])
        exact = state.astype(np.float64)
        bound = step_bound(exact, float(action))
        shares.append(np.abs(after - swingup_step(exact, float(action))) / bound)
        np.testing.assert_array_equal(seen, PLANT.observe(after))
    worst = np.max(shares, axis=0)
    assert np.all(worst <= 1)
    # A control: rounding errors come within two orders of magnitude of their bound.
    assert np.all(worst > 0.01)


def test_reward_and_end() -> None:
    """The bound of the reward's error is |angle| + 20 roundoffs.

    It is half the cosine's bound, 3 roundoffs of at most pi / 2, 8 of the second cosine, and the
    rounding of three results.
    """
    for state in random_states(1000):
        after, _, reward, over = PLANT.step(state, PLANT.observe(state), [0.5])
        bound = ROUNDOFF * (abs(float(after[2])) + 20)
        assert abs(reward - swingup_reward(after.astype(np.float64))) <= bound
        assert over == (abs(after[0]) > np.float32(TRACK_M))


@pytest.mark.parametrize("side", [-1, 1])
def test_the_track_ends_just_beyond_its_last_float(side: int) -> None:
    edge = np.float32(TRACK_M)
    for position, over in ((edge, False), (np.nextafter(edge, np.float32(3)), True)):
        state = np.array([side * position, 0, 0, 0], np.float32)
        assert PLANT.step(state, PLANT.observe(state), [0.0])[3] is over


def test_actions_are_clipped() -> None:
    state = random_states(1)[0]
    seen = PLANT.observe(state)
    for action in (1.0, -1.0):
        full, more = (PLANT.step(state, seen, [a])[0] for a in (action, 7 * action))
        np.testing.assert_array_equal(full, more)


def test_the_oracle_conserves_energy_except_for_friction() -> None:
    """Independent physics: a uniform rod on a cart."""

    def energy(state: Doubles) -> float:
        _, v, angle, w = state
        moving = MASS * v**2 / 2 - POLE * v * w * math.cos(angle) / 2 + POLE * POLE_M * w**2 / 6
        return float(moving + POLE_KG * GRAVITY * POLE_M * math.cos(angle) / 2)

    def rates(_: float, state: Doubles) -> Doubles:
        return np.append(swingup_rates(state[:4], 0.0), 0.1 * state[1] ** 2)

    start = np.array([0.0, 1.0, 2.0, 3.0, 0.0])
    end = solve_ivp(rates, (0, 2), start, rtol=1e-10, atol=1e-10).y[:, -1]
    assert end[4] > 0.01
    assert energy(end[:4]) + end[4] == pytest.approx(energy(start[:4]), abs=1e-7)


def test_the_oracle_converges_to_scipy_in_first_order() -> None:
    exact = true_state()
    errors = [
        np.abs(oracle_path(np.repeat(ACTIONS, parts), DT_S / parts)[-1] - exact)
        for parts in (100, 200)
    ]
    # Halving the step halves the error, except for terms a hundredth of its size.
    np.testing.assert_allclose(errors[0] / errors[1], 2, rtol=0.02)


def test_a_second_of_the_kernel_agrees_with_the_oracle_and_scipy() -> None:
    """The kernel differs from the oracle by the rounding of every step, carried to the end.

    From SciPy it also differs by the carried Euler error, doubled for the terms that first order
    omits.
    """
    path = oracle_path(ACTIONS)
    end = kernel_path(START, ACTIONS)[-1].astype(np.float64)
    steps = list(zip(path, ACTIONS, strict=False))
    rounding = carried(path[:-1], ACTIONS, [step_bound(*step) for step in steps])
    assert np.all(np.abs(end - path[-1]) <= rounding)
    euler = carried(path[:-1], ACTIONS, [euler_error(*step) for step in steps])
    assert np.all(np.abs(end - true_state()) <= 2 * euler)
    assert np.all(2 * euler < np.ptp(path, axis=0))


def test_mirrored_motion_is_the_mirror_of_the_motion() -> None:
    np.testing.assert_array_equal(kernel_path(-START, -ACTIONS), -kernel_path(START, ACTIONS))


def test_starts_are_normal_around_hanging() -> None:
    """Means and deviations lie within 4 of their standard errors; a seed determines one start."""
    count = 4000
    starts = np.array([SwingUp().start(seed) for seed in range(count)])
    assert starts.dtype == np.float32
    off = (starts.mean(axis=0) - (0, 0, math.pi, 0)) / (0.2 / math.sqrt(count))
    assert np.all(np.abs(off) < 4)
    spread = (starts.std(axis=0) - 0.2) / (0.2 / math.sqrt(2 * count))
    assert np.all(np.abs(spread) < 4)
    assert np.max(np.abs(np.corrcoef(starts.T) - np.eye(4))) < 4 / math.sqrt(count)
    np.testing.assert_array_equal(SwingUp().start(17), starts[17])
    assert len({state.tobytes() for state in starts}) == count


def test_a_seed_determines_an_episode() -> None:
    inputs, outputs = named_channels(5, 1)
    network = Network(inputs, outputs, ("sin",), ((1, 6), (4, 6), (5, 6)))
    first, again = (SwingUp().rollouts(network, [-1.0, 1.0], [9, 2]) for _ in range(2))
    np.testing.assert_array_equal(first.returns, again.returns)
    other = SwingUp().rollouts(network, [1.0, -1.0], [2, 10])
    assert first.returns[1, 1] == other.returns[0, 0]
    assert first.returns[1, 0] != other.returns[0, 1]
