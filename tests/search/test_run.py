"""Whole searches with processes and files: reproducible, interruptible, better than chance."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from wann_edge.errors import SettingsError, TaskError
from wann_edge.evaluate import PAPER_WEIGHTS, score
from wann_edge.kernel import supported_lanes
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.search import checkpoint
from wann_edge.search.genome import express, initial
from wann_edge.search.progress import Progress
from wann_edge.search.run import SearchResult, run_search
from wann_edge.search.run_folder import FILES, HISTORY_COLUMNS
from wann_edge.search.settings import Settings, preset
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import Rollouts, load_task

pytestmark = pytest.mark.usefixtures("no_main_module")


def small(**changes: object) -> Settings:
    """Return settings of a search of half a second."""
    return preset("paper", **{"population": 24, "generations": 5, "episodes": 2, **changes})


def mean_of_weights(network: Network) -> float:
    """Return the score on fresh episodes."""
    return score(network, load_task("swingup"), PAPER_WEIGHTS, 20, 12345).mean_of_weights


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "history.csv").open() as file:
        return list(csv.DictReader(file))


# 60 generations of islands: the first race takes 56, then the second starts.
@pytest.mark.parametrize(
    ("name", "generations", "counts"), [("paper", 5, (1, 4)), ("fast", 60, (1, 2))]
)
def test_the_seed_decides_and_not_the_number_of_workers(
    name: str, generations: int, counts: tuple[int, int], tmp_path: Path
) -> None:
    settings = preset(
        name,
        population=12,
        generations=generations,
        time_limit_s=None,
        episodes=2,
        validation_episodes=4,
        round_generations=4,
    )
    folders = [tmp_path / str(workers) for workers in counts]
    for folder in folders:
        with_workers = settings.model_copy(update={"workers": int(folder.name)})
        run_search("swingup", with_workers, folder)
    for file in ("champion.json", "pareto.json"):
        assert len({(folder / file).read_bytes() for folder in folders}) == 1
    histories = [rows(folder) for folder in folders]
    for row in [row for history in histories for row in history]:
        assert float(row.pop("elapsed_s")) > 0
        assert float(row.pop("evaluation_s")) > 0
    assert histories[0] == histories[1]
    other = run_search("swingup", small(seed=1), tmp_path / "other")
    assert other.champion != network_file.load(folders[0] / "champion.json")


@pytest.mark.parametrize("islands", [1, 3])
def test_the_lane_width_changes_nothing(
    islands: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = small(islands=islands, fixed_episodes=islands > 1, round_generations=2)
    files = set()
    for width in supported_lanes():
        monkeypatch.setenv("WANN_LANES", str(width))
        run_search("swingup", settings, tmp_path / str(width))
        folder = tmp_path / str(width)
        files.add(b"".join((folder / name).read_bytes() for name in FILES[:2]))
    assert len(supported_lanes()) > 1
    assert len(files) == 1


def test_files_hold_what_was_found(tmp_path: Path) -> None:
    told: list[Progress] = []
    settings = small(generations=8)
    result = run_search("swingup", settings, tmp_path / "run", on_generation=told.append)
    folder = tmp_path / "run"
    assert {path.name for path in folder.iterdir()} == {*FILES, *checkpoint.NAMES}
    check_champion(folder, result, settings)
    check_front(folder, result)
    assert result.progress == told[-1]
    assert [p.generation for p in told] == list(range(1, 9))
    assert told[-1].evaluations == 24 * 8
    assert told[-1].steps <= (24 * 8 * 6 * 2 + 8 * 6 * 20) * 1000
    history = rows(folder)
    assert tuple(history[0]) == HISTORY_COLUMNS
    assert [float(row["best_mean"]) for row in history] == [p.best_mean for p in told]
    run = json.loads((folder / "run.json").read_text())
    assert run["stopped"] == result.stopped == "generations"
    assert run["task"] == "swingup"
    assert Settings.model_validate(run["settings"]) == settings


def check_champion(folder: Path, result: SearchResult, settings: Settings) -> None:
    champion = network_file.load(folder / "champion.json")
    assert champion == result.champion
    assert champion.shared_weight == result.scores.best.weight
    assert champion.task == "swingup"
    assert result.scores.episodes == settings.validation_episodes
    provenance = dict(champion.provenance)
    assert provenance["version"]
    assert provenance["settings"] == json.loads(
        settings.model_dump_json(exclude={"seed", "workers"})
    )


def check_front(folder: Path, result: SearchResult) -> None:
    """More connections, more reward; the champion last; scores those of the networks."""
    entries = json.loads((folder / "pareto.json").read_text())["networks"]
    sizes = [entry["connections"] for entry in entries]
    means = [entry["mean"] for entry in entries]
    assert sizes == sorted(set(sizes))
    assert means == sorted(set(means))
    assert means[-1] == result.scores.mean_of_weights
    networks = [network_file.from_json(json.dumps(entry["network"])) for entry in entries]
    assert [len(network.edges) for network in networks] == sizes
    assert networks[-1] == result.champion
    assert [tested.connections for tested in result.front] == sizes


def test_a_short_search_beats_as_many_random_networks(tmp_path: Path) -> None:
    settings = preset("fast", population=48, generations=12, time_limit_s=None)
    result = run_search("swingup", settings, tmp_path / "run")
    rng, task = np.random.default_rng(5), load_task("swingup")
    drawn = [express(initial(5, 1, 0.5, rng), SPEC) for _ in range(result.progress.evaluations)]
    best = max(
        (network for network in set(drawn)),
        key=lambda n: score(n, task, PAPER_WEIGHTS, 8, 0).mean_of_weights,
    )
    assert mean_of_weights(result.champion) > mean_of_weights(best) + 50


def test_the_champion_of_noisy_generations_is_the_best_tested(tmp_path: Path) -> None:
    told: list[Progress] = []
    run_search("swingup", small(episodes=1), tmp_path / "run", on_generation=told.append)
    means = [progress.champion_mean for progress in told]
    assert means == sorted(means)


def test_a_time_limit_is_kept(tmp_path: Path) -> None:
    start_s = time.monotonic()
    result = run_search("swingup", small(generations=None, time_limit_s=1.0), tmp_path / "run")
    # One network's episodes, the test of the front (at most 1 s) and files may exceed the limit.
    assert 1.0 <= time.monotonic() - start_s < 3.0
    assert result.stopped == "time limit"
    assert network_file.load(tmp_path / "run" / "champion.json") == result.champion


def test_too_short_a_time_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="time_limit_s: 1e-06 s is too short"):
        run_search("swingup", small(time_limit_s=1e-6), tmp_path / "run")
    assert list((tmp_path / "run").iterdir()) == []


def test_a_run_is_overwritten_only_when_asked(tmp_path: Path) -> None:
    run_search("swingup", small(generations=1), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(SettingsError, match="holds a run already; choose another folder"):
        run_search("swingup", small(generations=1, seed=4), tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    run_search("swingup", small(generations=1, seed=4), tmp_path, overwrite=True)
    champion = network_file.load(tmp_path / "champion.json")
    assert champion.provenance["seed"] == 4


def test_a_folder_that_can_not_be_written_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="can't write"):
        run_search("swingup", small(), tmp_path / "file" / "run")


class Fails(SwingUp):
    """A swing-up that fails after a number of rollouts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self._left = after

    def rollouts_of(
        self, networks: Sequence[Network], weights: Sequence[float], seeds: Sequence[int]
    ) -> list[Rollouts]:
        self._left -= len(networks)
        if self._left < 0:
            raise RuntimeError("the motor burnt")
        return super().rollouts_of(networks, weights, seeds)


def test_a_failing_task_leaves_the_champion_so_far(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="swingup: the task failed: RuntimeError: the motor burnt"):
        run_search(Fails(60), small(), tmp_path)
    assert network_file.load(tmp_path / "champion.json").task == "swingup"
    assert json.loads((tmp_path / "run.json").read_text())["stopped"] == "failed"
    with pytest.raises(TaskError):
        run_search(Fails(10), small(), tmp_path / "early")
    assert list((tmp_path / "early").iterdir()) == []


SCRIPT = """
from pathlib import Path
from wann_edge.search.run import run_search
from wann_edge.search.settings import preset
settings = preset("fast", population=24, time_limit_s=60, workers={workers})
result = run_search(
    "swingup", settings, Path({folder!r}), on_generation=lambda p: print(p.generation, flush=True)
)
print(result.stopped)
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_stops_in_two_seconds_and_keeps_the_champion(workers: int, tmp_path: Path) -> None:
    script = SCRIPT.format(workers=workers, folder=str(tmp_path))
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as search:
        assert search.stdout is not None
        # Both checkpoints exist only after the second round.
        while search.stdout.readline() != "48\n":
            assert search.poll() is None
        search.send_signal(signal.SIGINT)
        start_s = time.monotonic()
        output, errors = search.communicate(timeout=20)
        assert time.monotonic() - start_s < 2
    assert errors == ""
    assert output.endswith("interrupted\n")
    assert search.returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, *checkpoint.NAMES}
    champion = network_file.load(tmp_path / "champion.json")
    assert mean_of_weights(champion) > 0
    assert replace(champion, shared_weight=1.0).without_dead_nodes().task == "swingup"
