"""The energy pump against its law in numpy, and on the swing-up before any tuning."""

from __future__ import annotations

import numpy as np
import pytest

from wann_edge.baselines.energy import energy_pump
from wann_edge.baselines.kinds import Choices, plan_of
from wann_edge.baselines.pendulum_inputs import PendulumInputs, pendulum_in
from wann_edge.errors import TaskError
from wann_edge.robustness.fresh import fresh_episodes
from wann_edge.task import load_task

SWINGUP = load_task("swingup")


@pytest.mark.parametrize("seed", range(3))
def test_the_network_is_the_law(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pump, share, *feedback, upright = rng.uniform(0.1, 0.6, 9).tolist()
    places = pendulum_in(SWINGUP, 0)
    network = energy_pump(SWINGUP.spec, places, [pump, share, *feedback, upright])
    # Each row: position, velocity, cosine, sine, angular velocity.
    angle = rng.uniform(-np.pi, np.pi, 200)
    cosine, sine = np.cos(angle), np.sin(angle)
    x, v, w = rng.uniform([-1, -1, -9], [1, 1, 9], (200, 3)).T
    seen = np.column_stack([x, v, cosine, sine, w]).astype(np.float32)
    power = np.sin(np.pi * w / 40) * np.sin(np.pi * cosine / 2)
    energy = (cosine - 1) / 4 + share * (1 - np.cos(np.pi * w / 20))
    pumped = pump * np.sin(np.pi * power / 2) * np.sin(np.pi * energy)
    law = np.column_stack([x, v, sine, w]) @ feedback[2:]
    near = 4 * np.sin(law / 4) * (cosine > upright)
    known = np.clip(pumped + near + feedback[0] * x + feedback[1] * v, -1, 1)
    assert np.ptp(near) > 0.1
    action = network.program.forward(seen, np.ones(200, np.float32))[:, 0]
    assert action == pytest.approx(known, abs=1e-5)


def test_it_swings_the_pole_up_and_holds_it_before_any_tuning() -> None:
    plan = plan_of("energy", SWINGUP, Choices())
    assert plan.numbers == 9
    assert plan.note == "the pendulum is angle_cos, angle_sin and angular_velocity"
    shares = [
        fresh_episodes(plan.network_of(start), SWINGUP, (1.0,), 20, 0)[0].held_share
        for start in (plan.starts[0], plan.starts[-1])
    ]
    assert [share and share.held for share in shares] == [20, 0]


@pytest.mark.parametrize(
    ("task", "known"),
    [("swingup", PendulumInputs(2, 3, 4, (0, 1))), ("pendulum", PendulumInputs(0, 1, 2, ()))],
)
def test_the_pendulum_is_found_by_its_values(task: str, known: PendulumInputs) -> None:
    assert pendulum_in(load_task(task), 1) == known


def test_a_task_without_a_pendulum_is_refused() -> None:
    with pytest.raises(TaskError, match="the cosine, the sine and the velocity of an angle"):
        plan_of("energy", load_task("quadrotor"), Choices())
