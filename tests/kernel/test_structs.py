"""The ctypes mirrors of the kernel's structs have the layout that the compiler gives."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from helpers.c_structs import differences
from wann_edge.kernel.library import FixedStruct, JobsStruct, NetworkStruct


@pytest.mark.parametrize(
    ("mirror", "struct", "header"),
    [
        (NetworkStruct, "wann_network", "network.h"),
        (FixedStruct, "wann_fixed", "fixed.h"),
        (JobsStruct, "wann_jobs", "jobs.h"),
    ],
)
def test_a_mirror_has_the_layout_of_its_struct(
    mirror: type[ctypes.Structure], struct: str, header: str, tmp_path: Path
) -> None:
    assert differences(mirror, struct, header, tmp_path) == []


def test_a_field_out_of_place_is_seen(tmp_path: Path) -> None:
    """A control: two fields are exchanged, one has another type, the last one is missing."""
    fields = list(JobsStruct._fields_)
    fields[0], fields[4] = fields[4], fields[0]
    kinds = [(name, ctypes.c_int32 if name == "reward_floor" else kind) for name, kind in fields]

    class Exchanged(ctypes.Structure):
        _fields_ = kinds

    class Short(ctypes.Structure):
        _fields_ = JobsStruct._fields_[:-1]

    found = differences(Exchanged, "wann_jobs", "jobs.h", tmp_path)
    assert any("reward_floor" in line for line in found)
    assert any(line.startswith("C: weight ") for line in found)
    assert differences(Short, "wann_jobs", "jobs.h", tmp_path) != []
