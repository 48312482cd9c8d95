"""CI installs every optional part, skips no test, and runs every target."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from helpers.format_runners.arduino import INSTALL as ARDUINO_INSTALL
from helpers.format_runners.node import MICROPYTHON, NODE
from helpers.format_runners.rust import INSTALL as RUST_INSTALL
from helpers.parts import QEMU_INSTALL, ROOT, missing
from wann_edge import registry
from wann_edge.cli import run
from wann_edge.cli.list import entries
from wann_edge.network import Network, named_channels
from wann_edge.network import file as network_file
from wann_edge.system.zig import INSTALL
from wann_edge.verify.emulated.toolchain import AVR_INSTALL

SCRIPT = (ROOT / ".ci" / "run").read_text()
# Optional: reference data, and a processor with wide vectors.
NOT_REQUIRED = {"data", "vectors"}


def test_every_part_that_a_test_may_miss_is_required() -> None:
    """Otherwise a skip would stay unnoticed."""
    texts = [path.read_text() for path in (ROOT / "tests").rglob("*.py")]
    named = {
        part
        for text in texts
        for part in re.findall(r'(?:missing|require_tools)\(\s*"([^"]+)",', text)
    }
    assert {"emu", "avr", "arduino", "qemu"} <= named
    required = re.findall(r"WANN_REQUIRE\+?=(\S+)$", SCRIPT, re.MULTILINE)
    assert named - NOT_REQUIRED <= set(",".join(required).split(","))


def test_every_package_of_the_install_lines_is_installed() -> None:
    packages = set(" ".join(re.findall(r"packages\+?=\(([^)]*)\)", SCRIPT)).split())
    for line in (AVR_INSTALL, ARDUINO_INSTALL, QEMU_INSTALL, NODE, RUST_INSTALL):
        assert set(line.removeprefix("apt-get install ").split()) <= packages
    name, _, version = MICROPYTHON.removeprefix("npm install -g ").rpartition("@")
    assert f"\nmicropython={name}\n" in SCRIPT
    assert f'npm install -g --silent "$micropython@{version}"' in SCRIPT
    assert "--no-install-recommends -o DPkg::Lock::Timeout=400" in SCRIPT


def test_all_targets_are_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = {INSTALL: "emu", AVR_INSTALL: "avr"}
    for entry in entries("targets"):
        for line, what in entry.missing.items():
            missing(parts.get(line, "gcc"), f"{entry.name}: {', '.join(what)}: {line}")
    inputs, outputs = named_channels(2, 1)
    network = Network(inputs, outputs, ("tanh",), ((1, 3), (2, 3)), (0.75, -1.5))
    network_file.save(network, tmp_path / "net.json")
    command = ["verify", str(tmp_path / "net.json"), "--target", "all", "--require", "--json"]
    assert run(command) == 0
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert {check["target"] for check in checks} == set(registry.BUILT_IN["targets"])
    assert all(check["ok"] and check["inputs"] > 0 for check in checks)
