"""A run is resumed with the task that it began with; otherwise the command says what changed."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from wann_edge.cli import run
from wann_edge.errors import SettingsError
from wann_edge.search import checkpoint
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset
from wann_edge.search.task_record import check_same_task, record_of
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import trusted

PLANT = """#include "wann_plant.h"
static void reset(uint64_t seed, wann_real *s) { s[0] = wann_uniform(seed, 0, -1.0f, 1.0f); }
static void observe(const wann_real *s, wann_real *o) { o[0] = s[0]; }
static wann_mask step(wann_real *s, const wann_real *a, wann_real *r)
{ r[0] = 1.0f - s[0] * s[0]; s[0] = s[0] + a[0] * 0.1f; return WANN_NEVER; }
const wann_my_plant my_plant = {.dt_s = 0.01f, .max_steps = 20, .states = 1,
    .inputs = {{"gap", "m", -1.0f, 1.0f}}, .outputs = {{"u", "V", -1.0f, 1.0f}},
    .reset = reset, .observe = observe, .step = step};
"""
FIRST = SPEC.inputs[0]
CHANGES = {
    "name": ({"inputs": (replace(FIRST, name="gap"), *SPEC.inputs[1:])}, "input 1, name: position"),
    "unit": ({"inputs": (replace(FIRST, unit="mm"), *SPEC.inputs[1:])}, "input 1, unit: m in the"),
    "period": ({"dt_s": 0.04}, "control period: 0.01 s in the run, 0.04 s now"),
    "length": ({"max_steps": 9}, "longest episode: 1000 steps in the run, 9 steps now"),
}


def small(generations: int) -> Settings:
    return preset(
        "slow", population=8, validation_episodes=2, seed=5, generations=generations, workers=1
    )


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a run of two generations."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(trusted, "_named", set())
    Path("plant.c").write_text(PLANT)
    run_search("./plant.c", small(2), Path("run"))
    return Path("run")


def resumed(*options: str) -> int:
    ends = "--workers", "1", "--finish", "0"
    return run(["search", *options, "--resume", "run", "--generations", "3", *ends])


@pytest.mark.parametrize("kind", CHANGES)
def test_each_change_of_a_contract_is_named(kind: str) -> None:
    changed, line = CHANGES[kind]
    task = SwingUp()
    before = record_of(task)
    check_same_task(before, before, "run")
    task.spec = replace(SPEC, **changed)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="the task has changed") as error:
        check_same_task(before, record_of(task), "run")
    assert error.value.details.startswith(line)
    assert "\n" not in error.value.details


def test_a_run_with_another_task_is_refused(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("plant.c").write_text(PLANT.replace("0.1f", "0.2f").replace('"m"', '"mm"'))
    before = {path.name: path.read_bytes() for path in begun.iterdir()}
    trusted.remember("./plant.c")
    assert resumed() == 2
    said = capsys.readouterr().err.splitlines()[-3:]
    assert said[0].startswith("wann-edge: ")
    assert "run: the task has changed since the run began; change it back, or start" in said[0]
    assert said[1] == "input 1, unit: m in the run, mm now"
    assert said[2].startswith("source: ")
    assert {path.name: path.read_bytes() for path in begun.iterdir()} == before


def test_a_changed_file_is_not_run_before_the_user_names_it(
    begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("plant.c").write_text(PLANT.replace("0.1f", "0.2f"))
    assert resumed() == 2
    error = capsys.readouterr().err
    assert "whose code has changed since the search" in error
    assert "wann-edge search ./plant.c --resume run" in error


def test_other_comments_are_the_same_task(begun: Path) -> None:
    Path("plant.c").write_text(f"/* A ball. */\n{PLANT}")
    assert resumed("./plant.c") == 0
    whole = begun / "champion.json"
    found = json.loads(whole.read_text())
    Path("plant.c").write_text(PLANT)
    run_search("./plant.c", small(3), Path("whole"))
    expected = json.loads(Path("whole/champion.json").read_text())
    assert found["hashes"] == expected["hashes"]
    assert found["edges"] == expected["edges"]


def test_a_checkpoint_without_a_record_is_resumed_with_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_search("swingup", small(2), Path("run"))
    for name in checkpoint.NAMES:
        path = Path("run") / name
        document = json.loads(path.read_bytes().partition(b"\n")[2])
        assert document.pop("record")["facts"]["input 1, unit"] == "m"
        content = json.dumps(document).encode()
        path.write_bytes(f"{zlib.crc32(content):08x}\n".encode() + content)
    assert resumed() == 0
    assert "wann-edge: run: carries no fingerprint of its task" in capsys.readouterr().err


def test_a_native_task_is_compared_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_search("swingup", small(1), tmp_path)
    monkeypatch.setattr("wann_edge.sims.native.native_text", lambda _: "other equations")
    with pytest.raises(SettingsError, match="the task has changed") as error:
        run_search("swingup", small(2), tmp_path, resume=True)
    assert error.value.details.startswith("plant: ")
