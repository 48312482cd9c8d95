"""Emulated boards: the firmware is built by Zig and runs in QEMU, which always ends."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from wann_edge.errors import LinkError, SettingsError
from wann_edge.system import zig
from wann_edge.system.needs import demand, package, tool

_START_S = 10.0
# How QEMU offers a serial port: as a TCP socket or as a pseudo-terminal.
Line = Literal["tcp", "pty"]
_ARM, _MISC = "qemu-system-arm", "qemu-system-misc"


@dataclass(frozen=True)
class Machine:
    """A board as QEMU runs it. package: Debian's. ticks_hz: QEMU's clock where it has another
    than the board."""

    name: str
    program: str
    package: str
    options: tuple[str, ...] = ()
    ticks_hz: int | None = None


MACHINES = {
    machine.name: machine
    for machine in (
        Machine("lm3s6965evb", _ARM, _ARM, ticks_hz=12_500_000),
        Machine("mps2-an386", _ARM, _ARM),
        Machine("mps2-an500", _ARM, _ARM),
        Machine("microbit", _ARM, _ARM),
        Machine("netduinoplus2", _ARM, _ARM, ticks_hz=168_000_000),
        Machine("virt", "qemu-system-riscv32", _MISC, ("-bios", "none")),
    )
}


def emulated_board_names() -> tuple[str, ...]:
    """Return the names of the boards that can be emulated."""
    return tuple(MACHINES)


def machine_named(name: str) -> Machine:
    """Raises SettingsError where there is none, MissingError without its parts."""
    if name not in MACHINES:
        raise SettingsError(
            f"{name!r} is not emulated",
            where="--board",
            remedy=f"use one of {', '.join(MACHINES)}",
        )
    machine = MACHINES[name]
    demand(
        (
            tool(machine.program, install=f"apt-get install {machine.package}"),
            tool("make", install="apt-get install make"),
            package("ziglang", zig.INSTALL),
        )
    )
    return machine


@contextmanager
def emulated_board(name: str, files: Mapping[str, bytes], line: Line = "tcp") -> Iterator[str]:
    """Builds a firmware project and runs it; gives the port to speak to. It ends with the block.

    Raises as ``machine_named``; LinkError where the project does not build or QEMU not start.
    """
    machine = machine_named(name)
    with tempfile.TemporaryDirectory(prefix="wann-edge-") as folder:
        program = build(machine, files, Path(folder))
        with run_machine(machine, program, line) as port:
            yield port


def build(machine: Machine, files: Mapping[str, bytes], folder: Path) -> Path:
    """Writes the project to a folder and builds it with Zig. Raises LinkError."""
    for file, content in files.items():
        (folder / file).write_bytes(content)
    command = ["make", "TOOLCHAIN=zig", f"ZIG={sys.executable} -m ziglang"]
    if machine.ticks_hz is not None:
        command.append(f"TICKS_HZ={machine.ticks_hz}")
    done = subprocess.run(
        command,
        cwd=folder,
        env=zig.environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise LinkError(f"does not build: {done.stderr.strip()[:500]}", where=machine.name)
    return folder / "firmware.elf"


@contextmanager
def run_machine(machine: Machine, program: Path, line: Line = "tcp") -> Iterator[str]:
    """Runs a program; gives its serial port. Raises LinkError where QEMU does not start."""
    address = f"tcp:127.0.0.1:{_free_port()},server=on,wait=off,nodelay=on"
    serial = address if line == "tcp" else "pty"
    command = [
        *(machine.program, "-M", machine.name, *machine.options),
        *("-display", "none", "-monitor", "none", "-serial", serial, "-kernel", str(program)),
    ]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            where = address if line == "tcp" else ""
            yield _port_of(process, machine.program, where, output.fileno())
        finally:
            process.kill()
            process.wait()


def _port_of(process: subprocess.Popen[bytes], program: str, address: str, output: int) -> str:
    """Waits until the port is there."""
    end = time.monotonic() + _START_S
    port = address.partition(",")[0].removeprefix("tcp:")
    while time.monotonic() < end:
        said = os.pread(output, 4096, 0).decode(errors="replace")
        if process.poll() is not None:
            raise LinkError(f"did not start: {said.strip()[:300]}", where=program)
        terminal = re.search(r"char device redirected to (\S+)", said)
        if terminal and not address:
            return terminal[1]
        if address and _is_listening(port):
            return f"socket://{port}"
        time.sleep(0.02)
    raise LinkError("did not start", where=program)


def _is_listening(port: str) -> bool:
    host, _, number = port.partition(":")
    with suppress(OSError), socket.create_connection((host, int(number)), timeout=1):
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
