"""The ctypes mirrors of plants and disturbances have the layout that the compiler gives."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from helpers.c_structs import differences, evaluate
from wann_edge.kernel.compiled_plant import ROOM, InputStruct, OutputStruct, PlantStruct
from wann_edge.kernel.disturbance import AGE_ROOM, DisturbanceStruct

PLANT = "plants/wann_plant.h"
MIRRORS = {
    "wann_my_input": (InputStruct, PLANT),
    "wann_my_output": (OutputStruct, PLANT),
    "wann_my_plant": (PlantStruct, PLANT),
    "wann_disturbance": (DisturbanceStruct, "disturb.h"),
}


@pytest.mark.parametrize("struct", MIRRORS)
def test_mirrors_have_the_compilers_layout(struct: str, tmp_path: Path) -> None:
    mirror, header = MIRRORS[struct]
    assert differences(mirror, struct, header, tmp_path) == []


def test_array_lengths_are_the_headers(tmp_path: Path) -> None:
    assert evaluate(["WANN_PLANT_ROOM"], PLANT, tmp_path) == [ROOM]
    assert evaluate(["WANN_AGE_ROOM"], "disturb.h", tmp_path) == [AGE_ROOM]


def test_a_mirror_that_differs_is_seen(tmp_path: Path) -> None:
    """A control: one field is too wide."""

    class Wrong(ctypes.Structure):
        _fields_ = [
            *OutputStruct._fields_[:4],
            ("safe", ctypes.c_double),
        ]

    found = differences(Wrong, "wann_my_output", PLANT, tmp_path)
    assert [line.split()[1] for line in found] == ["safe"]
