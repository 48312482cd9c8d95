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
RENAMED, UNIT, PERIOD = ('"gap"', '"height"'), ('"m/s"', '"km/h"'), ("0.01f", "0.04f")
EQUATIONS = ("a[0] * 0.1f", "a[0] * 0.2f")
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
    command: str, net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(RENAMED, UNIT, PERIOD)
    task = "--sim" if command == "validate" else "--task"
    assert run([command, str(net), task, "./plant.c", *COMMANDS[command]]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "wann-edge: net.json: the contract differs from that of the task ./plant.c; name the "
        "task of the network, or go on with --accept-contract",
        "control period: 0.01 s in the network file, 0.04 s in the task",
        "input 1, name: gap in the network file, height in the task",
        "input 2, unit: m/s in the network file, km/h in the task",
    ]


@pytest.mark.parametrize("command", ["evaluate", "simulate", "tune", "validate"])
def test_a_contract_that_differs_can_be_accepted(
    command: str, net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(UNIT)
    task = "--sim" if command == "validate" else "--task"
    options = [task, "./plant.c", "--accept-contract", *COMMANDS[command]]
    assert run([command, str(net), *options]) == 0
    first, second = capsys.readouterr().err.splitlines()[:2]
    assert first == (
        "wann-edge: net.json: input 2, unit: m/s in the network file, km/h in the task"
    )
    assert "other equations" in second


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("-2.0f, 2.0f", "-2.0f, 3.0f", "input 2, high: 2.0 in the network file, 3.0 in the task"),
        ("2.0f}}", "2.0f, 0.0f, 0.5f}}", "input 2, scale: 1.0 in the network file, 0.5 in the"),
        ('"V", -1.0f', '"V", -0.5f', "output 1, low: -1.0 in the network file, -0.5 in the task"),
        (".states", ".states", ""),
    ],
)
def test_bounds_and_scales_belong_to_the_contract(
    old: str, new: str, found: str, net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit((old, new))
    assert evaluate(net) == (2 if found else 0)
    assert found in capsys.readouterr().err


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
    net: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = json.loads(net.read_text())
    assert set(document.pop("hashes")) == {"network", "contract", "task"}
    net.write_text(json.dumps(document))
    assert evaluate(net) == 0
    assert capsys.readouterr().err == (
        "wann-edge: net.json: carries no fingerprint of its task, so other equations go unnoticed\n"
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
