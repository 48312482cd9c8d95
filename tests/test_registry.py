"""The registry, and what every registered part promises."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import numpy as np
import pytest

from wann_edge import registry
from wann_edge.errors import SettingsError
from wann_edge.task import load_task


def test_what_is_not_registered_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(
        SettingsError, match="'swingdown' is not one of the tasks; use one of swingup"
    ):
        registry.load("tasks", "swingdown")


def test_where_nothing_is_registered_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BUILT_IN, "tasks", {})
    monkeypatch.setattr(registry, "entry_points", lambda **_: EntryPoints([]))
    with pytest.raises(SettingsError, match="'swingup' is not one of the tasks; there are none"):
        registry.load("tasks", "swingup")


def test_other_packages_can_add_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def points(*, group: str) -> EntryPoints:
        return EntryPoints([EntryPoint("other", "wann_edge.sims.swingup:SwingUp", group)])

    monkeypatch.setattr(registry, "entry_points", points)
    assert load_task("other").spec.name == "swingup"
    assert set(registry.registered("tasks")) == {"swingup", "other"}


@pytest.mark.parametrize("kind", registry.BUILT_IN)
def test_every_built_in_name_loads(kind: str) -> None:
    for name in registry.BUILT_IN[kind]:
        assert callable(registry.load(kind, name))


@pytest.mark.parametrize("name", registry.BUILT_IN["tasks"])
def test_tasks_keep_their_promises(name: str) -> None:
    task = load_task(name)
    spec, world = task.spec, task.world()
    assert spec.name == name
    assert spec.dt_s > 0
    low = np.array([channel.low for channel in spec.inputs])
    high = np.array([channel.high for channel in spec.inputs])
    observation = world.reset(11)
    action = np.array([channel.high for channel in spec.outputs], np.float32)
    for _ in range(20):
        assert observation.shape == (len(spec.inputs),)
        assert observation.dtype == np.float32
        assert ((observation >= low) & (observation <= high)).all()
        before = observation.copy()
        following, reward, over = world.step(action)
        assert (observation == before).all(), "an observation was written to"
        assert np.isfinite(reward)
        assert not over
        observation = following
    again = task.world()
    assert (again.reset(11) == task.world().reset(11)).all()
    assert (again.reset(11) != again.reset(12)).any()
