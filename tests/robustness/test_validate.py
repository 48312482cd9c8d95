"""``wann-edge validate``: rows, confidence, engines, and one-line errors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from helpers.commands import complaint
from helpers.networks import random_network
from helpers.parts import ROOT
from wann_edge.cli import run
from wann_edge.confidence import wilson
from wann_edge.evaluate import episode_seeds, rollouts
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.parallel.engine import Engine
from wann_edge.robustness import validate as command
from wann_edge.robustness.fresh import Fresh
from wann_edge.robustness.validate import (
    Controller,
    case_result,
    fresh_of,
    possible,
)
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import load_task
from wann_edge.task.disturbances import USUAL, parse
from wann_edge.task.disturbed import disturbed

UPRIGHT = SwingUp().held
FEW = ["--episodes", "4", "--workers", "1", "--disturb", "noise=1%,latency=1"]


@pytest.fixture
def network() -> Network:
    """Return a small controller of the swing-up."""
    made = random_network(np.random.default_rng(1), inputs=5, hidden=5, outputs=1)
    return Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, task="swingup")


@pytest.fixture
def file(tmp_path: Path, network: Network) -> Path:
    """Write its file, and that of another network."""
    network_file.save(network, tmp_path / "champion.json")
    network_file.save(replace(network, shared_weight=0.5), tmp_path / "other.json")
    return tmp_path / "champion.json"


@given(st.integers(1, 500), st.data())
def test_intervals_are_wilsons(episodes: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, episodes))
    exact = binomtest(count, episodes).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(wilson(count, episodes), (exact.low, exact.high), atol=1e-4)


def test_a_row_counts_held_episodes_and_names_the_worst() -> None:
    returns = np.array([100, 80, 79, -5], np.float32)
    found = case_result("x", Fresh(returns, [7, 8, 9, 10], returns >= 80))
    assert (found.episodes, found.mean, found.worst, found.worst_seed) == (4, 63.5, -5, 10)
    assert found.held is not None
    assert (found.held.held, found.held.interval) == (2, wilson(2, 4))
    assert found.sd == pytest.approx(np.std([100, 80, 79, -5], ddof=1))
    assert case_result("x", Fresh(returns, [7, 8, 9, 10], None)).held is None


def test_returns_are_those_of_the_disturbed_task_in_any_number_of_workers(
    network: Network, no_main_module: None
) -> None:
    given_, seeds = parse("vary=20%,drop=10%"), episode_seeds(0, 25)
    whole = rollouts(network, disturbed(SwingUp(), given_), (0.7,), seeds).returns[0]
    for workers in (1, 2):
        with Engine("swingup", workers) as engine:
            found = fresh_of(engine, Controller(network, 0.7), given_, seeds, None)
        np.testing.assert_array_equal(found.returns, whole)


def test_the_compiled_header_gives_the_kernels_returns(network: Network) -> None:
    given_, seeds = parse("noise=1%,adc=8,jitter=50%"), episode_seeds(0, 3)
    with Engine("swingup") as engine:
        ours, theirs, graph = (
            fresh_of(engine, Controller(network, 0.7, name), given_, seeds, UPRIGHT)
            for name in ("kernel", "c", "onnxruntime")
        )
    np.testing.assert_array_equal(ours.returns, theirs.returns)
    np.testing.assert_array_equal(ours.held, theirs.held)
    np.testing.assert_allclose(ours.returns, graph.returns, rtol=0.05)


def test_disturbances_that_a_task_lacks_are_omitted_with_the_reason() -> None:
    kept, faults = possible(load_task("cartpole"), USUAL)
    assert {"vary", "latency", "drop"} <= {name for name, _ in kept.strengths}
    mountain, why = possible(load_task("mountaincar"), USUAL)
    assert mountain.vary == 0
    assert why == {"vary=20%": "the task has no masses or lengths to vary"}
    assert all("range" in reason for reason in faults.values())


def test_json_is_reproducible(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["validate", str(file), "--baseline", str(file.parent / "other.json"), *FEW, "--json"]
    assert run(asked) == 0
    shown = capsys.readouterr().out
    told = json.loads(shown)
    assert (told["sim"], told["engine"], told["complete"]) == ("swingup", "kernel", True)
    assert [one["network"] for one in told["networks"]] == [asked[1], asked[3]]
    rows = told["networks"][0]["rows"]
    assert [one["case"] for one in rows] == ["none", "noise=1%", "latency=1", "all together"]
    assert told["held_when"].startswith("upright within 10 degrees")
    assert all(one["held"] == 0 for one in rows)
    assert run(asked) == 0
    assert capsys.readouterr().out == shown


def test_the_table_and_the_video(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    video = file.parent / "out.gif"
    sim = ["--sim", "bullet/swingup", "--video", str(video)]
    assert run(["validate", str(file), *sim, *FEW, "--held", "5"]) == 0
    shown = capsys.readouterr().out
    assert "bullet/swingup, kernel, 4 episodes" in shown
    assert "held: a reward of at least 5;" in shown
    assert "wann-edge baseline swingup" in shown
    assert video.read_bytes()[:3] == b"GIF"


def test_the_weight_is_the_files_or_the_one_given(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def mean(*options: str) -> float:
        assert run(["validate", str(file), *FEW, "--json", *options]) == 0
        found: float = json.loads(capsys.readouterr().out)["networks"][0]["rows"][0]["mean"]
        return found

    assert mean("--weight", "1") == mean() != mean("--weight", "0.5")


def test_ctrl_c_prints_what_was_measured(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = iter(range(9))

    def stopped(*given_: object) -> object:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return fresh_of(*given_)  # type: ignore[arg-type]

    monkeypatch.setattr(command, "fresh_of", stopped)
    assert run(["validate", str(file), *FEW, "--json"]) == 130
    told = json.loads(capsys.readouterr().out)
    assert told["complete"] is False
    assert [one["case"] for one in told["networks"][0]["rows"]] == ["none"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sim", "acrobot"], "needs 6 and 1"),
        (["--engine", "gpu"], "use one of kernel, onnxruntime, c"),
        (["--disturb", "noise"], "'noise' is not a disturbance"),
        (["--sim", "mountaincar", "--disturb", "vary=10%"], "needs 2 and 1"),
        (["--video", "out.bmp"], "unknown file extension"),
    ],
)
def test_errors_have_one_line(
    file: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in complaint(capsys, "validate", file, *options)


def test_the_robust_example_withstands_the_documented_disturbances() -> None:
    """Rigid bodies under all disturbances; a pole that only rotates earns about 500."""
    robust = network_file.load(ROOT / "examples" / "swingup_robust.json")
    with Engine("bullet/swingup") as engine:
        controller = Controller(robust, robust.shared_weight)
        found = fresh_of(engine, controller, USUAL, episode_seeds(1, 4), UPRIGHT)
    assert 800 < found.returns.min() <= found.returns.max() < 960
    assert found.held is not None
    assert found.held.all()
