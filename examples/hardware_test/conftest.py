"""The network file for the tests of a device."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def hil_file() -> Path:
    """Return the path of the controller."""
    return Path(__file__).with_name("controller.json")
