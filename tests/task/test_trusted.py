"""A task that a file names runs no code that the user has not named before."""

from __future__ import annotations

import hashlib
import json
from io import StringIO
from pathlib import Path

import pytest

from helpers.commands import complaint
from wann_edge.cli import run
from wann_edge.cli.arguments import task_in_file
from wann_edge.errors import TaskError
from wann_edge.registry import BUILT_IN
from wann_edge.task import trusted

# Code that leaves a mark when it is compiled and loaded, or imported.
C_FILE = """
__attribute__((constructor)) static void mark(void) { __builtin_trap(); }
"""
MODULE = "raise SystemExit('imported')\n"
EXAMPLE = Path("examples/swingup_any_weight.json").read_text()

pytestmark = pytest.mark.usefixtures("few_inputs")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with hostile code in it and without known tasks."""
    monkeypatch.setattr(trusted, "_named", set())
    (tmp_path / "cache").mkdir()
    monkeypatch.setattr(trusted, "user_cache", lambda _: tmp_path / "cache")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.c").write_text(C_FILE)
    (tmp_path / "evil.py").write_text(MODULE)
    return tmp_path


OWN = ("./evil.c", "evil:Env-v0", "gymnasium:evil:Env-v0", "evil.sub:Env-v0", "gymnasium:x.c")


@pytest.mark.parametrize("name", OWN)
def test_own_code_is_not_trusted(name: str) -> None:
    assert trusted.runs_own_code(name)
    with pytest.raises(TaskError, match="you have not run before; if you trust that code"):
        trusted.check_trusted(name, {}, "net.json")


@pytest.mark.parametrize("name", [*BUILT_IN["tasks"], "gymnasium:CartPole-v1", "envpool:x", "no"])
def test_registered_tasks_are_trusted(name: str) -> None:
    assert not trusted.runs_own_code(name)
    assert trusted.file_sha256(name) is None
    trusted.check_trusted(name, {}, "net.json")


@pytest.mark.parametrize("name", ["./evil.c", "evil:Env-v0"])
def test_code_that_was_named_is_known_until_it_changes(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {trusted.FINGERPRINT: trusted.file_sha256(name)}
    trusted.remember(name)
    monkeypatch.setattr(trusted, "_named", set())  # As another process.
    trusted.check_trusted(name, before, "net.json")
    for path in (folder / "evil.c", folder / "evil.py"):
        path.write_text(path.read_text() + "\n")
    with pytest.raises(TaskError, match="has changed since the search"):
        trusted.check_trusted(name, before, "net.json")


def test_the_same_file_elsewhere_is_not_known(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may include other files there. Its hash in the provenance is not a reason to trust it."""
    trusted.remember("./evil.c")
    monkeypatch.setattr(trusted, "_named", set())
    (folder / "download").mkdir()
    (folder / "download" / "evil.c").write_text(C_FILE)
    monkeypatch.chdir(folder / "download")
    provenance = {trusted.FINGERPRINT: hashlib.sha256(C_FILE.encode()).hexdigest()}
    assert provenance[trusted.FINGERPRINT] == trusted.file_sha256("./evil.c")
    with pytest.raises(TaskError, match="you have not run before"):
        trusted.check_trusted("./evil.c", provenance, "net.json")


def test_without_a_cache_a_name_counts_in_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trusted, "user_cache", lambda _: None)
    trusted.remember("./evil.c")
    trusted.check_trusted("./evil.c", {}, "net.json")
    monkeypatch.setattr(trusted, "_named", set())
    with pytest.raises(TaskError, match="you have not run before"):
        trusted.check_trusted("./evil.c", {}, "net.json")


COMMANDS = (
    *(
        ["evaluate"],
        ["verify", "--dtype", "q15"],
        ["validate"],
        ["stress"],
        ["simulate", "--video", "x.mp4"],
    ),
    *(["tune", "-o", "x.json"], ["export", "--format", "c", "--dtype", "q15", "-o", "x.h"]),
    *(
        ["hil", "--port", "/dev/null"],
        ["cost", "--dtype", "q15"],
        ["evaluate", "--mode", "random-shared"],
    ),
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", ["./evil.c", "evil:Env-v0"])
def test_no_command_runs_what_a_file_names(
    command: list[str], name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "net.json"
    path.write_text(json.dumps(json.loads(EXAMPLE) | {"task": name}))
    said = complaint(capsys, command[0], path, *command[1:])
    assert f"it names the task {name}, whose code you have not run before" in said


@pytest.mark.parametrize("name", ["./evil.c", "evil:Env-v0"])
def test_verify_compares_without_the_task(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "net.json"
    path.write_text(json.dumps(json.loads(EXAMPLE) | {"task": name}))
    assert run(["verify", str(path), "--target", "onnxruntime", "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["checks"][0]["loop"] is None
    assert f"no closed loop: network file: it names the task {name}" in shown.err


def test_task_runs_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A control: after --task the file is compiled."""
    path = folder / "net.json"
    path.write_text(json.dumps(json.loads(EXAMPLE) | {"task": "./evil.c"}))
    assert run(["evaluate", str(path), "--task", "./evil.c"]) == 2
    assert "evil.c: defines no my_plant" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "runs"), [("y\n", True), ("\n", False), ("no\n", False)])
def test_a_terminal_is_asked(answer: str, runs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("sys.stderr", Terminal())
    with pytest.raises(
        TaskError, match="defines no my_plant" if runs else "you have not run before"
    ):
        task_in_file("./evil.c", {}, "net.json")
