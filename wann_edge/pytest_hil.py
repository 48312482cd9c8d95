"""A pytest plugin: hardware tests of your own in three lines. See docs/hil.md.

In your ``pytest.ini``: ``addopts = -p wann_edge.pytest_hil``. The network's file comes with
``--hil-file=FILE`` or from a fixture ``hil_file`` of your own; the device with
``--hil-port=/dev/ttyACM0``, or ``--hil-board=lm3s6965evb`` for an emulated one. Without either,
tests that use ``hil_device`` are skipped. Write the equals sign: pytest takes a path that stands
alone for a place of tests, and looks for its settings there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from wann_edge.evaluate import KernelPolicy
from wann_edge.exporters.firmware import firmware_files
from wann_edge.hil.device import Device, Times
from wann_edge.hil.emulated_boards import emulated_board
from wann_edge.hil.link import SerialLink
from wann_edge.network import Network
from wann_edge.network import file as network_file


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of ``wann-edge hil`` that tests need."""
    group = parser.getgroup("wann-edge", "hardware in the loop")
    group.addoption("--hil-port", help="The device: /dev/ttyACM0, or socket://HOST:PORT.")
    group.addoption("--hil-board", help="Start this emulated board: lm3s6965evb, mps2-an386...")
    group.addoption("--hil-file", help="The network's file.")
    group.addoption(
        "--hil-recovery", type=float, default=5.0, help="Seconds that a device may be gone."
    )


@pytest.fixture(scope="session")
def hil_file(request: pytest.FixtureRequest) -> Path:
    """The network's file; override it in your conftest.py, or say ``--hil-file``."""
    file = request.config.getoption("--hil-file")
    if file is None:
        pytest.fail("no network: say --hil-file, or give a fixture hil_file")
    return Path(file)


@pytest.fixture(scope="session")
def hil_network(hil_file: Path) -> Network:
    """The network that the device is to run."""
    return network_file.load(hil_file)


@pytest.fixture(scope="session")
def hil_port(request: pytest.FixtureRequest, hil_network: Network) -> Iterator[str]:
    """The device's port. An emulated board is built and started for it, and ended."""
    port, board = (request.config.getoption(name) for name in ("--hil-port", "--hil-board"))
    if port is not None:
        yield port
    elif board is not None:
        with emulated_board(board, firmware_files(hil_network, board)) as emulated:
            yield emulated
    else:
        pytest.skip("no device: say --hil-port=/dev/ttyACM0 or --hil-board=lm3s6965evb")


@pytest.fixture
def hil_device(
    request: pytest.FixtureRequest, hil_port: str, hil_network: Network
) -> Iterator[Device]:
    """The device, greeted anew for each test: ``hil_device.step(observation).action``."""
    times = Times(recovery_s=request.config.getoption("--hil-recovery"))
    with closing(SerialLink(hil_port)) as link:
        yield Device(link, hil_network, times=times)


@pytest.fixture
def hil_kernel(hil_network: Network) -> KernelPolicy:
    """What the device is held against: ``hil_kernel.act(observation)``."""
    return KernelPolicy(hil_network)
