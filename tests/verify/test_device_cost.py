"""The cost of the published champions' headers on a Cortex-M4F, with gcc and clang at -Os."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from helpers.parts import missing
from wann_edge.exporters import Optimize
from wann_edge.exporters.c.header import header
from wann_edge.network import Network
from wann_edge.network.published import read_published
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.system.cores import CORES
from wann_edge.verify.emulated.emulated_target import load_program
from wann_edge.verify.emulated.measured_cost import HARNESS, NAME, cost_states, measure_cost
from wann_edge.verify.emulated.toolchain import COMMON_FLAGS, LINKER_SCRIPT, run_compiler
from wann_edge.verify.inputs import typical_states

pytestmark = pytest.mark.usefixtures("emulators")

CORE = CORES["cortex-m4f"]
GCC_FLAGS = (
    *("-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"),
    *("-ffreestanding", "-nostdlib", "-Wl,-e,step"),
)
STATES = 60


class Bar(NamedTuple):
    """Upper limits. A measurement below half of them would be implausible."""

    flash_bytes: int
    instructions: int
    stack_bytes: int


# The weights are those of measurements with other exporters (gcc 12.2).
GCC_BARS = {"swing": Bar(700, 400, 128), "biped": Bar(1800, 1300, 128)}
# clang's calls take more moves. Its limits guard against regressions; gcc's are documented.
CLANG_BARS = {"swing": Bar(900, 480, 128), "biped": Bar(2500, 1700, 192)}


def champion(name: str, data: Path) -> Network:
    folder = data / "wann-release" / "champions"
    if name == "swing":
        return read_published(folder / "swing.out", inputs=5, outputs=1, task=SPEC)
    return replace(read_published(folder / "biped.out", inputs=24, outputs=4), shared_weight=-1.5)


def states_of(name: str, network: Network) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    task = SwingUp() if name == "swing" else None
    return typical_states(network, task, STATES, np.random.default_rng(0))


def gcc_program(network: Network, folder: Path, optimize: Optimize) -> Path:
    """Link one step and nothing else with gcc."""
    (folder / "policy.h").write_bytes(header(network, NAME, optimize))
    (folder / "step.c").write_text(HARNESS)
    (folder / "link.ld").write_text(LINKER_SCRIPT)
    flags = [*COMMON_FLAGS, *GCC_FLAGS, "-T", str(folder / "link.ld")]
    program = folder / "step.elf"
    run_compiler(
        ["arm-none-eabi-gcc", *flags, str(folder / "step.c"), "-o", str(program), "-lgcc"], "gcc"
    )
    return program


def check_bar(flash_bytes: int, instructions: int, stack_bytes: int, bar: Bar) -> None:
    assert bar.flash_bytes / 2 < flash_bytes <= bar.flash_bytes
    assert bar.instructions / 2 < instructions <= bar.instructions
    assert 0 < stack_bytes <= bar.stack_bytes


@pytest.fixture
def arm_gcc() -> None:
    if shutil.which("arm-none-eabi-gcc") is None:
        missing("arm", "not installed: apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi")


@pytest.mark.usefixtures("arm_gcc")
@pytest.mark.parametrize("name", GCC_BARS)
def test_gcc_keeps_the_limits_and_the_bits(name: str, data: Path, tmp_path: Path) -> None:
    """Return the most instructions of typical states; actions must have the kernel's bits."""
    network = champion(name, data)
    device, image = load_program(CORE, gcc_program(network, tmp_path, "size"))
    states = states_of(name, network)
    expected = network.program.forward(
        states, np.full(len(states), network.shared_weight, np.float32)
    )
    worst = 0
    device.paint_stack()
    for state, action in zip(states, expected, strict=True):
        device.write(device.heap, state.tobytes())
        result = device.heap + state.nbytes
        worst = max(worst, device.counted_call("step", device.heap, result).instructions)
        assert device.read(result, action.nbytes) == action.tobytes()
    stack_bytes = device.stack_bytes()
    assert stack_bytes is not None
    assert image.ram_bytes == 0
    flash_bytes = image.code_bytes + image.constant_bytes
    check_bar(flash_bytes, worst, stack_bytes, GCC_BARS[name])


@pytest.mark.parametrize("name", CLANG_BARS)
def test_clang_is_close_to_gcc(name: str, data: Path) -> None:
    network = champion(name, data)
    task = SwingUp() if name == "swing" else None
    cost = measure_cost(network, "cortex-m4f", cost_states(network, task, STATES))
    assert cost.ram_bytes == 0
    assert cost.stack_bytes is not None
    check_bar(cost.flash_bytes, cost.instructions_worst, cost.stack_bytes, CLANG_BARS[name])


def test_speed_takes_fewer_instructions_and_more_flash(data: Path) -> None:
    network = champion("biped", data)
    seen = cost_states(network, count=STATES)
    size = measure_cost(network, "cortex-m4f", seen, "size")
    speed = measure_cost(network, "cortex-m4f", seen, "speed")
    assert speed.instructions_mean < size.instructions_mean
    assert speed.flash_bytes > size.flash_bytes
