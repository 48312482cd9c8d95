"""Emulated boards for several tests."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from helpers import hil_host
from helpers.parts import missing
from wann_edge.errors import MissingError
from wann_edge.hil.device import Device
from wann_edge.hil.emulated_boards import board_and_qemu

NETWORK = hil_host.controller()


def wait_for_safe_action(device: Device) -> None:
    """Wait until the board applies the safe action, as it does when steps stop."""
    end = time.monotonic() + 20
    while not device.statistics().is_safe and time.monotonic() < end:
        time.sleep(0.05)
    found = device.statistics()
    assert found.is_safe
    assert found.timeouts >= 1
    assert found.applied == pytest.approx([NETWORK.outputs[0].safe], abs=1e-3)


def require(board: str) -> None:
    """Skip, or fail if it is required, when a part of an emulated board is missing."""
    try:
        board_and_qemu(board)
    except MissingError as error:
        missing("qemu", str(error))


def wait_until_held(port: str, host: subprocess.Popen[bytes]) -> None:
    """Wait until the other process has opened the port."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert host.poll() is None
        with suppress(OSError):
            if port in [str(fd.readlink()) for fd in Path(f"/proc/{host.pid}/fd").iterdir()]:
                return
        time.sleep(0.05)
