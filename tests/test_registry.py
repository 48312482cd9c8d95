"""The registry, and what every registered part promises."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from wann_edge import registry
from wann_edge.errors import SettingsError
from wann_edge.task import load_task


def test_what_is_not_registered_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(
        SettingsError, match=r"'swingdown' is not one of the tasks; use one of acrobot, .*, swingup"
    ):
        registry.load("tasks", "swingdown")


def test_where_nothing_is_registered_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BUILT_IN, "tasks", {})
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: EntryPoints([]))
    with pytest.raises(
        SettingsError, match="'swingup' is not one of the tasks; none is registered"
    ):
        registry.load("tasks", "swingup")


def test_other_packages_can_add_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def points(*, group: str) -> EntryPoints:
        return EntryPoints([EntryPoint("other", "wann_edge.sims.swingup:SwingUp", group)])

    monkeypatch.setattr("importlib.metadata.entry_points", points)
    assert load_task("other").spec.name == "swingup"
    assert set(registry.registered("tasks")) == {*registry.BUILT_IN["tasks"], "other"}


@pytest.mark.parametrize("kind", registry.BUILT_IN)
def test_every_built_in_name_loads(kind: str) -> None:
    for name in registry.BUILT_IN[kind]:
        assert callable(registry.load(kind, name))
