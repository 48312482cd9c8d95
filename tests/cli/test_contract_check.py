"""Commands refuse a network whose contract differs from the task's, and note other equations."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from wann_edge.cli import run
from wann_edge.network import Input, Network
from wann_edge.network import file as network_file
from wann_edge.sims.swingup import SPEC
from wann_edge.task import load_task, trusted
from wann_edge.task.fingerprint import differences, stamped

PLANT = """#include "wann_plant.h"
static void reset(uint64_t seed, wann_real *s) { s[0] = wann_uniform(seed, 0, -1.0f, 1.0f); }
static void observe(const wann_real *s, wann_real *o) { o[0] = s[0]; o[1] = s[0] * 2.0f; }
static wann_mask step(wann_real *s, const wann_real *a, wann_real *r)
{ r[0] = wann_constant(1.0f); s[0] = s[0] + a[0] * 0.1f; return WANN_NEVER; }
const wann_my_plant my_plant = {.dt_s = 0.01f, .max_steps = 20, .states = 1,
    .inputs = {{"gap", "m", -1.0f, 1.0f}, {"speed", "m/s", -2.0f, 2.0f}},
    .outputs = {{"u", "V", -1.0f, 1.0f}}, .reset = reset, .observe = observe, .step = step};
"""
EQUATIONS = ("a[0] * 0.1f", "a[0] * 0.2f")
DIFFERENCES = [
    "control period: 0.04 s in the network file, 0.01 s in the task",
    "input 1, name: gap in the network file, position in the task",
    "input 2, unit: km/h in the network file, m/s in the task",
]
COMMANDS = {
    "evaluate": ("--episodes", "2"),
    "tune": ("--evaluations", "4", "-o", "tuned.json"),
    "validate": ("--episodes", "2", "--disturb", "noise=1%", "--workers", "1"),
    "verify": ("--target", "c", "--episodes", "2"),
    "cost": ("--target", "m0plus"),
    "hil": ("--board", "lm3s6965evb"),
    "simulate": (),
    "compare": ("--episodes", "2"),
    "stress": ("--faults", "dead-node", "--episodes", "2", "--samples", "1"),
}


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network file for a plant in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(trusted, "_named", {"./plant.c"})  # A trial would take a second.
    Path("plant.c").write_text(PLANT)
    task = load_task("./plant.c")
    spec = task.spec
    network = Network(spec.inputs, spec.outputs, ("linear",), ((1, 3), (2, 3)))
    path = Path("net.json")
    network_file.save(stamped(replace(network, control_period_s=spec.dt_s), task), path)
    return path


@pytest.fixture
def swing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network file whose contract differs from the task's in a name, a unit and the period."""
    monkeypatch.chdir(tmp_path)
    first, second, *others = SPEC.inputs
    inputs = (replace(first, name="gap"), replace(second, unit="km/h"), *others)
    network = Network(inputs, SPEC.outputs, ("linear",), ((1, 6), (2, 6)), control_period_s=0.04)
    path = Path("net.json")
    network_file.save(stamped(network, load_task("swingup")), path)
    return path


def edit(*changes: tuple[str, str]) -> None:
    """Change the plant's file."""
    text = PLANT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    Path("plant.c").write_text(text)


def evaluate(net: Path, *options: str) -> int:
    return run(["evaluate", str(net), "--task", "./plant.c", "--episodes", "2", *options])


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_refuses_another_contract(
    command: str, swing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, str(swing), *COMMANDS[command]]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    first, *lines = shown.err.splitlines()
    assert first == (
        "wann-edge: net.json: the contract differs from that of the task swingup; name the task "
        "of the network, or go on with --accept-contract"
    )
    assert lines == DIFFERENCES


@pytest.mark.parametrize("command", ["evaluate", "tune", "validate"])
def test_a_contract_that_differs_can_be_accepted(
    command: str, swing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, str(swing), "--accept-contract", *COMMANDS[command]]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == [f"wann-edge: net.json: {line}" for line in DIFFERENCES]


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("high", 3.0, "input 2, high: 3.0 in the network file, 10.0 in the task"),
        ("low", float("-inf"), "input 2, low: none in the network file, -10.0 in the task"),
        ("scale", 0.5, "input 2, scale: 0.5 in the network file, 1.0 in the task"),
        ("high", 10.0, None),
    ],
)
def test_bounds_and_scales_belong_to_the_contract(
    field: str, value: float, found: str | None
) -> None:
    changed = replace(SPEC.inputs[1], **{field: value})
    inputs = (SPEC.inputs[0], changed, *SPEC.inputs[2:])
    network = Network(inputs, SPEC.outputs, ("linear",), ((1, 6),))
    assert differences(network, load_task("swingup")) == ([] if found is None else [found])


def test_an_edited_plant_has_another_contract(
    net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(('"gap"', '"height"'), ("0.01f", "0.04f"))
    assert evaluate(net) == 2
    assert capsys.readouterr().err.splitlines()[1:] == [
        "control period: 0.01 s in the network file, 0.04 s in the task",
        "input 1, name: gap in the network file, height in the task",
    ]


def test_the_order_of_inputs_belongs_to_the_contract() -> None:
    swapped = (SPEC.inputs[1], SPEC.inputs[0], *SPEC.inputs[2:])
    network = Network(swapped, SPEC.outputs, ("linear",), ((1, 6),))
    lines = differences(network, load_task("swingup"))
    assert "input 1, name: velocity in the network file, position in the task" in lines
    assert "input 2, name: position in the network file, velocity in the task" in lines


def test_other_equations_are_a_warning(net: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(EQUATIONS)
    assert evaluate(net) == 0
    warning = "wann-edge: net.json: warning: made for other equations than those of ./plant.c\n"
    assert capsys.readouterr().err == warning
    Path("plant.c").write_text("/* A ball. */\n" + PLANT.replace("; ", ";\n"))
    assert evaluate(net) == 0
    assert capsys.readouterr().err == ""


def test_a_file_without_hashes_is_read_with_a_note(
    swing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(swing.read_text())
    assert set(document.pop("hashes")) == {"network", "contract", "task"}
    swing.write_text(json.dumps(document))
    assert run(["evaluate", str(swing), "--accept-contract", "--episodes", "2"]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == (
        "wann-edge: net.json: carries no fingerprint of its task, so other equations go unnoticed"
    )


def test_channels_without_names_and_an_open_period_fit_any_contract() -> None:
    spec = load_task("swingup").spec
    blank = tuple(Input(f"input_{number}") for number in range(5))
    network = Network(blank, spec.outputs, ("linear",), ((1, 6),))
    assert differences(network, load_task("swingup")) == []
    named = replace(network, inputs=(*blank[:4], Input("spin", "rad/s")))
    assert len(differences(named, load_task("swingup"))) == 3


def test_an_environment_leaves_the_scaling_to_the_network() -> None:
    task = load_task("gymnasium:MountainCarContinuous-v0")
    spec = task.spec
    scaled = tuple(replace(one, offset=0.5, scale=2.0) for one in spec.inputs)
    network = Network(scaled, spec.outputs, ("linear",), ((1, 3),), control_period_s=spec.dt_s)
    assert differences(network, task) == []
    other = replace(network, control_period_s=4 * spec.dt_s)
    assert len(differences(other, task)) == 1


@pytest.mark.parametrize("twin", ["bullet/swingup", "mujoco/swingup"])
def test_the_twin_of_a_native_task_has_its_contract(twin: str) -> None:
    network = Network(SPEC.inputs, SPEC.outputs, ("linear",), ((1, 6),), task="swingup")
    assert differences(network, load_task(twin)) == []
