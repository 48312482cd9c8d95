"""An interrupted search continues as if nothing had happened, however it was interrupted."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from benchmarks.search_speed import begun
from wann_edge.cli import run
from wann_edge.errors import SettingsError
from wann_edge.search import checkpoint
from wann_edge.search.progress import Progress
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset

GENERATIONS = 48
RESULTS = ("champion.json", "pareto.json")
SCRIPT = """
import sys
from pathlib import Path
from wann_edge.cli import main
sys.argv[1:] = ["search", "swingup", "--population", "12", "--weights=-1,1",
                "--generations", "{generations}", "--finish", "0", "--workers", "2",
                "--seed", "5", "--out", {folder!r}]
main()
"""


def settings(**changes: object) -> Settings:
    small = {"population": 12, "shared_weights": (-1.0, 1.0), "seed": 5}
    return preset("fast", **{**small, "generations": GENERATIONS, **changes})


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the results of an uninterrupted run of 48 generations."""
    folder = tmp_path_factory.mktemp("whole")
    run_search("swingup", settings(time_limit_s=None), folder)
    return {name: (folder / name).read_bytes() for name in RESULTS}


def started(folder: Path, generations: int) -> subprocess.Popen[bytes]:
    """Start a search in its own process group; return after its first checkpoint."""
    code = SCRIPT.format(generations=generations, folder=str(folder))
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    while not any((folder / name).exists() for name in checkpoint.NAMES):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


def resumed(folder: Path) -> dict[str, bytes]:
    arguments = [
        "search",
        "--finish",
        "0",
        "--resume",
        str(folder),
        "--generations",
        str(GENERATIONS),
    ]
    assert run([*arguments, "--workers", "1"]) == 0
    return {name: (folder / name).read_bytes() for name in RESULTS}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_killed_search_can_be_resumed(
    number: signal.Signals, tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    with started(tmp_path, GENERATIONS) as process:
        process.send_signal(number)
        process.communicate(timeout=20)
    assert resumed(tmp_path) == uninterrupted


def children_of(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [
        int(child) for child in found if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()
    ]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_a_worker_that_is_killed_is_replaced(
    tmp_path: Path, uninterrupted: dict[str, bytes]
) -> None:
    with started(tmp_path, GENERATIONS) as process:
        for child in children_of(process.pid)[:1]:
            os.kill(child, signal.SIGKILL)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert {name: (tmp_path / name).read_bytes() for name in RESULTS} == uninterrupted


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that ended after 32 generations, as set; only for copying."""
    folder = tmp_path_factory.mktemp("half")
    run_search("swingup", settings(generations=32, time_limit_s=None), folder)
    return folder


@pytest.fixture
def half_a_run(half: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder."""
    return Path(shutil.copytree(half, tmp_path / "half"))


@pytest.mark.parametrize("cut", [0, 7, 5000, -1])
def test_a_partly_written_checkpoint_leaves_the_previous_one(
    cut: int, half_a_run: Path, uninterrupted: dict[str, bytes]
) -> None:
    newest = max(
        (half_a_run / name for name in checkpoint.NAMES), key=lambda p: p.stat().st_mtime_ns
    )
    newest.write_bytes(newest.read_bytes()[:cut])
    assert checkpoint.load(half_a_run).standing.generation == 16
    assert resumed(half_a_run) == uninterrupted


def test_a_checkpoint_with_one_letter_changed_is_not_read(half_a_run: Path) -> None:
    for name in checkpoint.NAMES:
        content = (half_a_run / name).read_bytes()
        (half_a_run / name).write_bytes(content.replace(b"tanh", b"tinh", 1))
    with pytest.raises(SettingsError, match="holds no complete checkpoint"):
        checkpoint.load(half_a_run)


@pytest.mark.parametrize("change", [(b'"version":', b'"version":9'), (b'"history":', b'"story":')])
def test_a_checkpoint_of_another_version_is_reported(
    change: tuple[bytes, bytes], half_a_run: Path
) -> None:
    for name in checkpoint.NAMES:
        content = (half_a_run / name).read_bytes().partition(b"\n")[2].replace(*change, 1)
        (half_a_run / name).write_bytes(f"{zlib.crc32(content):08x}\n".encode() + content)
    with pytest.raises(SettingsError, match="unsupported file version"):
        checkpoint.load(half_a_run)


def test_a_full_disk_stops_with_one_line_and_loses_nothing(
    half_a_run: Path, uninterrupted: dict[str, bytes]
) -> None:
    """Files are limited to 1 kB, so that every checkpoint fails as on a full disk."""
    before = {name: (half_a_run / name).read_bytes() for name in checkpoint.NAMES}
    command = [
        sys.executable,
        "-m",
        "wann_edge.cli",
        "search",
        "--finish",
        "0",
        "--resume",
        str(half_a_run),
    ]
    done = subprocess.run(
        [*command, "--generations", str(GENERATIONS), "--workers", "1", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "can't write: File too large" in done.stderr
    assert {name: (half_a_run / name).read_bytes() for name in checkpoint.NAMES} == before
    assert not [path for path in half_a_run.iterdir() if path.name.startswith(".")]
    assert resumed(half_a_run) == uninterrupted


class Clock:
    """Real time until it has been read ``left`` more times; then an hour has passed."""

    def __init__(self) -> None:
        self.left = 10**9
        self._now = time.monotonic

    def __call__(self) -> float:
        self.left -= 1
        return self._now() + 3600 * (self.left < 0)


def test_a_search_that_ran_out_of_time_can_be_resumed(
    tmp_path: Path, uninterrupted: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The champion includes results beyond the last whole round, which are computed again."""
    clock = Clock()

    def soon(_: Progress) -> None:
        clock.left = 50

    with monkeypatch.context() as patched:
        patched.setattr(time, "monotonic", clock)
        limited = settings(generations=None, time_limit_s=3000)
        result = run_search("swingup", limited, tmp_path, on_generation=soon)
    assert result.stopped == "time limit"
    last = checkpoint.load(tmp_path).history[-1]
    assert last.generation == result.progress.generation == 16
    assert result.progress.evaluations > last.evaluations + 16 * 10
    assert result.progress.champion_mean >= last.champion_mean
    assert resumed(tmp_path) == uninterrupted


def test_a_search_with_one_population_can_be_resumed(tmp_path: Path) -> None:
    paper = preset("paper", population=24, generations=6, episodes=1)
    run_search("swingup", paper, tmp_path / "whole")
    run_search("swingup", paper.model_copy(update={"generations": 4}), tmp_path / "half")
    run_search("swingup", paper, tmp_path / "half", resume=True)
    for name in RESULTS:
        whole, half = (
            json.loads((tmp_path / folder / name).read_bytes()) for folder in ("whole", "half")
        )
        assert whole == half


def test_only_the_end_and_the_workers_may_change(half_a_run: Path) -> None:
    with pytest.raises(SettingsError, match="the run was begun with seed = 5"):
        run_search("swingup", settings(seed=6), half_a_run, resume=True)
    with pytest.raises(SettingsError, match="the run was begun with population = 12"):
        run_search("swingup", settings(population=10), half_a_run, resume=True)


def test_history_and_time_continue(half_a_run: Path) -> None:
    used_s = checkpoint.load(half_a_run).history[-1].elapsed_s
    result = run_search("swingup", settings(time_limit_s=None), half_a_run, resume=True)
    assert result.progress.elapsed_s > used_s
    rows = (half_a_run / "history.csv").read_text().splitlines()[1:]
    assert [int(row.split(",")[0]) for row in rows] == [16, 32, 48]


def test_an_ended_run_has_nothing_left_to_do(half_a_run: Path) -> None:
    before = {name: (half_a_run / name).read_bytes() for name in RESULTS}
    half = settings(generations=32, time_limit_s=None)
    run_search("swingup", half, half_a_run, resume=True)
    assert {name: (half_a_run / name).read_bytes() for name in RESULTS} == before


class Pressing(tuple[tuple[str, object], ...]):
    """Values that are not said; who looks among them has Ctrl-C pressed."""

    __slots__ = ()

    def __contains__(self, value: object) -> bool:
        os.kill(os.getpid(), signal.SIGINT)
        return super().__contains__(value)


def test_ctrl_c_while_a_checkpoint_is_written_waits_until_it_is(
    half_a_run: Path, uninterrupted: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = checkpoint.load(half_a_run)
    for name in checkpoint.NAMES:
        (half_a_run / name).unlink()
    before = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patched:
        patched.setattr(Settings, "unwritten", Pressing(Settings.unwritten))
        with pytest.raises(KeyboardInterrupt):
            checkpoint.save(half_a_run, state)
    assert signal.getsignal(signal.SIGINT) is before
    assert checkpoint.load(half_a_run) == state
    assert resumed(half_a_run) == uninterrupted


def test_the_state_of_the_speed_benchmark_is_valid(tmp_path: Path) -> None:
    state = begun(2, 0, 1.0)
    checkpoint.save(tmp_path, state)
    assert checkpoint.load(tmp_path).standing == state.standing
