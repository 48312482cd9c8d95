"""The ctypes mirror of simavr_bridge.h has the compiler's layout."""

from __future__ import annotations

import ctypes
import gc
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from helpers.c_structs import differences
from helpers.networks import random_network
from helpers.parts import missing
from wann_edge.verify import prove


@pytest.fixture
def mirror() -> type[ctypes.Structure]:
    try:
        module = import_module("wann_edge.verify.emulated.simavr_core")
    except ImportError as error:
        missing("emu", str(error))
    result: type[ctypes.Structure] = module.CallResult
    return result


def header() -> str:
    module = import_module("wann_edge.verify.emulated.simavr_core")
    return str(Path(module.__file__ or "").with_name("simavr_bridge.h"))


def test_the_mirror_has_the_layout_of_the_struct(
    mirror: type[ctypes.Structure], tmp_path: Path
) -> None:
    assert differences(mirror, "call_result", header(), tmp_path) == []


def test_fields_in_another_order_are_detected(
    mirror: type[ctypes.Structure], tmp_path: Path
) -> None:
    """A control."""

    class Reversed(ctypes.Structure):
        _fields_ = tuple(reversed(mirror._fields_))

    found = differences(Reversed, "call_result", header(), tmp_path)
    assert [line.split()[1] for line in found] == ["came_back", "lowest_stack", "cycles"]


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize("core", ["avr"])
def test_the_bridge_stays_loaded(core: str) -> None:
    """simavr calls the bridge's logger later; in an unloaded library that is a crash."""
    for _ in range(2):
        (check,) = prove(random_network(np.random.default_rng(0)), [core]).checks
        assert check.ok
        gc.collect()
        assert "bridge.so" in Path("/proc/self/maps").read_text()
