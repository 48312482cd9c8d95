"""The project's folder, the reference data, and optional parts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"

# Parts whose absence fails a test instead of skipping it: WANN_REQUIRE=data,clang
REQUIRED = set(filter(None, os.environ.get("WANN_REQUIRE", "").split(",")))


def missing(part: str, why: str) -> None:
    """Skip the test because a part is missing, or fail if the part is required."""
    if part in REQUIRED:
        pytest.fail(why)
    pytest.skip(why)


QEMU_INSTALL = "apt-get install qemu-system-arm"
