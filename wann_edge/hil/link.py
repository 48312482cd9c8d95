"""The line to a device: a serial port, a pseudo-terminal, or a TCP socket, by pyserial."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from wann_edge.errors import LinkError, MissingError

if TYPE_CHECKING:
    import serial

INSTALL = 'pip install "wann-edge[hil]"'
BAUD = 115_200


class Link(Protocol):
    """Bytes both ways. Its methods raise LinkError when the port is gone."""

    def write(self, frame: bytes) -> None:
        """Sends one whole frame."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """What has come, as soon as there is something; nothing after the time."""
        ...

    def reopen(self) -> None:
        """Closes what is left of the port, and opens it anew."""
        ...

    def close(self) -> None:
        """Closes the port."""
        ...


class SerialLink:
    """A port by its name: /dev/ttyACM0, a pseudo-terminal, socket://host:port."""

    def __init__(self, port: str, baud: int = BAUD) -> None:
        self._name, self._baud = port, baud
        self._port = self._open()

    def write(self, frame: bytes) -> None:
        """Sends one whole frame."""
        with _port_errors(self._name):
            self._port.write(frame)

    def read(self, timeout_s: float) -> bytes:
        """What has come, as soon as there is something; nothing after the time."""
        with _port_errors(self._name):
            descriptor = self._port.fileno()
            if not select.select([descriptor], [], [], timeout_s)[0]:
                return b""
            data = os.read(descriptor, 4096)
            if not data:
                raise OSError("closed by the other side")
            return data

    def reopen(self) -> None:
        """Closes what is left of the port, and opens it anew."""
        self.close()
        self._port = self._open()

    def close(self) -> None:
        """Closes the port."""
        # pyserial forgets to close a socket whose other side has gone.
        inner = getattr(self._port, "_socket", None)
        with suppress(OSError):
            self._port.close()
        if inner is not None:
            inner.close()

    def _open(self) -> serial.SerialBase:
        try:
            import serial
        except ImportError as error:
            raise MissingError("pyserial not installed", remedy=INSTALL) from error
        try:
            return serial.serial_for_url(self._name, self._baud, exclusive=True)
        except ValueError as error:
            raise LinkError(
                str(error), where=self._name, remedy="use /dev/ttyACM0 or socket://HOST:PORT"
            ) from error
        except OSError as error:
            raise LinkError(f"can't open: {error}", where=self._name) from error


@contextmanager
def _port_errors(name: str) -> Iterator[None]:
    """What pyserial and the system raise becomes a LinkError that names the port."""
    try:
        yield
    except OSError as error:  # pyserial's own are OSErrors
        raise LinkError("the port is gone", where=name) from error
