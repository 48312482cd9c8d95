"""Emulated cores: the header gives the kernel's bits, and a wrong header is detected."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from helpers.networks import random_network
from wann_edge.errors import MissingError, VerifyError
from wann_edge.exporters import Files, export
from wann_edge.exporters.c.header import CHeader
from wann_edge.kernel import activation_names
from wann_edge.network import Network, Output, float32
from wann_edge.network.published import read_published
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.system import zig
from wann_edge.system.cores import CORES, Core
from wann_edge.verify import prove
from wann_edge.verify.emulated import toolchain
from wann_edge.verify.emulated.emulated_target import EmulatedTarget, emulated_header
from wann_edge.verify.emulated.image import Image
from wann_edge.verify.emulated.instructions import instructions, uses_float_unit
from wann_edge.verify.emulated.toolchain import compile_for
from wann_edge.verify.host_target import HARNESS, NAME

pytestmark = pytest.mark.usefixtures("few_inputs")

FUSING = ("cortex-m7f", "rv32imfc")


def controller() -> Network:
    """Return a controller of the swing-up with every activation, and some weights that round."""
    made = random_network(np.random.default_rng(2), inputs=5, hidden=14, outputs=1, density=0.3)
    names = activation_names()
    return Network(
        SPEC.inputs,
        SPEC.outputs,
        (*names, *names[:4], "linear"),
        made.edges,
        weights=tuple(map(float32, np.random.default_rng(3).normal(size=len(made.edges)))),
        control_period_s=SPEC.dt_s,
        task="swingup",
    )


def written(network: Network, folder: Path, harness: str = HARNESS) -> Path:
    """Write the harness beside the exported header."""
    (folder / "policy.h").write_bytes(export(network, "c", NAME))
    (folder / "harness.c").write_text(harness)
    return folder / "harness.c"


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize("core", CORES)
def test_the_champion_gives_the_same_bits_and_returns(
    core: str, few_inputs: int, data: Path
) -> None:
    champion = data / "wann-release" / "champions" / "swing.out"
    network = read_published(champion, inputs=5, outputs=1, task=SPEC)
    (check,) = prove(network, [core], task=SwingUp(), episodes=3).checks
    assert check.ok, check
    assert (check.inputs, check.mismatches, check.tolerance) == (9 * few_inputs, 0, 0)
    assert check.loop is not None
    assert (check.loop.episodes, check.loop.equal_episodes) == (3, 3)
    assert check.loop.mean_reward > 690


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize("core", CORES)
def test_tuned_weights_and_every_activation_give_the_same_bits(core: str) -> None:
    (check,) = prove(controller(), [core]).checks
    assert check.ok, check


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize("core", FUSING)
def test_contraction_is_detected(core: str, tmp_path: Path) -> None:
    """A control: the same header and inputs, with products and sums fused."""
    network = replace(controller(), outputs=(Output("unclamped"),))
    rng = np.random.default_rng(0)
    seen = rng.normal(0, 2, (2000, 5)).astype(np.float32)
    weights = np.full(2000, network.shared_weight, np.float32)
    expected = network.program.forward(seen, weights).view(np.uint32)
    source = written(network, tmp_path)
    found = []
    for more in ((), ("-ffp-contract=fast",)):
        made = emulated_header(CORES[core], source, network, more)
        found.append(int((made.forward(seen, weights).view(np.uint32) != expected).sum()))
        assert bool(made.faults()) == bool(more), "the header's own vectors see it too"
    assert found[0] == 0
    assert found[1] > 200


@pytest.mark.usefixtures("emulators")
def test_a_core_without_its_float_unit_is_detected(tmp_path: Path) -> None:
    """eabihf without a named FPU compiles, and silently calls soft-float routines."""
    proper = CORES["cortex-m4f"]
    flags = tuple(flag.removesuffix("+vfp4d16sp") for flag in proper.flags)
    source = written(controller(), tmp_path)
    soft = emulated_header(replace(proper, flags=flags), source, controller())
    assert soft.faults() == ["no floating-point instruction in the machine code"]
    assert emulated_header(proper, source, controller()).faults() == []


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize("core", ["cortex-m0plus", "rv32imfc", "avr", "wasm32"])
def test_a_header_with_one_sign_changed_is_detected(
    core: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(CHeader):
        def files(self, network: Network, name: str) -> Files:
            ((path, content),) = super().files(network, name).items()
            before, step, after = content.partition(b"_step_with_weight(")
            return {path: before + step + b" - n".join(after.rsplit(b" + n", 1))}

    monkeypatch.setattr("wann_edge.exporters.c.header.CHeader", Wrong)
    (check,) = prove(controller(), [core]).checks
    assert not check.ok
    assert check.mismatches > 0
    assert ("golden vectors differ" in check.fault) == CORES[core].has_room


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize("core", ["cortex-m3", "rv32imc", "wasm32"])
def test_a_crash_is_an_error(core: str, tmp_path: Path) -> None:
    crash = HARNESS.replace(
        "int selftest(void) {", "int selftest(void) { *(volatile int *)0xfffffff0u = 1;"
    )
    made = emulated_header(CORES[core], written(controller(), tmp_path, crash), controller())
    with pytest.raises(VerifyError, match=r"^selftest\(\): "):
        made.faults()


@pytest.mark.usefixtures("emulators")
def test_a_header_that_does_not_compile_is_reported(tmp_path: Path) -> None:
    source = tmp_path / "broken.c"
    source.write_text("#error broken\n")
    with pytest.raises(VerifyError, match=r"^zig for cortex-m3: .*broken"):
        compile_for(CORES["cortex-m3"], source, ("step",))


@pytest.mark.parametrize("core", CORES)
def test_a_missing_part_is_reported_with_its_install_command(
    core: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wann_edge.system.needs.find_spec", lambda name: None)
    with pytest.raises(MissingError, match=r'not installed; pip install "wann-edge\[emu\]"'):
        EmulatedTarget(CORES[core]).artefacts(controller()).__enter__()
    assert not prove(controller(), [core]).ok
    skipped = prove(controller(), [core, "onnxruntime"], require=False)
    assert skipped.ok
    assert "wann-edge[emu]" in skipped.checks[0].skipped
    assert not prove(controller(), [core], require=False).ok, "nothing was checked"


def test_missing_avr_tools_are_reported_with_their_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wann_edge.system.needs.find_spec", lambda name: name)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(MissingError, match=r"^gcc, avr-gcc.*; apt-get install .*gcc-avr"):
        toolchain.check_installed(CORES["avr"])


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize("core", ["avr"])
def test_a_program_that_exceeds_2_kib_is_reported(
    core: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = random_network(np.random.default_rng(1), inputs=130, hidden=1, outputs=1)
    assert "one observation does not fit" in prove(wide, [core]).checks[0].fault
    simavr = import_module("wann_edge.verify.emulated.simavr_core")
    monkeypatch.setattr(simavr.SimavrCore, "heap_bytes", 2000)
    (check,) = prove(controller(), [core]).checks
    assert not check.ok
    assert "the stack does not fit" in check.fault


def test_code_is_split_into_instructions() -> None:
    """From the architectures' manuals: bx lr; vadd.f32 s0, s0, s1; and ret; fadd.s."""
    arm, riscv = CORES["cortex-m4f"], CORES["rv32imfc"]
    thumb = bytes.fromhex("7047 30ee200a")
    compressed = bytes.fromhex("8280 53750500")
    assert list(instructions(arm, thumb)) == [0x4770, 0xEE300A20]
    assert list(instructions(riscv, compressed)) == [0x8082, 0x00057553]
    for core, code in ((arm, thumb), (riscv, compressed)):
        assert uses_float_unit(core, image_of(code))
        assert not uses_float_unit(core, image_of(code[:2]))


def image_of(code: bytes) -> Image:
    """Return a program that consists of this code."""
    return Image((), {}, ((0, code),), len(code), 0, 0)


def test_the_cache_is_the_users_or_a_writable_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def folder(chosen: str, base: Path) -> Path:
        zig._cache_folder.cache_clear()
        monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", chosen)
        monkeypatch.setenv("XDG_CACHE_HOME", str(base))
        return zig._cache_folder()

    assert folder("/chosen", tmp_path) == Path("/chosen")
    assert folder("", tmp_path) == tmp_path / "wann-edge" / "zig"
    (tmp_path / "file").touch()
    assert "wann-edge-zig" in folder("", tmp_path / "file").name
    zig._cache_folder.cache_clear()


def test_compiler_flags_name_the_fpu_of_a_core() -> None:
    def has_unit(core: Core) -> bool:
        return any("+vfp4" in flag or "+fp_" in flag or "+f+" in flag for flag in core.flags)

    assert all(has_unit(core) == core.has_fpu for core in CORES.values() if core.name != "wasm32")
