"""The regulator against scipy, and its models against plants known on paper."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import solve_discrete_are

from helpers.parts import ROOT
from wann_edge.baselines.equilibrium import best_equilibrium
from wann_edge.baselines.kinds import Choices, plan_of
from wann_edge.baselines.least_squares import least_squares
from wann_edge.baselines.linearisation import linear_model
from wann_edge.baselines.lqr import gains
from wann_edge.baselines.survey import survey
from wann_edge.errors import TaskError
from wann_edge.robustness.fresh import fresh_episodes
from wann_edge.sims.plant_file import PlantFileTask
from wann_edge.task import PlantTask, has_plant, load_task


def plant_task(name: str) -> PlantTask:
    task = load_task(name)
    assert has_plant(task)
    return task


@pytest.mark.parametrize("seed", range(3))
def test_gains_are_those_of_the_riccati_equation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(4, 4)), rng.normal(size=(4, 2))
    inputs, outputs = rng.uniform(0.1, 3, 4), rng.uniform(0.1, 3, 2)
    cost = solve_discrete_are(a, b, np.diag(inputs), np.diag(outputs))
    known = np.linalg.solve(np.diag(outputs) + b.T @ cost @ b, b.T @ cost @ a)
    assert gains(a, b, inputs, outputs) == pytest.approx(known, abs=1e-9)


def test_a_plant_that_cannot_be_stabilised_has_finite_gains() -> None:
    a, b = np.diag([1.5, 0.9]), np.array([[0.0], [1.0]])
    assert np.isfinite(gains(a, b, np.ones(2), np.ones(1))).all()


def test_least_squares_finds_the_minimum_of_rosenbrock() -> None:
    found = least_squares(lambda z: np.array([10 * (z[1] - z[0] ** 2), 1 - z[0]]), -np.ones(2), 80)
    assert found == pytest.approx([1, 1], abs=1e-3)


def test_the_pendulum_is_linearised_upright() -> None:
    """Its equations are gymnasium's: w += dt (15 sin + 6 u), then angle += dt w, dt = 0.05 s."""
    model = linear_model(plant_task("pendulum"), 0)
    assert model.is_used.tolist() == [False, True, True]
    assert model.inputs == pytest.approx([1, 0, 0], abs=1e-3)
    # The sine is scaled by 4.
    speed = np.array([0.05 * 15 / 4, 1.0, 0.05 * 6])
    sine = np.array([1.0, 0.0, 0.0]) + 0.2 * speed
    assert np.hstack([model.a, model.b]) == pytest.approx(np.array([sine, speed]), abs=0.003)


def test_a_regulator_balances_before_any_tuning() -> None:
    task = load_task("furuta")
    plan = plan_of("lqr", task, Choices())
    assert plan.note == (
        "linearised at arm_angle 0, pendulum_angle 0, arm_velocity 0, pendulum_velocity 0"
    )
    (fresh,) = fresh_episodes(plan.network_of(plan.starts[0]), task, (1.0,), 20, 0)
    assert fresh.held_share is not None
    assert fresh.held_share.held == 20


# The ball on the beam with a setpoint, a counter and a noisy sensor in its state.
CHANGES = {
    "ANGLE, STATES": "ANGLE, GOAL, COUNT, DICE, STATES",
    "    state[ANGLE] = wann_constant(0.0f);": """
    state[ANGLE] = state[COUNT] = wann_constant(0.0f);
    state[GOAL] = wann_uniform(seed, 7, 0.04f, 0.06f);
    state[DICE] = wann_uniform(seed, 8, -3.0f, 3.0f);""",
    "i < STATES; i++)\n        observation[i] = state[i];": """i < GOAL; i++)
        observation[i] = state[i];
    observation[0] = state[PLACE] - state[GOAL] + state[DICE] * 0.0005f;""",
    "    rate[PLACE] =": """    rate[GOAL] = rate[COUNT] = rate[DICE] = command[0] * 0.0f;
    rate[PLACE] =""",
    "    wann_real away": """    state[COUNT] = state[COUNT] + 1.0f;
    state[DICE] = wann_wrap_rad(state[DICE] * 1369.0f + 0.7f);
    wann_real away""",
}


def test_constants_counters_and_noise_of_the_state_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (ROOT / "examples" / "my_plant.c").read_text()
    for old, new in CHANGES.items():
        assert old in source
        source = source.replace(old, new, 1)
    monkeypatch.chdir(tmp_path)
    Path("ball.c").write_text(source)
    rng = np.random.default_rng(0)
    found = survey(PlantFileTask("./ball.c"), rng, 0)
    assert found.varied.tolist() == [True, True, True, False, False, False]
    assert found.is_noisy
    point = best_equilibrium(found, rng)
    # The ball rests anywhere on a level beam; inputs near 0 are at the mean setpoint.
    assert point.state[:3] == pytest.approx([found.base[3], 0, 0], abs=5e-3)


def test_a_task_without_a_plant_or_an_equilibrium_is_refused() -> None:
    with pytest.raises(TaskError, match="found no equilibrium"):
        plan_of("lqr", load_task("cartpole"), Choices())
    with pytest.raises(TaskError, match="no plant with continuous actions"):
        plan_of("lqr", load_task("gymnasium:CartPole-v1"), Choices())
