"""Fixtures of all tests: reference data, optional tools, random networks."""

from __future__ import annotations

import shutil
import signal
from multiprocessing import spawn
from pathlib import Path

import pytest
from hypothesis import settings

from helpers.parts import DATA, ROOT, missing
from helpers.without_coverage import WITHOUT_COVERAGE
from wann_edge.system.needs import absent
from wann_edge.system.zig import INSTALL
from wann_edge.verify import inputs
from wann_edge.verify.emulated.toolchain import AVR_INSTALL, NEEDS

# The same examples in every run, without a time limit for each.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

# Background processes of a script ignore Ctrl-C, and the programs under test would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the files of WITHOUT_COVERAGE out of the measurement of coverage."""
    slow = {ROOT / "tests" / name for name in WITHOUT_COVERAGE}
    for item in items:
        if item.path in slow:
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture
def data() -> Path:
    """Return the folder of reference data: published champions, zoo, logs."""
    if not DATA.is_dir():
        missing("data", f"the reference data is absent: {DATA}")
    return DATA


@pytest.fixture
def emulators(request: pytest.FixtureRequest) -> None:
    """Skip without the extra ``emu``, and a test of core ``avr`` without its Debian packages."""
    lacking = absent(need for needs in NEEDS.values() for need in needs)
    if INSTALL in lacking:
        missing("emu", f"not installed: {', '.join(sorted({*lacking[INSTALL]}))}: {INSTALL}")
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    if AVR_INSTALL in lacking and parameters.get("core") == "avr":
        missing("avr", f"not installed: {', '.join(lacking[AVR_INSTALL])}: {AVR_INSTALL}")


@pytest.fixture(params=["gcc", "g++", "clang", "clang++"])
def compiler(request: pytest.FixtureRequest) -> str:
    """Return each C and C++ compiler in turn."""
    name: str = request.param
    if shutil.which(name) is None:
        missing(
            name, f"{name} is not installed: apt-get install {name.replace('clang++', 'clang')}"
        )
    return name


@pytest.fixture(autouse=True)
def unmeasured_workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start worker processes without the tracer of coverage, except in the tests of workers.

    The tracer more than doubles the time that a worker takes to start.
    """
    if request.path.parent == ROOT / "tests/parallel":
        return
    prepared = spawn.get_preparation_data

    def untraced(name: str) -> dict[str, object]:
        return {key: value for key, value in prepared(name).items() if key != "stowaway"}

    monkeypatch.setattr(spawn, "get_preparation_data", untraced)


@pytest.fixture
def no_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the main module, which is pytest, from spawned processes, as they would import it."""
    monkeypatch.setattr("__main__.__spec__", None)
    monkeypatch.delattr("__main__.__file__", raising=False)


@pytest.fixture
def few_inputs(monkeypatch: pytest.MonkeyPatch) -> int:
    """Verify on fewer typical states; return the number of inputs for each weight."""
    monkeypatch.setattr(inputs, "TYPICAL", 300)
    return inputs.TYPICAL + inputs.SPECIAL + 2 * inputs.STEP_PAIRS


@pytest.fixture(autouse=True)
def known_tasks(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the tasks that tests name out of the user's cache; return the folder for them."""
    folder = tmp_path_factory.getbasetemp() / "known-tasks"
    folder.mkdir(exist_ok=True)
    monkeypatch.setattr("wann_edge.task.trusted.user_cache", lambda _: folder)
    return folder
