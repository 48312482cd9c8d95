"""The cores on which exported headers are run, and how its compiler is told of each."""

from __future__ import annotations

from dataclasses import dataclass

from wann_edge.system.zig import WASM_FLAGS


@dataclass(frozen=True)
class Core:
    """One processor core.

    architecture: "arm", "riscv", "avr" or "wasm". flags: what selects it for its compiler.
    model: Unicorn's name of the processor, where there are several.
    has_room: whether the self-test's vectors fit. AVR copies constants into its RAM.
    has_fpu: whether floats are computed by instructions, not by library routines.
    """

    name: str
    architecture: str
    flags: tuple[str, ...]
    model: str = ""
    has_fpu: bool = False
    has_room: bool = True


def _arm(name: str, cpu: str, model: str, *, has_fpu: bool = False) -> Core:
    """A Cortex-M. eabihf alone would still call soft-float routines: cpu names the FPU."""
    abi = "eabihf" if has_fpu else "eabi"
    flags = ("-target", f"thumb-freestanding-{abi}", f"-mcpu={cpu}")
    return Core(name, "arm", flags, f"UC_CPU_ARM_CORTEX_{model}", has_fpu)


def _riscv(name: str, features: str, *more: str, has_fpu: bool = False) -> Core:
    flags = ("-target", "riscv32-freestanding-none", f"-mcpu=generic_rv32{features}", *more)
    return Core(name, "riscv", flags, has_fpu=has_fpu)


CORES = {
    core.name: core
    for core in (
        _arm("cortex-m0plus", "cortex_m0plus", "M0"),
        _arm("cortex-m3", "cortex_m3", "M3"),
        _arm("cortex-m4f", "cortex_m4+vfp4d16sp", "M4", has_fpu=True),
        _arm("cortex-m7f", "cortex_m7+fp_armv8d16sp", "M7", has_fpu=True),
        _arm("cortex-m33f", "cortex_m33+fp_armv8d16sp", "M33", has_fpu=True),
        _riscv("rv32imc", "+m+c"),
        _riscv("rv32imfc", "+m+f+c", "-mabi=ilp32", has_fpu=True),
        Core("avr", "avr", ("-mmcu=atmega328p",), has_room=False),
        Core("wasm32", "wasm", WASM_FLAGS, has_fpu=True),
    )
}
