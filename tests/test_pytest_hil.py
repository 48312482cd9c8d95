"""The pytest plugin in the example project."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import hil_host
from helpers.hil_boards import require
from helpers.parts import ROOT
from wann_edge.network import file as network_file

EXAMPLE = ROOT / "examples" / "hardware_test"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the example, as a user's project."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "project"))


def run(project: Path, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_example_passes_on_an_emulated_board(project: Path) -> None:
    require("lm3s6965evb")
    code, said = run(project, "--hil-board=lm3s6965evb", "--hil-recovery=30")
    assert code == 0, said
    assert "3 passed" in said


def test_the_example_passes_on_a_port(project: Path, tmp_path: Path) -> None:
    network = network_file.load(project / "controller.json")
    with hil_host.running(hil_host.built(network, tmp_path / "firmware")) as port:
        code, said = run(project, f"--hil-port={port}")
    assert code == 0, said
    assert "3 passed" in said


def test_a_device_of_another_network_fails_the_tests(project: Path, tmp_path: Path) -> None:
    with hil_host.running(hil_host.built(hil_host.controller(), tmp_path / "firmware")) as port:
        code, said = run(project, f"--hil-port={port}")
    assert code == 1
    assert "runs another network" in said


def test_without_a_device_the_tests_are_skipped_and_say_why(project: Path) -> None:
    code, said = run(project)
    assert code == 0
    assert "3 skipped" in said
    assert "no device: pass --hil-port=/dev/ttyACM0 or --hil-board=lm3s6965evb" in said
