"""The gymnasium environment passes gymnasium's checks and gives the kernel's bits."""

from __future__ import annotations

import subprocess
import sys

import gymnasium
import numpy as np
import pytest
from gymnasium.error import InvalidAction, ResetNeeded
from gymnasium.utils.env_checker import check_env

from wann_edge.kernel import plant_names
from wann_edge.sims.environments import PlantEnv, environment_name
from wann_edge.sims.swingup import SwingUp
from wann_edge.task import load_task

NAME = "wann_edge/SwingUp-v0"


@pytest.mark.parametrize("task", plant_names())
def test_gymnasiums_own_check(task: str) -> None:
    """Warnings are errors here."""
    check_env(gymnasium.make(environment_name(task)).unwrapped)


@pytest.mark.parametrize("task", plant_names())
def test_every_plants_environment_is_its_task(task: str) -> None:
    environment, world = gymnasium.make(environment_name(task)), load_task(task).world()
    environment.action_space.seed(3)
    seen, _ = environment.reset(seed=3)
    np.testing.assert_array_equal(seen, world.reset(3), strict=True)
    ends = False, False
    steps = 0
    while not any(ends):
        action = environment.action_space.sample()
        seen, reward, *ends, _ = environment.step(action)
        expected = world.step(action)
        np.testing.assert_array_equal(seen, expected[0], strict=True)
        assert (np.float32(reward), ends[0]) == expected[1:]
        steps += 1
    assert ends[1] == (steps == load_task(task).spec.max_steps)


def test_made_by_name_alone() -> None:
    script = f"import gymnasium; gymnasium.make('wann_edge.sims.environments:{NAME}').reset(seed=1)"
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


def test_vectors_of_it_can_be_made() -> None:
    vector = gymnasium.make_vec(NAME, num_envs=3, vectorization_mode="sync")
    seen, _ = vector.reset(seed=5)
    expected = [SwingUp().world().reset(seed) for seed in (5, 6, 7)]
    np.testing.assert_array_equal(seen, expected)


@pytest.mark.parametrize("seed", [0, 11, 2**31])
def test_trajectories_are_the_worlds(seed: int) -> None:
    environment, world = PlantEnv("swingup"), SwingUp().world()
    seen, info = environment.reset(seed=seed)
    np.testing.assert_array_equal(seen, world.reset(seed), strict=True)
    assert info == {}
    rng, over = np.random.default_rng(seed), False
    for _ in range(1000):
        action = rng.uniform(-1, 1, 1).astype(np.float32) + np.float32(0.4)
        seen, reward, over, truncated, _ = environment.step(action)
        expected = world.step(action)
        np.testing.assert_array_equal(seen, expected[0], strict=True)
        assert (np.float32(reward), over, truncated) == (*expected[1:], False)
        if over:
            break
    assert over


def test_the_random_generator_continues_between_episodes() -> None:
    environment = PlantEnv("swingup")
    starts = [environment.reset(seed=3)[0], environment.reset()[0], environment.reset()[0]]
    again = [environment.reset(seed=3)[0], environment.reset()[0], environment.reset()[0]]
    np.testing.assert_array_equal(starts, again)
    assert len({start.tobytes() for start in starts}) == 3


def test_truncated_after_1000_steps() -> None:
    environment = gymnasium.make(NAME)
    environment.reset(seed=2)
    for step in range(1, 1001):
        _, _, terminated, truncated, _ = environment.step(np.zeros(1, np.float32))
        assert not terminated
        assert truncated == (step == 1000)


def test_returned_arrays_may_be_written_to() -> None:
    careful, careless = PlantEnv("swingup"), PlantEnv("swingup")
    for environment in (careful, careless):
        seen, _ = environment.reset(seed=4)
    seen[:] = 0
    action = np.array([0.5], np.float32)
    np.testing.assert_array_equal(careful.step(action)[0], careless.step(action)[0])


def test_no_step_before_a_reset_or_after_the_end() -> None:
    environment, push = PlantEnv("swingup"), np.ones(1, np.float32)
    with pytest.raises(ResetNeeded, match="call reset"):
        environment.step(push)
    environment.reset(seed=0)
    while not environment.step(push)[2]:
        pass
    with pytest.raises(ResetNeeded, match="call reset"):
        environment.step(push)


def test_bad_actions_are_refused_and_change_nothing() -> None:
    environment, twin = PlantEnv("swingup"), PlantEnv("swingup")
    for each in (environment, twin):
        each.reset(seed=8)
    for bad in (np.nan, np.inf):
        with pytest.raises(InvalidAction, match="not finite"):
            environment.step(np.array([bad], np.float32))
    with pytest.raises(ValueError, match="action: shape"):
        environment.step(np.zeros(2, np.float32))
    push = np.ones(1, np.float32)
    np.testing.assert_array_equal(environment.step(push)[0], twin.step(push)[0])
