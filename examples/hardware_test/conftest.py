"""The network that the device runs."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def hil_file() -> Path:
    """The controller that was searched."""
    return Path(__file__).with_name("controller.json")
