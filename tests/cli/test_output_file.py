"""Files that commands write: one rule for overwriting, and paths as a shell takes them."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from helpers.commands import complaint
from wann_edge.cli import run
from wann_edge.cli.app import COMMANDS
from wann_edge.exporters import export
from wann_edge.network import file as network_file
from wann_edge.sims.swingup import SwingUp

Capture = pytest.CaptureFixture[str]

# The commands that write one file, and those that write a folder. All others write none.
FILES = ("baseline", "compare", "export", "hil", "import", "show", "simulate", "tune", "validate")
FOLDERS = ("demo", "export", "firmware", "search")


def written_by(option: str) -> set[str]:
    """The commands whose module takes this option."""
    return {
        name
        for name, module in COMMANDS.items()
        if module.__file__ and option in Path(module.__file__).read_text()
    }


def test_every_command_that_writes_is_named_here() -> None:
    """A control: each takes its path through the one class, or as a folder."""
    assert written_by("OutputFile") == {*FILES, "demo", "firmware"}
    assert written_by("--force") | written_by("Force") == {"export", "firmware", "search"}
    assert written_by("Folder") == {"demo", "search"}


def single(command: str, champion: Path, output: Path) -> list[str]:
    """A quick call of a command that writes one file."""
    made = {
        "export": [str(champion), "--format", "c", "-o"],
        "tune": [str(champion), "--mode", "shared", "--evaluations", "1", "-o"],
        "simulate": [str(champion), "--picture"],
    }
    return [command, *made[command], str(output)]


@pytest.mark.parametrize(
    ("command", "name"), [("export", "a.h"), ("tune", "a"), ("simulate", "a.png")]
)
def test_a_file_is_overwritten_and_it_is_said(
    command: str, name: str, champion: Path, tmp_path: Path, capsys: Capture
) -> None:
    output = tmp_path / name
    assert run(single(command, champion, output)) == 0
    assert ", overwritten" not in capsys.readouterr().out
    output.write_text("old")
    output.chmod(0o640)
    assert run(single(command, champion, output)) == 0
    assert f"{output}" in (shown := capsys.readouterr().out)
    assert ", overwritten\n" in shown
    assert output.read_bytes() != b"old"
    assert stat.S_IMODE(output.stat().st_mode) == 0o640


@pytest.mark.parametrize("command", ["export", "firmware", "search"])
def test_a_folder_needs_force(
    command: str, champion: Path, tmp_path: Path, capsys: Capture
) -> None:
    output = tmp_path / "made"
    calls = {
        "export": ["export", str(champion), "--format", "rust", "-o", str(output)],
        "firmware": ["firmware", str(champion), "--board", "bare", "-o", str(output)],
        "search": [
            *(
                "search",
                "--finish",
                "0",
                "cartpole",
                "--generations",
                "1",
                "--population",
                "8",
                "--islands",
                "1",
            ),
            *("--workers", "1", "--episodes", "1", "--out", str(output)),
        ],
    }
    assert run(calls[command]) == 0
    capsys.readouterr()
    assert "--force" in complaint(capsys, *calls[command])
    assert run([*calls[command], "--force"]) == 0


def test_a_search_replaces_no_file_that_is_there(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "champion.json").write_text("mine")
    said = complaint(capsys, "search", "swingup", "--generations", "1", "--out", str(tmp_path))
    assert "would replace: champion.json; choose another folder, or pass --force" in said
    assert (tmp_path / "champion.json").read_text() == "mine"


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_one_file_goes_to_standard_output(
    name: str, champion: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", str(champion), "--format", "c", "-o", name]) == 0
    shown = capfd.readouterr()
    network = network_file.load(champion)
    assert shown.out == export(network, "c", "champion").decode()
    assert " bytes\n" in shown.err


def test_a_file_named_like_standard_output_is_a_file(
    champion: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["export", str(champion), "--format", "c", "-o", "./-"]) == 0
    capsys.readouterr()
    assert (tmp_path / "-").is_file()
    for output in ("-", "", "new/"):
        assert "names no file" in complaint(
            capsys, "tune", str(champion), "--evaluations", "1", "-o", output
        )


@pytest.mark.parametrize(
    "words",
    [
        ["export", "CHAMPION", "--format", "rust", "-o"],
        ["firmware", "CHAMPION", "--board", "bare", "-o"],
        ["search", "swingup", "--generations", "1", "--out"],
    ],
)
def test_a_folder_does_not_go_to_standard_output(
    words: list[str],
    champion: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    given = [str(champion) if word == "CHAMPION" else word for word in words]
    for name in ("-", ""):
        assert "names no f" in complaint(capsys, *given, name)
    assert not any(Path().iterdir())


def test_a_device_and_a_fifo_are_written_to(champion: Path, tmp_path: Path) -> None:
    null, fifo, read = tmp_path / "null", tmp_path / "fifo", list[bytes]()
    try:
        os.mknod(null, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes devices")
    os.mkfifo(fifo)
    reader = threading.Thread(target=lambda: read.append(fifo.read_bytes()))
    reader.start()
    for output in (null, fifo):
        assert run(["export", str(champion), "--format", "c", "-o", str(output)]) == 0
    reader.join()
    assert stat.S_ISCHR(null.stat().st_mode)
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert read[0].startswith(b"/*")


def test_a_path_is_where_it_was_when_the_command_started(
    champion: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment may change the folder in any of its functions."""

    def wandering(self: SwingUp, seed: int) -> object:
        os.chdir("/")
        return start(self, seed)

    start = SwingUp.start
    monkeypatch.setattr(SwingUp, "start", wandering)
    monkeypatch.chdir(tmp_path)
    assert run(single("tune", champion, Path("tuned.json"))) == 0
    assert os.getcwd() == "/"
    assert (tmp_path / "tuned.json").is_file()
    assert not Path("/tuned.json").exists()
