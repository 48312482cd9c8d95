"""Fingerprints: equal for the same equations, different for others, whatever their layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.parts import ROOT
from wann_edge.kernel import plant_names, plant_text
from wann_edge.network import file as network_file
from wann_edge.task import Task, load_task
from wann_edge.task.disturbances import parse
from wann_edge.task.disturbed import disturbed
from wann_edge.task.fingerprint import identity, sha256_of, task_sha256

SOURCE = (ROOT / "examples" / "my_plant.c").read_text()


def text_of(source: str, path: Path) -> str:
    path.write_text(source)
    return plant_text.file_text(path)


def test_a_plant_in_a_file_is_known_by_its_preprocessed_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = text_of(SOURCE, Path("one.c"))
    assert text_of("/* Other words. */\n\n" + SOURCE, Path("two.c")) == before
    assert text_of(f"#define UNUSED 3.0f\n{SOURCE}", Path("one.c")) == before
    included = f'#include "more.h"\n{SOURCE}'
    Path("more.h").write_text("static const float mass_kg = 1.0f;\n")
    first = text_of(included, Path("one.c"))
    Path("more.h").write_text("static const float mass_kg = 2.0f;\n")
    assert len({before, first, text_of(included, Path("one.c"))}) == 3
    task = load_task("./one.c")
    assert identity(task) == {"source": sha256_of(plant_text.file_text(Path("one.c")))}


def test_headers_of_the_system_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = text_of(SOURCE, Path("one.c"))
    assert text_of(f"#include <limits.h>\n#include <stddef.h>\n{SOURCE}", Path("one.c")) == before


def test_native_plants_are_known_by_the_text_of_the_kernel() -> None:
    found = {name: task_sha256(load_task(name)) for name in plant_names()}
    assert None not in found.values()
    assert len(set(found.values())) == len(found)
    text = plant_text.native_text("biped")
    assert "/*" not in text
    # Of its own headers the biped includes some, and those include others.
    assert "RIGID_H" in text
    assert "PLANT_H" not in text.replace("WANN_BIPED", "")


@pytest.mark.parametrize(
    ("one", "other", "differing"),
    [
        ("gymnasium:Pendulum-v1", "gymnasium:Pendulum-v1@g=5.0", {"arguments"}),
        ("gymnasium:MountainCarContinuous-v0", "gymnasium:CartPole-v1", {"environment"}),
        ("gymnasium:Pendulum-v1", "gymnasium:Pendulum-v1", set()),
    ],
)
def test_environments_are_known_by_id_package_and_arguments(
    one: str, other: str, differing: set[str]
) -> None:
    was, now = identity(load_task(one)), identity(load_task(other))
    assert set(was) == {"environment", "package", "arguments"}
    assert {name for name in was if was[name] != now[name]} == differing
    assert was["package"].startswith("gymnasium 1.")


ENVIRONMENT = """
import gymnasium
import numpy as np

class Still(gymnasium.Env):
    dt = 0.1
    observation_space = action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,))
    def reset(self, *, seed=None, options=None): return np.zeros(1, np.float32), {}
    def step(self, action): return np.zeros(1, np.float32), 0.0, True, False, {}

gymnasium.register("Still-v0", "still_env:Still")
"""


def test_an_environment_of_ones_own_is_known_by_its_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("still_env.py").write_text(ENVIRONMENT)
    task = load_task("still_env:Still-v0")
    before = identity(task)
    Path("still_env.py").write_text(ENVIRONMENT.replace("0.0, True", "1.0, True"))
    now = identity(load_task("still_env:Still-v0"))
    assert {name for name in now if now[name] != before[name]} == {"source"}
    assert before["package"] == "still_env"


def test_disturbances_leave_the_fingerprint_as_it_is() -> None:
    given = parse("noise=1%")
    for name in ("swingup", "gymnasium:Pendulum-v1"):
        task = load_task(name)
        assert task_sha256(disturbed(task, given)) == task_sha256(task) is not None


def test_a_task_that_does_not_say_has_none() -> None:
    class Plain:
        spec = load_task("swingup").spec

        def world(self) -> object:
            raise NotImplementedError

    plain: Task = Plain()  # type: ignore[assignment]
    assert task_sha256(plain) is None


EXAMPLES = [*(ROOT / "examples").glob("*.json"), ROOT / "examples/hardware_test/controller.json"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_for_the_equations_as_they_are(path: Path) -> None:
    """After a change of a plant: save ``stamped(network, task)``, if the network still works."""
    network = network_file.load(path)
    assert network_file.to_json(network) == path.read_text()
    if network.task in plant_names():
        assert network.hashes["task"] == task_sha256(load_task(network.task))
