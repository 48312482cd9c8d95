"""Faults in the code of a user's plant are found in a process apart, in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.commands import complaint
from wann_edge.cli import run
from wann_edge.errors import TaskError
from wann_edge.evaluate import rollouts
from wann_edge.network import Network
from wann_edge.sims.plant_file import PlantFileTask
from wann_edge.sims.plant_trial import try_plant
from wann_edge.task import load_task, trusted

EXAMPLE = Path("examples/my_plant.c").read_text()
STEP = "static wann_mask step(wann_real *state, const wann_real *action, wann_real *reward)\n{\n"


def changed(folder: Path, statement: str) -> Path:
    """Write the example with a statement at the beginning of ``step``."""
    assert STEP in EXAMPLE
    path = folder / "my_plant.c"
    path.write_text(EXAMPLE.replace(STEP, f"{STEP}{statement}\n"))
    return path


def test_the_example_has_no_fault(tmp_path: Path) -> None:
    try_plant(changed(tmp_path, ""))


LINE = EXAMPLE[: EXAMPLE.index(STEP)].count("\n") + 3


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "state[40000] = 1.0f;",
            f"line {LINE}: step reads or writes outside an array in step 1 of",
        ),
        ("state[4] = 1.0f;", f"line {LINE}: step reads or writes outside an array in step 1 of"),
        ("__builtin_trap();", "step crashes in step 1 of the episode of seed 0"),
        ("exit(0);", "step ends the process with exit code 0 in step 1 of the episode of seed 0"),
        ("_exit(3);", "step ends the process with exit code 3 in step 1 of the episode of seed 0"),
    ],
)
def test_faults_have_a_line(statement: str, fault: str, tmp_path: Path) -> None:
    path = changed(tmp_path, statement)
    with pytest.raises(TaskError) as caught:
        try_plant(path)
    assert str(caught.value).startswith(f"{path}: {fault}")


def test_a_reward_is_finite(tmp_path: Path) -> None:
    text = EXAMPLE.replace("    reward[0] = ", "    reward[0] = (state[0] - state[0]) / 0.0f + ")
    (tmp_path / "my_plant.c").write_text(text)
    with pytest.raises(TaskError, match=r"the reward is -?nan in step 1 of the episode of seed 0"):
        try_plant(tmp_path / "my_plant.c")


def test_an_observation_is_finite(tmp_path: Path) -> None:
    text = EXAMPLE.replace("= state[i];", "= state[i] + (state[0] - state[0]) / 0.0f;")
    (tmp_path / "my_plant.c").write_text(text)
    said = "the observation position is -?nan in step 0 of the episode of seed 0"
    with pytest.raises(TaskError, match=said):
        try_plant(tmp_path / "my_plant.c")


# The state counts steps; the observation is not finite from step 301 to step LAST.
LATE = """#include "wann_plant.h"
static void reset(uint64_t seed, wann_real *s) { (void)seed; s[0] = wann_constant(0.0f); }
static void observe(const wann_real *s, wann_real *o)
{ o[0] = wann_select((s[0] > 300.5f) & (s[0] < LAST + 0.5f), wann_constant(VALUE), s[0] * 0.001f); }
static wann_mask step(wann_real *s, const wann_real *a, wann_real *r)
{ (void)a; s[0] = s[0] + 1.0f; r[0] = wann_constant(1.0f); return WANN_NEVER; }
const wann_my_plant my_plant = {.dt_s = 0.01f, .max_steps = 400, .states = 1,
    .inputs = {{"x", "m", -1.0f, 1.0f}}, .outputs = {{"u", "1", -1.0f, 1.0f}},
    .reset = reset, .observe = observe, .step = step};
"""


@pytest.mark.parametrize("last", ["301.0f", "400.0f"])
@pytest.mark.parametrize("value", ["nan", "inf"])
def test_an_observation_that_is_not_finite_late_is_found_in_the_lanes(
    value: str, last: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = LATE.replace("LAST", last)
    argument = '""' if value == "nan" else ""
    Path("late.c").write_text(text.replace("VALUE", f"__builtin_{value}f({argument})"))
    try_plant(Path("late.c"))
    task = load_task("./late.c")
    network = Network(task.spec.inputs, task.spec.outputs, ("linear",), ((1, 2),))
    said = rf"^\./late\.c \(seed 3, step 301\): the observation x is {value}; correct the plant$"
    with pytest.raises(TaskError, match=said):
        rollouts(network, task, (1.0,), [3])


def test_an_endless_loop_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wann_edge.sims.plant_trial.LONGEST_CALL_S", 1)
    path = changed(tmp_path, "for (volatile int q = 0; q < 1;) { }")
    with pytest.raises(TaskError, match="step does not return within 1 s in step 1 of"):
        try_plant(path)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("wann_my_plant my_plant", "wann_my_plant other", "defines no my_plant; write: const"),
        (STEP, f"{STEP}wann_real q = sqrtf(state[0]); (void)q;", "calls sqrtf, which plants don't"),
        (STEP, f"float sqrtf(float);\n{STEP}state[0] = sqrtf(state[0]);", "calls sqrtf, which"),
    ],
)
def test_common_slips_are_named(old: str, new: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "plant.c"
    assert old in EXAMPLE
    path.write_text(EXAMPLE.replace(old, new))
    with pytest.raises(TaskError) as caught:
        PlantFileTask(str(path))
    assert what in str(caught.value)


def test_a_search_tries_new_code_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(trusted, "_named", set())
    monkeypatch.chdir(tmp_path)
    changed(tmp_path, "__builtin_trap();")
    options = ["--generations", "1", "--population", "2", "--workers", "1", "--preset", "paper"]
    options += ["--finish", "0"]
    said = complaint(capsys, "search", "./my_plant.c", *options)
    assert "my_plant.c: " in said
    assert "step crashes in step 1" in said
    changed(tmp_path, "")
    assert run(["search", "./my_plant.c", *options]) == 0
    monkeypatch.setattr(trusted, "_named", set())
    monkeypatch.setattr("wann_edge.sims.plant_file.try_plant", None)  # It would be called.
    assert run(["evaluate", "wann-run/champion.json", "--episodes", "1"]) == 0
