"""``wann-edge demo`` as a user meets it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from helpers.parts import missing
from wann_edge.cli import demo, run
from wann_edge.errors import MissingError
from wann_edge.sims.bullet import world as bullet
from wann_edge.sims.mujoco import mujoco_world
from wann_edge.system import needs

# The files of a search that ended after at least one round.
FILES = {
    "controller.json",
    "controllers.json",
    "champion.json",
    "pareto.json",
    "history.csv",
    "run.json",
    "checkpoint-0.json",
}

DEMO = ("demo", "--generations", "2", "--searches", "1", "--workers", "1")


def test_the_judge_is_the_first_engine_that_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyBullet has no wheel in many places; MuJoCo has one everywhere."""
    absent: set[str] = set()
    broken: set[str] = set()

    def find(name: str) -> object:
        return None if name in absent else object()

    def load(name: str) -> object:
        if name in broken:
            raise ImportError("of other parts")
        return import_module(name)

    for line, what in needs.absent((*bullet.NEEDS, *mujoco_world.NEEDS)).items():
        missing("sims", f"{what}: {line}")
    monkeypatch.setattr("wann_edge.system.needs.find_spec", find)
    monkeypatch.setattr("wann_edge.sims.robots.rigid_world.import_module", load)
    assert demo._judge() == "bullet/swingup"
    broken.add("pybullet")
    assert demo._judge() == "mujoco/swingup"
    absent.add("pybullet")
    assert demo._judge() == "mujoco/swingup"
    absent.add("mujoco")
    with pytest.raises(
        MissingError, match=r'mujoco not installed; pip install "wann-edge\[sims\]"'
    ):
        demo._judge()


def test_the_demo_without_an_engine_leaves_the_validation_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wann_edge.system.needs.find_spec", lambda name: None)
    assert demo._validate(tmp_path, 0, 1) == ""
    assert "left out: pillow" in capsys.readouterr().out


def test_demo_goes_the_whole_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fewer episodes, not fewer steps of the path.
    monkeypatch.setattr(demo, "EPISODES", 3)
    monkeypatch.setattr(demo, "TRIALS", 2)
    out = tmp_path / "demo"
    out.mkdir()
    earlier = (*FILES, "policy.h", "policy.onnx", "validated.mp4")
    for name in earlier:
        (out / name).write_text("of an earlier demo")
    assert run([*DEMO, "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "champion.json, policy.h, policy.onnx, validated.mp4 and" in shown.splitlines()[0]
    assert {path.name for path in out.iterdir()} >= FILES | {"policy.h", "policy.onnx"}
    assert shown.count("same bits") >= 4
    assert "all together" in shown
    assert "in PyBullet (bullet/swingup)" in shown or "in MuJoCo (mujoco/swingup)" in shown
    assert (out / "validated.mp4").stat().st_size > 10_000
    assert "agrees" in shown
    assert "controller: " in shown
    assert "The linear law is" in shown
    for name in (
        "controller.json",
        "champion.json",
        "policy.h",
        "policy.onnx",
        "pareto.json",
        "history.csv",
    ):
        assert name in shown
    for name in earlier:
        assert not (out / name).read_bytes().startswith(b"of an earlier demo")
