"""Ports that can't be opened, and a package that only has the name of pyserial."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from wann_edge.errors import LinkError, MissingError
from wann_edge.hil.link import SerialLink


@pytest.mark.parametrize(
    "port",
    [
        *("socket://localhost", "socket://:7000", "socket://", "socket://localhost:http"),
        *("socket://localhost:70000", "socket://[::1"),
    ],
)
def test_a_socket_without_host_or_port_is_refused(port: str) -> None:
    with pytest.raises(LinkError, match=r"names no port.*; write socket://HOST:PORT") as refused:
        SerialLink(port)
    assert refused.value.where == port


def test_a_whole_address_is_tried() -> None:
    """A control: this one gets to the connection."""
    with pytest.raises(LinkError, match="can't open"):
        SerialLink("socket://127.0.0.1:1")


@pytest.mark.parametrize("text", ["def read(): ...", "import no_such_package", "raise ValueError"])
def test_another_package_named_serial_is_named(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "serial.py").write_text(text)
    for name in [name for name in sys.modules if name.partition(".")[0] == "serial"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        with pytest.raises(MissingError) as missing:
            SerialLink("/dev/ttyUSB0")
    finally:
        sys.modules.pop("serial", None)
    said = str(missing.value)
    assert f"the module serial at {tmp_path}/serial.py is not pyserial" in said
    assert 'pip uninstall serial, pip install "wann-edge[hil]"' in said
