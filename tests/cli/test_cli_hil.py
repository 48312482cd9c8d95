"""``wann-edge firmware`` and ``wann-edge hil`` as a user meets them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from rich.console import Console

from helpers import hil_host
from helpers.commands import complaint
from helpers.hil_boards import require
from wann_edge.cli import hil_report, run
from wann_edge.exporters.firmware.boards import BOARDS
from wann_edge.hil.capture import load_capture
from wann_edge.hil.loop import Report
from wann_edge.network import file as network_file

NETWORK = hil_host.controller()


@pytest.mark.parametrize(("encoding", "block"), [("utf-8", "\N{FULL BLOCK}"), ("ascii", "#")])
def test_the_histogram_prints_in_any_encoding(
    encoding: str, block: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = TextIOWrapper(BytesIO(), encoding)
    monkeypatch.setattr(hil_report, "console", Console(file=output))
    report = SimpleNamespace(histogram=lambda: [0, 2, 4] + [0] * 12)
    hil_report._print_histogram(cast("Report", report))
    output.seek(0)
    assert output.read().count(block) == 20 + 40


@pytest.fixture
def file(tmp_path: Path) -> Path:
    network_file.save(NETWORK, tmp_path / "net.json")
    return tmp_path / "net.json"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with hil_host.running(hil_host.built(NETWORK, tmp_path_factory.mktemp("cli"))) as port:
        yield port


def ran(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    code = run([str(argument) for argument in arguments])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("board", BOARDS)
def test_firmware_is_a_whole_project(
    board: str, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "my_board"
    code, said = ran(capsys, "firmware", file, "--board", board, "-o", folder)
    assert code == 0
    assert f"files for {board}" in said
    names = {path.name for path in folder.iterdir()}
    assert {"policy.h", "hil_device.c", "README.md"} <= names
    assert ("my_board.ino" if board == "arduino" else "Makefile") in names
    assert "is not empty" in complaint(capsys, "firmware", file, "--board", board, "-o", folder)
    assert ran(capsys, "firmware", file, "--board", board, "-o", folder, "--force")[0] == 0


def test_a_session_is_reported(
    file: Path, port: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture = tmp_path / "session.jsonl"
    options = ("--port", port, "--episodes", "1", "--seed", "3")
    code, said = ran(capsys, "hil", file, *options, "--json", "--record", capture)
    found = json.loads(said)
    assert code == 0
    assert found["ok"]
    assert found["mode"] == "lockstep"
    assert found["device"]["build"].startswith("bare")
    assert found["device_rewards"] == found["host_rewards"]
    assert (found["held"], found["held_when"][:25]) == ([False], "upright within 10 degrees")
    steps = found["steps"]
    assert found["mismatches"] == 0
    assert 0 < steps <= 1000
    assert sum(found["latency_histogram"]["counts"]) == steps
    assert found["latency_s"]["median"] <= found["latency_s"]["worst"]
    assert found["device_statistics"]["steps"] >= steps
    assert len(load_capture(capture).exchanges) == steps
    for target in ((), ("--port", port)):
        code, said = ran(capsys, "hil", file, "--replay", capture, *target)
        assert code == 0
        assert f"{steps} steps, same bits" in said


def test_real_time_is_paced_by_the_control_period(
    file: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--port", port, "--episodes", "1", "--real-time", "--period", "0.005", "--weight")
    start = time.monotonic()
    code, said = ran(capsys, "hil", file, *options, "-0.3", "--json")
    found = json.loads(said)
    assert time.monotonic() - start >= 0.005 * (found["steps"] - 1)
    assert code == 0
    assert found["mode"] == "real time"
    assert found["control_period_s"] == 0.005
    assert found["steps"] > 50


def test_deadlines_that_can_not_be_kept_are_counted(
    file: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--port", port, "--episodes", "1", "--period", "0.000001", "--json")
    for mode in ("--lockstep", "--real-time"):
        code, said = ran(capsys, "hil", file, *options, mode)
        found = json.loads(said)
        assert code == 0, "late is not wrong"
        assert found["missed_deadlines"] == found["steps"]


def test_faults_are_shown_beside_what_was_seen(
    file: Path, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    inject = "drop=2%,corrupt=2%,duplicate=2%,delay=2%:5ms"
    options = ("--port", port, "--episodes", "1", "--inject", inject, "--timeout", "0.02")
    code, said = ran(capsys, "hil", file, *options, "--recovery", "30")
    assert code == 0
    for row in (
        "injected: drop",
        "host: retries",
        "device: stale",
        "round trip, worst",
        "same bits",
    ):
        assert row in said
    retries = re.search(r"host: retries +(\d+)", said)
    assert retries is not None
    assert int(retries[1]) > 0


def test_an_emulated_board_is_started_and_ended(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require("virt")
    code, said = ran(
        capsys, "hil", file, "--board", "virt", "--port", "pty", "--episodes", "1", "--json"
    )
    assert code == 0
    assert json.loads(said)["device"]["build"].startswith("virt")


def test_a_changed_network_differs_in_a_replay(
    file: Path, port: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture, other = tmp_path / "session.jsonl", tmp_path / "other.json"
    ran(capsys, "hil", file, "--port", port, "--episodes", "1", "--record", capture)
    network_file.save(hil_host.controller(2), other)
    code, said = ran(capsys, "hil", other, "--replay", capture)
    assert code == 1
    assert re.search(r"[1-9]\d* of \d+ actions differ, the first at step \d+", said)
    code, said = ran(capsys, "hil", other, "--replay", capture, "--json")
    assert code == 1
    assert json.loads(said)["mismatches"] > 0
    text = capture.read_text()
    for broken in (text[: len(text) // 2], "", "{}\n{}", text.replace('"steps"', '"stops"')):
        capture.write_text(broken)
        assert "or an incomplete one" in complaint(capsys, "hil", file, "--replay", capture)
    lines = text.splitlines()
    capture.write_text("\n".join([*lines[:3], lines[-1]]))
    assert "steps are missing" in complaint(capsys, "hil", file, "--replay", capture)


def test_a_capture_of_another_contract_is_refused(
    file: Path, port: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture, other = tmp_path / "session.jsonl", tmp_path / "other.json"
    ran(capsys, "hil", file, "--port", port, "--episodes", "1", "--record", capture)
    document = json.loads(file.read_text()) | {"control_period_s": 0.5}
    other.write_text(json.dumps(document))
    assert "another contract" in complaint(capsys, "hil", other, "--replay", capture)
    said = complaint(capsys, "hil", file, "--replay", capture, "--dtype", "q31")
    assert "the capture is in float, not in q31; add --dtype float" in said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "no device is named; add --port /dev/ttyACM0 or --board"),
        (("--port", "/dev/nothing"), "/dev/nothing: can't open"),
        (("--port", "pty"), "--port: pty needs --board"),
        (("--port", "/dev/x", "--board", "virt"), "--port: an emulated board has its own port"),
        (("--board", "toaster"), "unknown board 'toaster'"),
        (("--board", "arduino"), "'arduino' is not emulated; use one of"),
        (("--port", "/dev/x", "--inject", "drop"), "--inject: 'drop' is not a fault"),
        (("--port", "/dev/x", "--weight", "nan"), "weight: must be finite, not nan"),
        (
            ("--port", "/dev/x", "--period", "0"),
            "must be a positive time, not 0.0 s",
        ),
        (("--port", "/dev/x", "--task", "swingdown"), "'swingdown' is not one of the tasks"),
        (("--replay", "nothing.jsonl"), "nothing.jsonl: can't read"),
    ],
)
def test_bad_input_is_one_line(
    options: tuple[str, ...], says: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in complaint(capsys, "hil", file, *options)


def test_a_device_of_another_network_is_refused(
    port: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network_file.save(hil_host.controller(7), tmp_path / "other.json")
    said = complaint(capsys, "hil", tmp_path / "other.json", "--port", port)
    assert "the device runs another network" in said
    assert np.all([word in said for word in ("bare wann-edge", "build and load the firmware")])
