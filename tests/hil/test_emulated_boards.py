"""Firmware on emulated boards: machine code, serial line and the complete loop."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from helpers import hil_avr
from helpers.hil_boards import NETWORK, require, wait_for_safe_action
from helpers.parts import missing
from wann_edge import in_fixed_point
from wann_edge.errors import LinkError, MissingError, SettingsError
from wann_edge.exporters.firmware.boards import BOARDS, Board, emulated_board_names
from wann_edge.exporters.firmware.project import firmware_files
from wann_edge.hil import emulated_boards as emulation
from wann_edge.hil.device import Device, Times
from wann_edge.hil.device_policy import DevicePolicy
from wann_edge.hil.emulated_boards import board_and_qemu, emulated_board
from wann_edge.hil.link import SerialLink
from wann_edge.hil.loop import Report, run_loop
from wann_edge.network import Network
from wann_edge.sims.swingup import SPEC, SwingUp

GCC = {
    "arm-none-eabi-gcc": "gcc-arm-none-eabi libnewlib-arm-none-eabi",
    "riscv64-unknown-elf-gcc": "gcc-riscv64-unknown-elf",
    "cc": "gcc",
}


class ShortSwingUp(SwingUp):
    """The swing-up's first 60 steps."""

    spec = replace(SPEC, max_steps=60)


def run(port: str, network: Network, times: Times | None = None) -> tuple[Report, Device]:
    """Run two short episodes on a port."""
    with closing(SerialLink(port)) as link:
        device = Device(link, network, times=times)
        policy = DevicePolicy(device, network, network.shared_weight, SPEC.dt_s)
        report = run_loop(
            *(device, network, ShortSwingUp(), policy),
            weight=network.shared_weight,
            period_s=SPEC.dt_s,
            mode="lockstep",
            episodes=2,
            seed=1,
        )
        assert device.selftest() == 0
        wait_for_safe_action(device)
        device.reset()
        assert device.statistics().steps == 0
        return report, device


def check(report: Report) -> None:
    assert report.ok
    assert len(report.observed.latencies_s) == 120
    assert (report.observed.mismatches, report.equal_episodes) == (0, 2)
    assert report.statistics is not None
    assert report.statistics.steps == 120
    assert 0 < report.latency_s(0.5) <= report.latency_s(0.99) <= report.latency_s(1.0)
    assert sum(report.histogram()) == 120
    assert report.compute_s(1.0) is not None


@pytest.mark.parametrize(
    ("board", "line"), [*((name, "tcp") for name in emulated_board_names()), ("mps2-an386", "pty")]
)
def test_the_loop_closes_over_an_emulated_board(board: str, line: str) -> None:
    require(board)
    with emulated_board(board, firmware_files(NETWORK, board), line) as port:  # type: ignore[arg-type]
        assert port.startswith("socket://" if line == "tcp" else "/dev/")
        report, device = run(port, NETWORK)
    assert device.hello.build.startswith(f"{board} wann-edge")
    check(report)
    with pytest.raises(LinkError):
        SerialLink(port).read(0.1)


def test_fixed_point_on_a_core_without_a_float_unit() -> None:
    require("microbit")
    network, _ = in_fixed_point(NETWORK, "q15", SwingUp(), episodes=5)
    with emulated_board("microbit", firmware_files(network, "microbit")) as port:
        check(run(port, network)[0])


def test_the_arduino_sketch_runs_on_an_avr(tmp_path: Path) -> None:
    """The emulator counts cycles: with soft floats a step takes 0.2 to 3 ms at 16 MHz."""
    if hil_avr.absent():
        missing("avr", f"not installed: {', '.join(hil_avr.absent())}: {hil_avr.INSTALL}")
    program = hil_avr.build(firmware_files(NETWORK, "arduino", "sketch"), tmp_path)
    assert (tmp_path / "sketch.ino").exists()
    with hil_avr.running(program) as port:
        report, device = run(port, NETWORK, Times(0.5, 20))
    check(report)
    assert device.hello.build.startswith("arduino")
    compute_s = report.compute_s(0.5)
    assert compute_s is not None
    assert 2e-4 < compute_s < 3e-3


@pytest.mark.parametrize(
    "known",
    [board for board in BOARDS.values() if not board.is_sketch],
    ids=lambda board: board.name,
)
def test_gcc_builds_every_project_within_the_stated_memory(known: Board, tmp_path: Path) -> None:
    if shutil.which(known.gcc) is None:
        missing(known.gcc, f"{known.gcc} is not installed: apt-get install {GCC[known.gcc]}")
    for name, content in firmware_files(NETWORK, known.name).items():
        (tmp_path / name).write_bytes(content)
    made = subprocess.run(["make"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""
    if known.script:
        size = known.gcc.replace("gcc", "size")
        table = subprocess.check_output([size, "firmware.elf"], cwd=tmp_path, text=True)
        _, data, bss, *_ = table.splitlines()[1].split()
        # Apart from the protocol and the ring buffer: two words of the clock, and the UART's state.
        assert int(data) + int(bss) <= stated(tmp_path) + 16


def stated(folder: Path) -> int:
    """Return the static memory that the project's README states, including the ring buffer."""
    text = (folder / "README.md").read_text()
    words = text[text.index("at most") :].split()
    return int(words[2]) + int(words[words.index("for", 6) - 1].strip(","))


def test_missing_parts_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="'bare' is not emulated; use one of lm3s6965evb"):
        board_and_qemu("bare")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingError, match="apt-get install qemu-system-misc"):
        board_and_qemu("virt")
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr("wann_edge.system.needs.find_spec", lambda name: None)
    with pytest.raises(MissingError, match=r'pip install "wann-edge\[emu\]"'):
        board_and_qemu("virt")


@pytest.mark.parametrize("fault", ["build", "caller"])
def test_the_emulator_ends_whatever_happens(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    require("lm3s6965evb")
    started: list[subprocess.Popen[bytes]] = []
    popen: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen

    def noted(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(emulation.subprocess, "Popen", noted)  # type: ignore[attr-defined]
    files = dict(firmware_files(NETWORK, "lm3s6965evb"))
    if fault == "build":
        files["main.c"] = b"#error broken\n"
        with pytest.raises(LinkError, match=r"lm3s6965evb: the firmware does not build: .*broken"):
            emulated_board("lm3s6965evb", files).__enter__()
        return
    with pytest.raises(ZeroDivisionError), emulated_board("lm3s6965evb", files):
        raise ZeroDivisionError
    assert started[-1].returncode is not None
