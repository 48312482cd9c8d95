"""A pytest plugin for hardware tests: fixtures for a device, its network and the kernel.

In your ``pytest.ini``: ``addopts = -p wann_edge.pytest_hil``. Name the network file by
``--hil-file=FILE`` or by a fixture ``hil_file`` in your ``conftest.py``, and the device by
``--hil-port=/dev/ttyACM0``, or ``--hil-board=lm3s6965evb`` for an emulated board. Without a device,
tests that use ``hil_device`` are skipped. Write the equals sign: pytest takes a path that stands
alone for a folder of tests, and looks for its settings there. See docs/hil.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wann_edge.evaluate import KernelPolicy
from wann_edge.exporters.firmware.boards import emulated_board_names
from wann_edge.hil.device import Device, Times
from wann_edge.hil.session import Connection, connect, open_port
from wann_edge.network import Network
from wann_edge.network import file as network_file


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of ``wann-edge hil`` that tests need."""
    group = parser.getgroup("wann-edge", "hardware in the loop")
    group.addoption("--hil-port", help="Port of the device: /dev/ttyACM0, or socket://HOST:PORT.")
    boards = ", ".join(emulated_board_names())
    group.addoption("--hil-board", help=f"Emulated board to start: {boards}.")
    group.addoption("--hil-file", help="Network file.")
    group.addoption(
        "--hil-recovery",
        type=float,
        default=5.0,
        help="Seconds that the device may stay silent before the test fails.",
    )


@pytest.fixture(scope="session")
def hil_file(request: pytest.FixtureRequest) -> Path:
    """The network file; override this fixture in your conftest.py, or pass ``--hil-file``."""
    file = request.config.getoption("--hil-file")
    if file is None:
        pytest.fail("no network file: pass --hil-file=FILE, or define a fixture hil_file")
    return Path(file)


@pytest.fixture(scope="session")
def hil_network(hil_file: Path) -> Network:
    """The network that the device must run."""
    return network_file.load(hil_file)


@pytest.fixture(scope="session")
def hil_port(request: pytest.FixtureRequest, hil_network: Network) -> Iterator[str]:
    """The device's port; an emulated board is built and runs until the tests end."""
    port, board = (request.config.getoption(name) for name in ("--hil-port", "--hil-board"))
    if port is None and board is None:
        pytest.skip("no device: pass --hil-port=/dev/ttyACM0 or --hil-board=lm3s6965evb")
    with open_port(hil_network, Connection(port=port, board=board)) as name:
        yield name


@pytest.fixture
def hil_device(
    request: pytest.FixtureRequest, hil_port: str, hil_network: Network
) -> Iterator[Device]:
    """The device, in a new session for each test: ``hil_device.step(observation).action``."""
    times = Times(recovery_s=request.config.getoption("--hil-recovery"))
    with connect(hil_network, Connection(port=hil_port, times=times)) as (device, _):
        yield device


@pytest.fixture
def hil_kernel(hil_network: Network) -> KernelPolicy:
    """The kernel, to compare the device with: ``hil_kernel.act(observation)``."""
    return KernelPolicy(hil_network)
