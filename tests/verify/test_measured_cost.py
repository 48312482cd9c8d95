"""The measured cost of a header on an emulated core, compared with independent counts."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from wann_edge.errors import SettingsError, TaskError
from wann_edge.network import Network, named_channels
from wann_edge.network.published import read_published
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.system.cores import CORES
from wann_edge.verify.emulated.emulated_target import load_program
from wann_edge.verify.emulated.measured_cost import MeasuredCost, cost_states, measure_cost
from wann_edge.verify.emulated.toolchain import compile_for

pytestmark = pytest.mark.usefixtures("emulators")

UNICORN = [core for core in CORES if core not in ("wasm32", "avr")]


def small(edges: int = 1) -> Network:
    """Return a network with one linear output of some inputs."""
    inputs, outputs = named_channels(3, 1)
    return Network(
        inputs, outputs, ("linear",), tuple((i, 4) for i in range(edges)), shared_weight=0.75
    )


def cost(network: Network, core: str, count: int = 1, seed: int = 0) -> MeasuredCost:
    return measure_cost(network, core, cost_states(network, None, count, seed))


@pytest.mark.parametrize("core", UNICORN)
def test_counts_are_those_of_single_steps(core: str, tmp_path: Path) -> None:
    """Counts by blocks equal those of a hook that Unicorn calls for each instruction.

    Unicorn does not call it for an instruction whose condition fails, although that takes a cycle.
    Armv6-M and RISC-V have no such instructions.
    """
    source = tmp_path / "gcd.c"
    source.write_text(
        "float step(int a, int b); int kept; int filled[5] = {1};\n"
        "float step(int a, int b) { while (b) { int c = a % b; a = b; b = c; }\n"
        "kept = a; return (float)a * 0.3f + (float)filled[0]; }\n"
    )
    device, image = load_program(CORES[core], compile_for(CORES[core], source, ("step",)))
    single: list[int] = []
    counted = device.counted_call("step", 1071, 462).instructions
    machine = device._unicorn  # type: ignore[attr-defined]
    machine.hook_add(import_module("unicorn").UC_HOOK_CODE, lambda *_: single.append(1))
    device.call("step", 1071, 462)
    conditional = core in ("cortex-m3", "cortex-m4f", "cortex-m7f", "cortex-m33f")
    assert len(single) <= counted <= len(single) * (1.1 if conditional else 1.0)
    assert len(single) > 20
    assert image.ram_bytes == 24


def test_the_used_stack_is_measured(tmp_path: Path) -> None:
    used = []
    for words in (10, 100):
        source = tmp_path / f"deep{words}.c"
        source.write_text(
            f"void step(int n); void step(int n) {{ volatile int a[{words}];\n"
            f"for (int i = 0; i < {words}; i++) a[i] = n; }}\n"
        )
        core = CORES["cortex-m3"]
        device, _ = load_program(core, compile_for(core, source, ("step",)))
        device.paint_stack()
        device.call("step", 1)
        used.append(device.stack_bytes())
    assert used[0] is not None
    assert used[1] is not None
    assert 40 <= used[0] < 60
    assert 400 <= used[1] < 420


@pytest.mark.parametrize("core", CORES)
def test_a_connection_costs_an_addition(core: str) -> None:
    two, three = (cost(small(edges), core, count=20) for edges in (2, 3))
    assert three.instructions_mean > two.instructions_mean
    assert three.instructions_worst >= three.instructions_mean
    assert three.ram_bytes == 0
    assert three.states == 20


@pytest.mark.parametrize("core", CORES)
def test_only_cores_without_an_fpu_link_routines(core: str) -> None:
    found = cost(small(edges=2), core, count=2)
    assert bool(found.libraries) == (not CORES[core].has_fpu)
    assert found.flash_bytes == found.code_bytes + found.constant_bytes > 0


def test_the_champion_costs_what_was_measured(data: Path) -> None:
    """The bounds are half and twice the costs with another compiler (gcc 12 -Os)."""
    champion = data / "wann-release" / "champions" / "swing.out"
    network = read_published(champion, inputs=5, outputs=1, task=SPEC)
    seen = cost_states(network, SwingUp(), 50)
    fast, slow = (measure_cost(network, core, seen) for core in ("cortex-m4f", "cortex-m0plus"))
    assert 424 / 2 < fast.instructions_mean < 424 * 2
    assert 17_356 / 2 < slow.instructions_mean < 17_356 * 2
    assert {"__aeabi_fadd", "__aeabi_fmul"} <= {*slow.libraries}
    assert not any("dadd" in name or "malloc" in name for name in slow.libraries)


def test_an_unknown_core_and_an_unfit_task_are_refused() -> None:
    with pytest.raises(SettingsError, match="unknown core 'host'; use one of cortex"):
        cost(small(), "host")
    with pytest.raises(TaskError, match="3 inputs"):
        cost_states(small(), SwingUp())


def test_the_same_seed_gives_the_same_figures() -> None:
    first, second = (cost(small(3), "rv32imc", 30, seed=4) for _ in range(2))
    assert first == second
    other = cost(small(3), "rv32imc", 30, seed=5)
    assert np.isclose(first.instructions_mean, other.instructions_mean, rtol=0.1)
