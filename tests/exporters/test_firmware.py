"""Firmware projects: reproducible, strict C, identified by hashes."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from helpers import hil_host
from helpers.parts import ROOT, missing
from wann_edge import in_fixed_point
from wann_edge.errors import SettingsError
from wann_edge.exporters.firmware import project
from wann_edge.exporters.firmware.boards import BOARDS
from wann_edge.exporters.firmware.project import firmware_files
from wann_edge.hil import messages
from wann_edge.network.hashes import contract_hash, network_hash

NETWORK = hil_host.controller()


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("dtype", ["float", "q15", "q31"])
def test_the_protocol_is_strict_c(compiler: str, dtype: str, tmp_path: Path) -> None:
    if shutil.which(compiler) is None:
        missing(compiler, f"{compiler} is not installed: apt-get install {compiler}")
    network = NETWORK if dtype == "float" else in_fixed_point(NETWORK, dtype, None)[0]
    for name, content in firmware_files(network, "bare").items():
        (tmp_path / name).write_bytes(content)
    flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion"]
    sources = sorted(tmp_path.glob("*.c"))
    subprocess.run([compiler, *flags, "-Werror", "-fsyntax-only", *sources], check=True)


def test_host_and_firmware_have_the_same_version_and_constants() -> None:
    assert project.PROTOCOL_VERSION == messages.VERSION
    assert tuple(messages.NUMBERS) == project.DTYPES


@pytest.mark.parametrize("board", BOARDS)
def test_projects_are_the_same_for_the_same_network(board: str) -> None:
    first, second = (firmware_files(hil_host.controller(), board) for _ in range(2))
    assert first == second
    assert b"$" not in b"".join(first[name] for name in first if name != "Makefile")
    assert firmware_files(hil_host.controller(2), board)["hil_config.h"] != first["hil_config.h"]


def test_the_documentation_lists_the_boards() -> None:
    page = (ROOT / "docs" / "hil.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("| `")]
    found = [tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in lines]
    builds = {True: "Arduino IDE", False: "gcc, Zig"}
    assert [row for row in found if len(row) == 4] == [
        (
            board.name,
            board.chip,
            builds[board.is_sketch] if board.is_sketch or board.zig_target else "any compiler",
            "QEMU" if board.qemu else "-",
        )
        for board in BOARDS.values()
    ]


@pytest.mark.parametrize("watchdog_s", [0.0, -1.0, float("nan"), 1e6, float("inf")])
def test_an_impossible_watchdog_is_refused(watchdog_s: float) -> None:
    with pytest.raises(SettingsError, match=r"watchdog: .* can't measure"):
        firmware_files(NETWORK, "microbit", watchdog_s=watchdog_s)


def test_an_unknown_board_is_refused_with_the_known_names() -> None:
    with pytest.raises(SettingsError, match=r"board: unknown board 'z80'; use one of lm3s"):
        firmware_files(NETWORK, "z80")


def test_the_hash_depends_only_on_what_is_computed() -> None:
    fixed, _ = in_fixed_point(NETWORK, "q15", None)
    others = [
        replace(NETWORK, shared_weight=1.0),
        replace(NETWORK, activations=("abs", *NETWORK.activations[1:])),
        replace(NETWORK, control_period_s=0.02),
        replace(NETWORK, outputs=(replace(NETWORK.outputs[0], safe=0.5),)),
        *(fixed, replace(fixed, dtype="q31"), replace(fixed, weight_bits=3)),
    ]
    found = {network_hash(network) for network in (NETWORK, *others)}
    assert len(found) == 8
    assert network_hash(replace(NETWORK, provenance={"seed": 3})) == network_hash(NETWORK)
    assert network_hash(NETWORK.without_dead_nodes()) == network_hash(NETWORK)
    assert contract_hash(fixed) == contract_hash(NETWORK)


def test_another_compiler_or_clock_builds_anew(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        missing("qemu", "make is not installed: apt-get install make")
    for name, content in firmware_files(NETWORK, "lm3s6965evb").items():
        (tmp_path / name).write_bytes(content)
    compiler = tmp_path / "cc.sh"
    compiler.write_text('#!/bin/sh\necho "$@" | tee firmware.elf > calls\n')
    compiler.chmod(0o755)

    def built(*options: str) -> bool:
        """Whether make has built it."""
        (tmp_path / "calls").write_text("")
        command = ["make", *options, f"CC={compiler} $(TOOLCHAIN)"]
        subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
        return (tmp_path / "calls").read_text() != ""

    assert [built(), built()] == [True, False]
    assert [built("TOOLCHAIN=zig"), built("TOOLCHAIN=zig")] == [True, False]
    assert [built("TICKS_HZ=9"), built("TICKS_HZ=9"), built()] == [True, False, True]
