"""Hardware in the loop with other simulators, and a board whose host is killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from helpers.hil_boards import require, wait_for_safe_action, wait_until_held
from helpers.networks import random_network
from helpers.parts import ROOT, missing
from wann_edge.cli import run
from wann_edge.errors import MissingError
from wann_edge.exporters.firmware.project import firmware_files
from wann_edge.hil.device import Device
from wann_edge.hil.emulated_boards import emulated_board
from wann_edge.hil.link import SerialLink
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.task import load_task

# Results of the commands in docs/validate.md.
ROBUST = ROOT / "examples" / "swingup_robust.json"


def report(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> dict[str, object]:
    """Return the JSON of a session with an emulated board."""
    options = ["--board", "lm3s6965evb", "--episodes", "1", "--recovery", "30", "--json"]
    assert run(["hil", *map(str, arguments), *options]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_board_swings_up_and_balances_rigid_bodies(capsys: pytest.CaptureFixture[str]) -> None:
    """Hanging earns nothing, rotating about 500; the threshold requires balancing upright.

    The device earns as much as the host.
    """
    require("lm3s6965evb")
    found = report(capsys, ROBUST, "--task", "bullet/swingup")
    assert (found["ok"], found["mismatches"], found["steps"]) == (True, 0, 1000)
    assert found["device_rewards"] == found["host_rewards"]
    (reward,) = found["device_rewards"]  # type: ignore[misc]
    assert 880 < reward < 960


@pytest.mark.parametrize("name", ["gymnasium:Pendulum-v1", "bullet/balancer"])
def test_any_world_closes_the_loop(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require("lm3s6965evb")
    try:
        spec = load_task(name).spec
    except MissingError as error:
        missing("sims", str(error))
    rng, sizes = np.random.default_rng(2), (len(spec.inputs), len(spec.outputs))
    made = random_network(rng, inputs=sizes[0], hidden=4, outputs=sizes[1])
    network = Network(spec.inputs, spec.outputs, made.activations, made.edges, task=name)
    network_file.save(network, tmp_path / "net.json")
    found = report(capsys, tmp_path / "net.json")
    assert (found["ok"], found["mismatches"]) == (True, 0)
    assert found["device_rewards"] == found["host_rewards"]


def test_a_board_whose_host_is_killed_goes_to_its_safe_action() -> None:
    require("mps2-an386")
    network = network_file.load(ROBUST)
    with emulated_board("mps2-an386", firmware_files(network, "mps2-an386"), "pty") as port:
        command = [sys.executable, "-m", "wann_edge.cli", "hil", str(ROBUST), "--port", port]
        options = ["--episodes", "1000", "--real-time", "--recovery", "20"]
        host = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL)
        try:
            wait_until_held(port, host)
            time.sleep(1.0)
        finally:
            host.kill()
            host.wait()
        with closing(Device(SerialLink(port), network)) as device:
            assert device.statistics().steps > 0
            wait_for_safe_action(device)
