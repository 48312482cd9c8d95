"""A cable that is unplugged, and a host that is killed."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from helpers import hil_host
from helpers.hil_boards import wait_until_held
from wann_edge.errors import LinkError
from wann_edge.evaluate import KernelPolicy
from wann_edge.hil.device import Device, Times
from wann_edge.hil.link import SerialLink
from wann_edge.network import file as network_file

NETWORK = hil_host.controller()


@pytest.fixture(scope="module")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hil_host.built(NETWORK, tmp_path_factory.mktemp("cable"))


class Cable:
    """A TCP port in front of a serial port, which can be unplugged and plugged in again."""

    def __init__(self, port: str) -> None:
        self.serial = SerialLink(port)
        self.address = ("127.0.0.1", 0)
        self.plug()

    def plug(self) -> None:
        self.server = socket.create_server(self.address)
        self.address = self.server.getsockname()
        self.thread = threading.Thread(target=self.relay, args=(self.server,))
        self.thread.start()

    def pull(self) -> None:
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join()

    def relay(self, server: socket.socket) -> None:
        with suppress(OSError), server.accept()[0] as connection:
            connection.settimeout(0.01)
            while server.fileno() >= 0:
                with suppress(TimeoutError):
                    data = connection.recv(1024)
                    if not data:
                        return
                    self.serial.write(data, 5.0)
                connection.sendall(self.serial.read(0.005))


@pytest.fixture
def cable(firmware: Path) -> Iterator[Cable]:
    with hil_host.running(firmware) as port:
        cable = Cable(port)
        yield cable
        cable.pull()
        cable.serial.close()


def test_a_session_continues_when_the_cable_is_plugged_in_again(cable: Cable) -> None:
    seen = np.ones(5, np.float32)
    expected = KernelPolicy(NETWORK).act(seen)
    with closing(SerialLink("socket://{}:{}".format(*cable.address))) as link:
        device = Device(link, NETWORK, times=Times(0.2, 20.0))
        assert (device.step(seen).action == expected).all()
        cable.pull()
        threading.Timer(0.3, cable.plug).start()
        step = device.step(seen)
        assert (step.action == expected).all()
        assert step.latency_s >= 0.25
        assert device.counters.reconnects >= 1


def test_a_cable_that_stays_unplugged_is_an_error(cable: Cable) -> None:
    with closing(SerialLink("socket://{}:{}".format(*cable.address))) as link:
        device = Device(link, NETWORK, times=Times(0.1, 0.6))
        cable.pull()
        start = time.monotonic()
        with pytest.raises(LinkError, match="socket://127"):
            device.step(np.ones(5, np.float32))
        assert 0.5 <= time.monotonic() - start < 10
        cable.plug()


def test_a_killed_host_leaves_the_safe_action(firmware: Path, tmp_path: Path) -> None:
    network_file.save(NETWORK, tmp_path / "net.json")
    with hil_host.running(firmware) as port:
        command = [sys.executable, "-m", "wann_edge.cli", "hil", tmp_path / "net.json"]
        options = ["--port", port, "--episodes", "1000", "--real-time", "--recovery", "20"]
        host = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
        try:
            wait_until_held(port, host)
            time.sleep(0.5)
        finally:
            host.kill()
            host.wait()
        time.sleep(hil_host.WATCHDOG_S + 0.2)
        with closing(Device(SerialLink(port), NETWORK)) as device:
            found = device.statistics()
    assert found.steps > 0
    assert found.timeouts >= 1
    assert found.is_safe
    assert found.applied == (NETWORK.outputs[0].safe,)
