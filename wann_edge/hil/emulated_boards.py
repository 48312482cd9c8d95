"""Emulated boards: Zig builds the firmware, QEMU runs it and ends with the caller's block."""

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
from pathlib import Path
from typing import Literal

from wann_edge.errors import LinkError, SettingsError
from wann_edge.exporters.firmware.boards import (
    BOARDS,
    Board,
    Qemu,
    QemuProgram,
    emulated_board_names,
)
from wann_edge.system import zig
from wann_edge.system.keeper import run_program, running, scratch_folder
from wann_edge.system.needs import demand, package, tool

_START_S = 10.0
# How QEMU offers a serial port: as a TCP socket or as a pseudo-terminal.
Line = Literal["tcp", "pty"]
# Debian's packages of the QEMU programs.
_PACKAGES: dict[QemuProgram, str] = {
    "qemu-system-arm": "qemu-system-arm",
    "qemu-system-riscv32": "qemu-system-misc",
}


def board_and_qemu(name: str) -> tuple[Board, Qemu]:
    """Return a board that QEMU emulates, and how.

    Raises:
        SettingsError: the board is not emulated.
        MissingError: QEMU, make or Zig is not installed.
    """
    board = BOARDS.get(name)
    if board is None or board.qemu is None:
        raise SettingsError(
            f"{name!r} is not emulated",
            where="board",
            remedy=f"use one of {', '.join(emulated_board_names())}",
        )
    demand(
        (
            tool(board.qemu.program, install=f"apt-get install {_PACKAGES[board.qemu.program]}"),
            tool("make", install="apt-get install make"),
            package("ziglang", zig.INSTALL),
        )
    )
    return board, board.qemu


@contextmanager
def emulated_board(name: str, files: Mapping[str, bytes], line: Line = "tcp") -> Iterator[str]:
    """Build a firmware project, run it, and yield its port; QEMU ends with the block.

    Args:
        name: a name of ``emulated_board_names()``.
        files: the project, as ``firmware_files`` returns it for this board.
        line: how QEMU offers the serial port.

    Raises:
        SettingsError, MissingError: as ``board_and_qemu``.
        LinkError: the project does not build, or QEMU does not start.
    """
    board, qemu = board_and_qemu(name)
    with scratch_folder() as folder:
        program = _build(board, qemu, files, folder)
        with _run(board, qemu, program, line) as port:
            yield port


def _build(board: Board, qemu: Qemu, files: Mapping[str, bytes], folder: Path) -> Path:
    """Write the project to a folder and build it with Zig."""
    for file, content in files.items():
        (folder / file).write_bytes(content)
    command = ["make", "TOOLCHAIN=zig", f"ZIG={sys.executable} -m ziglang"]
    if qemu.ticks_hz is not None:
        command.append(f"TICKS_HZ={qemu.ticks_hz}")
    done = run_program(command, folder=folder, environment=zig.environment(folder))
    if done.code != 0:
        raise LinkError(
            f"the firmware does not build: {done.stderr.strip()[:500]}",
            where=board.name,
            remedy="check that ziglang has the version that wann-edge[emu] installs",
        )
    return folder / "firmware.elf"


@contextmanager
def _run(board: Board, qemu: Qemu, program: Path, line: Line) -> Iterator[str]:
    """Run a program in QEMU and yield the name of its serial port."""
    address = f"tcp:127.0.0.1:{_free_port()},server=on,wait=off,nodelay=on"
    serial = address if line == "tcp" else "pty"
    command = [
        *(qemu.program, "-M", board.name, *qemu.options),
        *("-display", "none", "-monitor", "none", "-serial", serial, "-kernel", str(program)),
    ]
    with tempfile.TemporaryFile() as output, running(command, output) as process:
        where = address if line == "tcp" else ""
        yield _port_of(process, qemu.program, where, output.fileno())


def _port_of(process: subprocess.Popen[bytes], program: str, address: str, output: int) -> str:
    """Wait for QEMU's serial port and return its name."""
    end = time.monotonic() + _START_S
    port = address.partition(",")[0].removeprefix("tcp:")
    said = ""
    while time.monotonic() < end:
        said = os.pread(output, 4096, 0).decode(errors="replace")
        if process.poll() is not None:
            break
        terminal = re.search(r"char device redirected to (\S+)", said)
        if terminal and not address:
            return terminal[1]
        if address and _is_listening(port):
            return f"socket://{port}"
        time.sleep(0.02)
    raise LinkError(
        f"did not start: {said.strip()[:300] or 'no message'}",
        where=program,
        remedy=f"check {program} --version",
    )


def _is_listening(port: str) -> bool:
    host, _, number = port.partition(":")
    with suppress(OSError), socket.create_connection((host, int(number)), timeout=1):
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
