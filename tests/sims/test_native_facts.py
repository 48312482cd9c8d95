"""What the tasks of native plants repeat of the C headers equals what the compiler reports."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from helpers.c_structs import evaluate
from wann_edge.kernel import plant, plant_names
from wann_edge.sims import biped
from wann_edge.sims.native import NativeTask
from wann_edge.task import load_task

HEADER = "plants/plants.h"
# Of each plant: an input, and the C expression that is its upper bound (and minus its lower one).
# Inputs that are not named have a typical range, which the plant does not enforce.
SYMMETRIC: dict[str, dict[str, str]] = {
    "swingup": {"position": "SWINGUP_TRACK_M"},
    "cartpole": {"position": "2 * CARTPOLE_TRACK_M"},
    "pendulum": {"angular_velocity": "PENDULUM_SPEED_RADPS"},
    "mountaincar": {"velocity": "MOUNTAINCAR_SPEED"},
    "acrobot": {
        "angular_velocity_1": "ACROBOT_SPEED_1_RADPS",
        "angular_velocity_2": "ACROBOT_SPEED_2_RADPS",
    },
    "furuta": {"arm_angle": "1.5f * FURUTA_ARM_RAD", "pendulum_angle": "2 * FURUTA_FALLEN_RAD"},
    "furuta-swingup": {"arm_angle": "1.5f * FURUTA_SWINGUP_ARM_RAD"},
    "balancer": {"position": "1.5f * BALANCER_FAR_M"},
    "quadrotor": {"x": "1.25f * QUADROTOR_FAR_M", "z": "1.25f * QUADROTOR_FAR_M"},
    "biped": {},
}


def task_of(name: str) -> NativeTask:
    """The task of a native plant."""
    task = load_task(name)
    assert isinstance(task, NativeTask)
    return task


def test_every_native_plant_has_its_row() -> None:
    assert set(SYMMETRIC) == set(plant_names())


@pytest.mark.parametrize("name", plant_names())
def test_control_periods_are_the_kernels(name: str, tmp_path: Path) -> None:
    """MountainCar's equations have no duration of a step: its task states one."""
    task = task_of(name)
    if name == "mountaincar":
        assert (task.plant.dt_s, task.spec.dt_s) == (0, 1 / 30)
        return
    (in_c,) = evaluate([f"{name.upper().replace('-', '_')}_DT_S"], HEADER, tmp_path)
    assert np.float32(task.spec.dt_s) == np.float32(in_c) > 0
    assert task.spec.dt_s == task.plant.dt_s


@pytest.mark.parametrize("name", plant_names())
def test_bounds_are_the_kernels(name: str, tmp_path: Path) -> None:
    inputs = {each.name: each for each in task_of(name).spec.inputs}
    bounds = SYMMETRIC[name]
    for label, value in zip(bounds, evaluate(list(bounds.values()), HEADER, tmp_path), strict=True):
        assert np.float32(inputs[label].high) == np.float32(value), label
        assert np.float32(inputs[label].low) == np.float32(-value), label


def test_the_car_stays_in_its_valley(tmp_path: Path) -> None:
    position = task_of("mountaincar").spec.inputs[0]
    left, right = evaluate(["MOUNTAINCAR_LEFT", "MOUNTAINCAR_RIGHT"], HEADER, tmp_path)
    assert (np.float32(position.low), np.float32(position.high)) == (left, right)


@pytest.mark.parametrize("name", plant_names())
def test_sizes_are_the_starts_and_the_contracts(name: str) -> None:
    task = task_of(name)
    native = plant(name)
    assert task.start(1).shape == (native.states,)
    assert len(task.spec.inputs) == native.observations
    assert len(task.spec.outputs) == native.actions


def test_the_bipeds_state_has_the_layout_of_the_header(tmp_path: Path) -> None:
    names = ("BIPED_STATES", "BIPED_HEIGHTS", "BIPED_AT_TOUCH", "BIPED_AT_SHAPING", "BIPED_BODIES")
    values = [int(value) for value in evaluate(names, HEADER, tmp_path)]
    states, heights, at_touch, at_shaping, bodies = values
    places = np.arange(plant("biped").states)
    assert len(places) == states
    assert places[biped._AT_HEIGHTS].tolist() == list(range(states - heights, states))
    assert places[biped._AT_SHAPING] == at_shaping
    assert places[biped._AT_TOUCH].tolist() == list(range(at_touch, at_shaping))
    assert len(biped._BODIES) == bodies


def test_the_bipeds_hull_is_the_headers(tmp_path: Path) -> None:
    (hull_m,) = evaluate(["BIPED_HULL_X_M"], HEADER, tmp_path)
    assert np.float32(biped._HULL_CENTRE_M) == np.float32(hull_m)


def test_a_wrong_expression_is_seen(tmp_path: Path) -> None:
    """A control: the probe reports what C computes, and an unknown name fails."""
    assert evaluate(["SWINGUP_TRACK_M", "7 / 2"], HEADER, tmp_path)[1] == 3
    with pytest.raises(AssertionError, match="NO_SUCH_NAME"):
        evaluate(["NO_SUCH_NAME"], HEADER, tmp_path)
