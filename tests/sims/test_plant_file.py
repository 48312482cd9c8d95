"""A plant in a C file: the example runs in the lanes, and errors in a file are reported."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.networks import random_network
from helpers.parts import ROOT, missing
from wann_edge.cli import run
from wann_edge.errors import MissingError, TaskError
from wann_edge.evaluate import PAPER_WEIGHTS
from wann_edge.kernel import supported_lanes
from wann_edge.network import Network
from wann_edge.sims.plant_file import PlantFileTask
from wann_edge.task import load_task

EXAMPLE = (ROOT / "examples" / "my_plant.c").read_text()
NAME = "./my_plant.c"
SEARCH = ["--finish", "0", "--generations", "2", "--population", "12", "--seed", "3"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to a folder that contains the example."""
    monkeypatch.chdir(tmp_path)
    Path(NAME).write_text(EXAMPLE)
    return tmp_path


def changed(old: str, new: str) -> str:
    """Return the name of the example with one text replaced."""
    assert old in EXAMPLE
    Path("changed.c").write_text(EXAMPLE.replace(old, new))
    return "./changed.c"


def controllers(task: PlantFileTask) -> list[Network]:
    """Return a few networks for the task, with all activations."""
    spec, found = task.spec, []
    for seed in range(4):
        made = random_network(np.random.default_rng(seed), inputs=3, hidden=8, outputs=1)
        found.append(Network(spec.inputs, spec.outputs, made.activations, made.edges))
    return found


def test_the_contract_is_the_structs() -> None:
    spec = load_task(NAME).spec
    assert (spec.name, spec.dt_s, spec.max_steps) == (NAME, 0.02, 500)
    assert [(each.name, each.unit, each.scale) for each in spec.inputs] == [
        ("position", "m", 4.0),
        ("velocity", "m/s", 4.0),
        ("angle", "rad", 4.0),
    ]
    (output,) = spec.outputs
    assert (output.name, output.unit, output.low, output.high) == ("tilt_per_0_2_rad", "1", -1, 1)


def test_every_lane_width_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for width in supported_lanes():
        monkeypatch.setenv("WANN_LANES", str(width))
        task = PlantFileTask(NAME)
        runs = task.rollouts_of(controllers(task), PAPER_WEIGHTS, range(10))
        results.append([(each.returns.tobytes(), each.steps.tobytes()) for each in runs])
    assert all(result == results[0] for result in results)
    assert len(set(results[0])) > 1


def test_every_compiler_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for compiler in ("gcc", "clang"):
        if subprocess.run(["which", compiler], capture_output=True, check=False).returncode:
            missing(compiler, f"{compiler} is not installed: apt-get install {compiler}")
        monkeypatch.setenv("CC", compiler)
        task = PlantFileTask(NAME)
        runs = task.rollouts_of(controllers(task), PAPER_WEIGHTS, range(10))
        results.append([(each.returns.tobytes(), each.steps.tobytes()) for each in runs])
    assert results[0] == results[1]


def test_the_ball_rolls_as_a_solid_ball_does() -> None:
    """Without friction and servo, from rest on a tilted beam: x = (5/7) g sin(angle) t^2 / 2."""
    name = changed("#define FRICTION_PS 0.05f", "#define FRICTION_PS 0.0f")
    Path(name).write_text(Path(name).read_text().replace("LAG_S 0.1f", "LAG_S 1e6f"))
    world = PlantFileTask(name).world()
    world.start(np.array([0.0, 0.0, 0.1], np.float32))
    for _ in range(25):
        seen, _, over = world.step(np.zeros(1, np.float32))
        assert not over
    expected = -5 / 7 * 9.81 * np.sin(0.1) * 0.5**2 / 2
    assert seen[0] == pytest.approx(expected, rel=1e-5)


def test_starts_are_uniform_and_normal() -> None:
    task = PlantFileTask(NAME)
    starts = np.array([task.start(seed) for seed in range(4000)])
    assert np.abs(starts[:, 0]).max() <= 0.3
    # Means and deviations lie within 4 standard errors; the sd of a uniform is width / sqrt 12.
    for column, sd in ((0, 0.6 / np.sqrt(12)), (1, 0.05)):
        assert abs(starts[:, column].mean()) < 4 * sd / np.sqrt(4000)
        assert abs(starts[:, column].std() - sd) < 4 * sd / np.sqrt(2 * 4000)
    assert abs(np.corrcoef(starts[:, 0], starts[:, 1])[0, 1]) < 4 / np.sqrt(4000)
    assert len({start.tobytes() for start in starts}) == 4000


def test_random_bits_are_splitmix64s() -> None:
    """Draw 0 of seed s is the splitmix64 mixer applied twice to s.

    The mixer is checked with a known value: seed 1234567 gives 6457827717110365317 first.
    """

    def mixed(bits: int, step: int) -> int:
        bits = (bits + step) % 2**64
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB % 2**64
        return bits ^ bits >> 31

    golden = 0x9E3779B97F4A7C15
    assert mixed(1234567, golden) == 6457827717110365317
    expected = []
    for seed in (0, 1234567, 2**63):
        bits = mixed(mixed(seed, golden), golden)
        share = np.float32(bits >> 40) * np.float32(2.0**-24)
        expected.append(np.float32(-0.3) + share * (np.float32(0.3) - np.float32(-0.3)))
    assert [PlantFileTask(NAME).start(seed)[0] for seed in (0, 1234567, 2**63)] == expected


def test_a_search_evaluates_and_verifies_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Any number of workers finds the same champion; each command accepts the file as its task."""
    for workers in ("1", "2"):
        assert run(["search", NAME, *SEARCH, "--workers", workers, "--out", f"run{workers}"]) == 0
    champions = [Path(f"run{workers}/champion.json").read_bytes() for workers in (1, 2)]
    assert champions[0] == champions[1]
    assert run(["evaluate", "run1/champion.json", "--episodes", "3"]) == 0
    assert run(["evaluate", "run1/champion.json", "--episodes", "3", "--task", NAME]) == 0
    assert run(["verify", "run1/champion.json", "--episodes", "3", "--target", "host"]) == 0
    resume = ["search", "--finish", "0", "--resume", "run1", "--generations", "3"]
    assert run([*resume, "--workers", "1"]) == 0


@pytest.mark.parametrize(
    ("old", "new", "what", "said"),
    [
        (
            "action[0] * TILT_RAD",
            "acton[0] * TILT_RAD",
            "does not compile for 1 lane",
            r"changed\.c:\d+:\d+: error: .*acton",
        ),
        ("0.02f", "0.02", "does not compile for 1 lane", r"changed\.c:\d+:\d+: error: .*double"),
        (
            "- away * away",
            "- helper(away)",
            "calls helper, which plants don't have",
            r"changed\.c:\d+:\d+: error: .*helper",
        ),
        ("wann_my_plant my_plant", "wann_my_plant other", "defines no my_plant", "undeclared"),
    ],
)
def test_errors_contain_the_compilers_message(
    old: str, new: str, what: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    name = changed(old, new)
    assert run(["search", name, *SEARCH, "--workers", "1"]) == 2
    first, *rest = capfd.readouterr().err.splitlines()
    assert first.startswith(f"wann-edge: changed.c: {what}")
    assert re.search(said, "\n".join(rest))
    assert not Path("wann-run").exists()


@pytest.mark.parametrize("name", ["a'\"\\$x %s#<é>.c", "wann_my_plant.c"])
def test_any_file_name_compiles(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Includes are relative to the file's folder; messages name the file."""
    monkeypatch.setenv("WANN_LANES", "1")
    folder = Path('a "folder\\')
    folder.mkdir()
    (folder / "friction.h").write_text("#define FRICTION_PS 0.05f\n")
    text = EXAMPLE.replace("#define FRICTION_PS 0.05f", '#include "friction.h"')
    (folder / name).write_text(text)
    assert load_task(str(folder / name)).spec.max_steps == 500
    (folder / name).write_text(text.replace("DT_S,", "DT,"))
    with pytest.raises(TaskError) as error:
        load_task(str(folder / name))
    assert f"{folder / name}:" in error.value.details


def test_a_message_of_the_compiler_need_not_be_utf_8() -> None:
    name = changed("DT_S,", "D\N{LATIN SMALL LETTER E WITH ACUTE} +,")
    Path(name).write_bytes(Path(name).read_text().encode("latin-1"))
    with pytest.raises(TaskError, match="does not compile") as error:
        load_task(name)
    assert "\N{REPLACEMENT CHARACTER}" in error.value.details


def test_a_released_plant_leaves_no_memory_map() -> None:
    def maps() -> int:
        return Path("/proc/self/maps").read_text().count("plant.so")

    before = maps()
    task = PlantFileTask(NAME)
    assert maps() > before
    del task
    assert maps() == before


def test_a_branch_on_a_vector_is_reported_before_the_search(
    capfd: pytest.CaptureFixture[str],
) -> None:
    if supported_lanes() == (1,):
        missing("vectors", "this processor has one lane")
    name = changed(
        "return wann_true(wann_abs(state[PLACE]) > BEAM_M);",
        "return state[PLACE] > BEAM_M ? 1 : 0;",
    )
    assert run(["search", name, *SEARCH, "--workers", "1"]) == 2
    assert "lanes; correct what the compiler reports" in capfd.readouterr().err
    assert not Path("wann-run").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (".dt_s = DT_S", ".dt_s = 0.0f", "dt_s must be above 0"),
        (".max_steps = 500", ".max_steps = 0", "max_steps must be at least 1"),
        (".states = STATES", ".states = 25", "states must be 1 to 24"),
        (".reset = reset,", "", "reset is missing"),
        ('{"tilt_per_0_2_rad", "1", -1.0f, 1.0f}', '{"tilt", "1"}', r"outputs\[0\]: low 0.0"),
        ('{"velocity", "m/s"', '{"position", "m/s"', "the name 'position' is used twice"),
        ('{"velocity", "m/s"', '{"velocity", ""', "is not valid"),
    ],
)
def test_missing_fields_of_the_struct_are_reported(old: str, new: str, said: str) -> None:
    with pytest.raises(TaskError, match=said):
        load_task(changed(old, new))


def test_no_such_file_and_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TaskError, match="there is no such file"):
        load_task("./none.c")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError, match="apt-get install gcc"):
        load_task(NAME)


def test_a_long_path_is_refused() -> None:
    deep = Path("a" * 70)
    deep.mkdir()
    (deep / "my_plant.c").write_text(EXAMPLE)
    with pytest.raises(TaskError, match="the path must have 1 to 64"):
        load_task(str(deep / "my_plant.c"))


def test_a_pickled_task_runs_in_another_process() -> None:
    script = (
        "import pickle, sys; task = pickle.loads(bytes.fromhex(sys.argv[1]));"
        "print(task.start(5).tobytes().hex())"
    )
    task = PlantFileTask(NAME)
    sent = pickle.dumps(task).hex()
    there = subprocess.check_output([sys.executable, "-c", script, sent], text=True)
    assert there.strip() == task.start(5).tobytes().hex()


REWARD = "reward[0] = "
PLACE = "observation[i] = state[i];"


def test_a_number_that_is_wrong_is_named_with_seed_and_step() -> None:
    world = load_task(changed(REWARD, f"{REWARD}0.0f / (action[0] - 1.0f) + ")).world()
    world.reset(7)
    assert world.step(np.zeros(1, np.float32))[1] > 0
    said = r"^\./changed\.c \(seed 7, step 2\): the reward nan is not finite; correct the plant$"
    with pytest.raises(TaskError, match=said):
        world.step(np.ones(1, np.float32))
    world = load_task(changed(PLACE, f"{PLACE[:-1]} + 0.0f / state[ANGLE];")).world()
    said = r"^\./changed\.c \(seed 7, step 0\): the observation position is nan; correct the plant$"
    with pytest.raises(TaskError, match=said):
        world.reset(7)


def test_a_reward_that_is_wrong_for_one_action_is_found_in_the_lanes() -> None:
    task = load_task(changed(REWARD, f"{REWARD}0.0f / (action[0] - 1.0f) + "))
    assert isinstance(task, PlantFileTask)
    idle = Network(task.spec.inputs, task.spec.outputs, ("linear",), ())
    full = Network(task.spec.inputs, task.spec.outputs, ("linear",), ((0, 4),))
    assert np.isfinite(task.rollouts_of([idle, full], (0.5,), (3, 4))[1].returns).all()
    said = r"^\./changed\.c \(seed 3, step 1\): the reward nan is not finite; correct the plant$"
    with pytest.raises(TaskError, match=said):
        task.rollouts_of([idle, full], (0.5, 2.0), (3, 4))
    with pytest.raises(TaskError, match=said):
        task.drawn_rollouts(full, np.full((1, 2), 2.0, np.float32), (3, 4))
    with pytest.raises(TaskError, match=said):
        task.drawn_rollouts(full, np.full((1, 2, 1), 2.0, np.float32), (3, 4))
