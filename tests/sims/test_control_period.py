"""The control period of environments whose attributes are not plain numbers."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.plain_environment import plain_task
from wann_edge.errors import TaskError
from wann_edge.sims.gym_task import GymTask

SHOWN = {"render_modes": [], "render_fps": 50}


def method(self: object) -> float:
    """A time step that has to be called."""
    return 0.01


@pytest.mark.parametrize(
    ("dt", "said"),
    [
        (method, "dt is a method, not seconds"),
        ("20ms", "dt is '20ms', not seconds"),
        (np.array([0.01, 0.02]), r"dt is an array of shape (2,), not seconds"),
        ([0.01, 0.02], "dt is a list, not seconds"),
        ({}, "dt is a dict, not seconds"),
        (True, "dt is True, not seconds"),
        (-1.0, "dt is -1, not above 0"),
        (0, "dt is 0, not above 0"),
        (float("nan"), "dt is nan, not above 0"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_pictures_rate_is_used(dt: object, said: str) -> None:
    task = plain_task(metadata=SHOWN, dt=dt)
    assert task.spec.dt_s == 0.02
    assert task.notes == (f"{said}: the control period is 0.02 s; --dt SECONDS sets another",)
    with pytest.raises(TaskError, match="has no control period: dt is"):
        plain_task(dt=dt)


@pytest.mark.parametrize("dt", [0.01, np.float32(0.01), np.array(0.01), np.array([0.01])])
def test_a_number_of_any_type_is_read(dt: object) -> None:
    task = plain_task(metadata=SHOWN, dt=dt)
    assert (round(task.spec.dt_s, 6), task.notes) == (0.01, ())


def test_tau_is_not_taken_without_a_word() -> None:
    other = plain_task(metadata=SHOWN, dt=None, tau=0.99)
    assert other.spec.dt_s == 0.02
    assert other.notes[0].startswith("tau = 0.99 differs from 1 / render_fps and is not used")
    alone = plain_task(dt=None, tau=0.99)
    assert alone.spec.dt_s == 0.99
    assert alone.notes[0].startswith("tau may be another quantity: the control period is 0.99 s")
    same = plain_task(metadata=SHOWN, dt=None, tau=0.02)
    assert (same.spec.dt_s, same.notes) == (0.02, ())


@pytest.mark.parametrize("rate", ["50", 0, -3, [50, 60]])
def test_a_rate_that_is_not_a_number_is_named(rate: object) -> None:
    with pytest.raises(TaskError, match="has no control period: render_fps is"):
        plain_task(dt=None, metadata={"render_modes": [], "render_fps": rate})


def test_an_option_sets_the_period() -> None:
    plain_task(metadata=SHOWN, dt=method)
    task = GymTask("gymnasium:Plain-v0@control_period_s=0.125")
    assert (task.spec.dt_s, task.notes) == (0.125, ())
