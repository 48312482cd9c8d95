"""``wann-edge search`` as a user meets it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers.commands import SEARCH
from helpers.process_groups import living, withstands
from wann_edge.cli import run
from wann_edge.cli.search_settings import end_settings
from wann_edge.errors import SettingsError
from wann_edge.network import file as network_file
from wann_edge.robustness.fresh import fresh_episodes
from wann_edge.search import checkpoint, front
from wann_edge.search.progress import Progress
from wann_edge.search.run import run_search
from wann_edge.search.settings import preset
from wann_edge.task import load_task

# Three generations or two seconds are one round and more: the first checkpoint is there.
FILES = {"champion.json", "pareto.json", "history.csv", "run.json", "checkpoint-0.json"}
SHORT = [*SEARCH, "--population", "12", "--generations", "3"]


def test_search_writes_its_files_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert run([*SHORT, "--seed", "4", "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == FILES
    champion = network_file.load(out / "champion.json")
    assert f"{len(champion.edges)} connections" in shown
    assert f"wann-edge verify {out}/champion.json" in shown
    assert "mean of weights" in shown
    (fresh,) = fresh_episodes(champion, load_task("swingup"), (champion.shared_weight,), 100, 4)
    assert f"held: {fresh.held_share}: upright within 10 degrees, on the track, for" in shown
    assert f"worst: {fresh.returns.min():.1f} in 100 fresh episodes (seed" in shown
    assert champion.provenance["seed"] == 4
    assert len((out / "history.csv").read_text().splitlines()) == 2  # one round of islands


def test_episodes_and_the_rule_of_held_ones_are_those_of_the_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--episodes", "3", "--weights", "1,-1", "--held", "-1", "--out", str(tmp_path)]
    assert run([*SHORT, *options]) == 0
    assert "held: 100 of 100 (96-100 %): a reward of at least -1" in capsys.readouterr().out
    settings = json.loads((tmp_path / "run.json").read_text())["settings"]
    assert (settings["episodes"], settings["shared_weights"]) == (3, [1.0, -1.0])
    assert network_file.load(tmp_path / "champion.json").provenance["settings"]["episodes"] == 3


def test_an_earlier_run_is_overwritten_only_by_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*SHORT, "--out", str(tmp_path)]
    assert run(command) == 0
    capsys.readouterr()
    assert run(command) == 2
    refused = capsys.readouterr()
    assert refused.out == ""
    assert refused.err.count("\n") == 1
    assert "--force" in refused.err
    assert run([*command, "--force"]) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_keeps_the_champion_and_leaves_nothing_behind(
    number: signal.Signals, tmp_path: Path
) -> None:
    """Sent to the workers too, as a terminal does."""
    out, temporary = tmp_path / "run", tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "wann_edge.cli", "search", "swingup", "--workers", "2"]
    command += ["--population", "24"]
    with subprocess.Popen(
        [*command, "--time-limit", "60", "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    ) as process:
        deadline = time.monotonic() + 30
        # On a loaded machine the first round takes longer than any fixed wait.
        while not (out / "checkpoint-0.json").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        is_handled = [withstands(one, number) for one in living(process.pid)]
        os.killpg(process.pid, number)
        sent = time.monotonic()
        shown, errors = process.communicate(timeout=20)
        took_s = time.monotonic() - sent
    assert process.returncode == 130, errors
    assert all(is_handled)
    # The tracker of shared memory ends when it sees that the others have.
    while living(process.pid) and time.monotonic() < sent + 10:
        time.sleep(0.01)
    assert not living(process.pid)
    assert not any(temporary.iterdir())
    assert {one.name for one in out.iterdir()} <= {*FILES, *checkpoint.NAMES}
    assert "stopped by: interrupted" in shown
    assert all(line.startswith("wann-edge: search swingup: ") for line in errors.splitlines())
    # 2 s are promised; start-up of the final table on a loaded machine is allowed for.
    assert took_s < 4
    assert network_file.load(out / "champion.json").task == "swingup"
    assert json.loads((out / "run.json").read_text())["stopped"] == "interrupted"


def test_a_limit_that_is_given_replaces_the_presets() -> None:
    assert preset("fast", **end_settings(5, None)).time_limit_s is None
    assert preset("paper", **end_settings(None, "2m")).generations is None
    assert preset("paper", **end_settings(None, "2m")).time_limit_s == 120
    assert preset("paper", **end_settings(None, None), population=10).generations == 1024
    with pytest.raises(SettingsError, match="unknown preset"):
        preset("none")


@pytest.mark.parametrize(
    ("generations", "limit_s", "share"),
    [(10, None, 0.4), (None, 8.0, 0.25), (10, 8.0, 0.4), (10, 4.0, 0.5), (None, None, 0.0)],
)
def test_how_much_is_done_is_by_the_nearer_limit(
    generations: int | None, limit_s: float | None, share: float
) -> None:
    standing = Progress(
        generation=4,
        evaluations=0,
        steps=0,
        evaluation_s=0.0,
        elapsed_s=2.0,
        best_mean=0.0,
        mean_mean=0.0,
        champion_mean=0.0,
        connections=0,
        hidden=0,
        generations=generations,
        time_limit_s=limit_s,
    )
    assert standing.share_done == pytest.approx(share)


def test_a_pipe_gets_a_line_a_round_and_json_or_quiet_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*SHORT, "--islands", "1", "--force", "--out", str(tmp_path)]
    assert run(command) == 0
    lines = capsys.readouterr().err.splitlines()
    rounds = [line for line in lines if "begun" not in line]
    history = (tmp_path / "history.csv").read_text().splitlines()
    assert len(rounds) == len(history) - 1 == 3
    assert all(line.startswith("wann-edge: search swingup: ") for line in rounds)
    assert ", gen 2, best " in rounds[1]
    assert run([*command, "--quiet"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "stopped by: generations" in shown.out
    assert run([*command, "--json"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    told = json.loads(shown.out)
    champion = network_file.load(tmp_path / "champion.json")
    assert (told["task"], told["stopped"], told["generation"]) == ("swingup", "generations", 3)
    assert told["scores"] == champion.provenance["scores"]
    assert told["connections"] == len(champion.edges)
    assert 0 <= told["held"] <= 100


def test_the_files_are_there_from_the_first_round_on(tmp_path: Path) -> None:
    seen: list[int] = []

    def on_generation(standing: Progress) -> None:
        if standing.generation > 1:
            assert network_file.load(tmp_path / "champion.json").edges is not None
            assert front.load(tmp_path / front.NAME).entries
            seen.append(len((tmp_path / "history.csv").read_text().splitlines()))

    settings = preset("fast", population=12, islands=1, generations=3, time_limit_s=None)
    run_search("swingup", settings, tmp_path, on_generation=on_generation)
    assert seen == [2, 2], "the header and the first round, 10 s long"


def test_json_is_whole_when_the_finish_is_interrupted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("wann_edge.cli.finish_report.finish_with_progress", interrupted)
    assert run([*SHORT, "--finish", "0.2", "--json", "--out", str(tmp_path)]) == 130
    told = json.loads(capsys.readouterr().out)
    assert told["stopped"] == "generations"
    assert "finish" not in told
