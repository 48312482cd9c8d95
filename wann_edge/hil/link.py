"""The link to a device: a serial port, a pseudo-terminal or a TCP socket, through pyserial."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from wann_edge.errors import LinkError, MissingError

if TYPE_CHECKING:
    import serial

INSTALL = 'pip install "wann-edge[hil]"'
BAUD = 115_200
SOCKET = "socket://"


class Link(Protocol):
    """Sends and receives bytes; each method raises LinkError when the port is gone."""

    def write(self, frame: bytes, timeout_s: float) -> None:
        """Send one whole frame; raise LinkError when it is not sent after the time."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """Return received bytes as soon as there are any, or b"" after the time."""
        ...

    def reopen(self) -> None:
        """Close the port, if it is still open, and open it again."""
        ...

    def close(self) -> None:
        """Close the port."""
        ...


class SerialLink:
    """A port by name: /dev/ttyACM0, a pseudo-terminal, or socket://HOST:PORT.

    Args:
        port: the port's name.
        baud: symbols per second; a socket ignores it.

    Raises:
        MissingError: pyserial is not installed.
        LinkError: the port can't be opened.
    """

    def __init__(self, port: str, baud: int = BAUD) -> None:
        self._name, self._baud = port, baud
        self._port = self._open()

    def write(self, frame: bytes, timeout_s: float) -> None:
        """Send one whole frame; raise LinkError when it is not sent after the time."""
        end = time.monotonic() + timeout_s
        with _port_errors(self._name):
            descriptor = self._port.fileno()
            while frame:
                left_s = max(0.0, end - time.monotonic())
                if not select.select([], [descriptor], [], left_s)[1]:
                    # Closing a serial port would wait for the rest.
                    self._port.reset_output_buffer()
                    raise TimeoutError("the device reads no more")
                frame = frame[os.write(descriptor, frame) :]

    def read(self, timeout_s: float) -> bytes:
        """Return received bytes as soon as there are any, or b"" after the time."""
        with _port_errors(self._name):
            descriptor = self._port.fileno()
            if not select.select([descriptor], [], [], timeout_s)[0]:
                return b""
            data = os.read(descriptor, 4096)
            if not data:
                raise OSError("closed by the other side")
            return data

    def reopen(self) -> None:
        """Close the port, if it is still open, and open it again."""
        self.close()
        self._port = self._open()

    def close(self) -> None:
        """Close the port."""
        # pyserial does not close a socket that the other side has closed.
        inner = getattr(self._port, "_socket", None)
        with suppress(OSError):
            self._port.close()
        if inner is not None:
            inner.close()

    def _open(self) -> serial.SerialBase:
        _check_address(self._name)
        open_url = _pyserial(self._name)
        try:
            return open_url(self._name, self._baud, exclusive=True)
        except ValueError as error:
            raise LinkError(
                str(error), where=self._name, remedy="use /dev/ttyACM0 or socket://HOST:PORT"
            ) from error
        except OSError as error:
            raise LinkError(
                f"can't open: {error}",
                where=self._name,
                remedy="check that the device is plugged in and that no other program uses it",
            ) from error


def _pyserial(where: str) -> Callable[..., serial.SerialBase]:
    """Return the function of pyserial that opens a port; another package may have its name."""
    try:
        import serial

        open_url: Callable[..., serial.SerialBase] = serial.serial_for_url
    except Exception as error:
        found = find_spec("serial")
        if found is None:
            raise MissingError("pyserial is not installed", where=where, remedy=INSTALL) from error
        raise MissingError(
            f"the module serial at {found.origin or 'a folder'} is not pyserial",
            where=where,
            remedy=f"pip uninstall serial, {INSTALL}",
        ) from error
    return open_url


def _check_address(port: str) -> None:
    """Raise LinkError where a socket lacks its host or the number of its port."""
    if not port.startswith(SOCKET):
        return
    try:
        parts = urlsplit(port)
        is_whole = bool(parts.hostname) and parts.port is not None
    except ValueError:
        is_whole = False
    if not is_whole:
        raise LinkError(
            "names no port, or not as a number from 0 to 65535",
            where=port,
            remedy=f"write {SOCKET}HOST:PORT",
        )


@contextmanager
def _port_errors(name: str) -> Iterator[None]:
    """Turn errors of pyserial and the system into a LinkError that names the port."""
    try:
        yield
    except OSError as error:  # pyserial's errors are OSErrors too
        raise LinkError(
            "the port is gone", where=name, remedy="check the cable and the device's power"
        ) from error
