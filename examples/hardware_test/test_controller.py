"""Hardware tests of a project: pytest --hil-port=/dev/ttyACM0, or --hil-board=lm3s6965evb."""

from __future__ import annotations

import numpy as np

from wann_edge.evaluate import KernelPolicy
from wann_edge.hil.device import Device


def test_the_device_computes_the_verified_bits(hil_device: Device) -> None:
    assert hil_device.selftest() == 0


def test_upright_and_at_rest_gives_the_kernels_action(
    hil_device: Device, hil_kernel: KernelPolicy
) -> None:
    upright = np.array([0, 0, 1, 0, 0], np.float32)
    assert hil_device.step(upright).action == hil_kernel.act(upright)


def test_a_broken_sensor_gives_the_safe_action(hil_device: Device) -> None:
    broken = np.array([0, np.nan, 1, 0, 0], np.float32)
    assert hil_device.step(broken).action == 0
