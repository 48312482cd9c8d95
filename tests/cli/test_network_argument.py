"""A command that takes a network file takes a run folder too."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from helpers.commands import complaint
from wann_edge.cli import run
from wann_edge.search.run_folder import CHAMPION, CONTROLLER, RUN

MORE = {
    "export": ["-o", "policy.h"],
    "firmware": ["--board", "netduinoplus2", "-o", "firmware"],
    "hil": ["--board", "netduinoplus2"],
}
COMMANDS = ["evaluate", "verify", "cost", "simulate", "validate", "stress", *MORE]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_names_a_folder_without_a_run(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = complaint(capsys, command, tmp_path, *MORE.get(command, []))
    assert "the folder holds no run" in line
    (tmp_path / RUN).write_text("{}")
    line = complaint(capsys, command, tmp_path, *MORE.get(command, []))
    assert "so it has no champion yet" in line


def test_a_second_network_comes_from_a_folder_too(
    champion: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("stress", "validate"):
        line = complaint(capsys, command, champion, "--baseline", tmp_path / "none")
        assert "No such file" in line
        (tmp_path / "run").mkdir(exist_ok=True)
        line = complaint(capsys, command, champion, "--baseline", tmp_path / "run")
        assert "the folder holds no run" in line


def test_the_controller_of_a_folder_comes_before_its_champion(
    champion: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for name in (CHAMPION, CONTROLLER):
        shutil.copy(champion, folder / name)
        assert run(["evaluate", str(folder), "--episodes", "2", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["network"] == str(folder / name)
