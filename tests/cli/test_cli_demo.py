"""``wann-edge demo`` as a user meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from wann_edge.cli import demo, run

# The files of a search that ended after at least one round.
FILES = {"champion.json", "pareto.json", "history.csv", "run.json", "checkpoint-0.json"}


def test_demo_goes_the_whole_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fewer episodes, not fewer steps of the path.
    monkeypatch.setattr(demo, "EPISODES", 20)
    monkeypatch.setattr(demo, "TRIALS", 4)
    out = tmp_path / "demo"
    out.mkdir()
    earlier = (*FILES, "policy.h", "policy.onnx", "validated.mp4")
    for name in earlier:
        (out / name).write_text("of an earlier demo")
    assert run(["demo", "--seconds", "2", "--workers", "1", "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert {path.name for path in out.iterdir()} >= FILES | {"policy.h", "policy.onnx"}
    assert shown.count("same bits") >= 4
    assert "all together" in shown
    assert (out / "validated.mp4").stat().st_size > 10_000
    assert "agrees" in shown
    assert "mean of weights" in shown
    for name in ("champion.json", "policy.h", "policy.onnx", "pareto.json", "history.csv"):
        assert name in shown
    for name in earlier:
        assert not (out / name).read_bytes().startswith(b"of an earlier demo")
