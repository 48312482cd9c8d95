"""Shared by all tests: reference data, tools that may be missing, networks of any shape."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from helpers.parts import DATA, missing
from wann_edge.system.needs import absent
from wann_edge.system.zig import INSTALL
from wann_edge.verify.emulated.toolchain import AVR_INSTALL, NEEDS

# The same examples in every run; how long one takes is the machine's affair.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

# What a script runs in the background begins deaf to Ctrl-C, and so would the programs under test.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def data() -> Path:
    """The folder of reference data: published champions, zoo, logs."""
    if not DATA.is_dir():
        missing("data", f"the reference data is absent: {DATA}")
    return DATA


@pytest.fixture
def emulators(request: pytest.FixtureRequest) -> None:
    """Skips without the extra ``emu``; a test of core ``avr`` without its Debian packages too."""
    lacking = absent(need for needs in NEEDS.values() for need in needs)
    if INSTALL in lacking:
        missing("emu", f"not installed: {', '.join(sorted({*lacking[INSTALL]}))}: {INSTALL}")
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    if AVR_INSTALL in lacking and parameters.get("core") == "avr":
        missing("avr", f"not installed: {', '.join(lacking[AVR_INSTALL])}: {AVR_INSTALL}")


@pytest.fixture(params=["gcc", "g++", "clang", "clang++"])
def compiler(request: pytest.FixtureRequest) -> str:
    """Each C and C++ compiler in turn."""
    name: str = request.param
    if shutil.which(name) is None:
        missing(
            name, f"{name} is not installed: apt-get install {name.replace('clang++', 'clang')}"
        )
    return name


@pytest.fixture
def no_main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spawned process imports the main module: here pytest, which it has no use for."""
    monkeypatch.setattr("__main__.__spec__", None)
    monkeypatch.delattr("__main__.__file__", raising=False)
