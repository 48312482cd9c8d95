"""The processor cores that exported headers are compiled for, with their compilers' flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wann_edge.system.zig import WASM_FLAGS


@dataclass(frozen=True)
class Core:
    """One processor core.

    Attributes:
        name: as ``--target`` takes it.
        title: the core's name in the documentation.
        architecture: selects the compiler and the emulator.
        flags: the compiler's flags that select the core.
        model: Unicorn's name of the processor, where it emulates several.
        has_fpu: whether instructions compute floats, not library routines.
        has_room: whether the RAM holds the self-test's vectors; AVR copies constants there.
    """

    name: str
    title: str
    architecture: Literal["arm", "riscv", "avr", "wasm"]
    flags: tuple[str, ...]
    model: str = ""
    has_fpu: bool = False
    has_room: bool = True


def _arm(name: str, title: str, cpu: str, model: str, *, has_fpu: bool = False) -> Core:
    """Return a Cortex-M. cpu must name the FPU: with eabihf alone, Zig calls soft floats."""
    abi = "eabihf" if has_fpu else "eabi"
    return Core(
        name=name,
        title=f"Arm {title}",
        architecture="arm",
        flags=("-target", f"thumb-freestanding-{abi}", f"-mcpu={cpu}"),
        model=f"UC_CPU_ARM_CORTEX_{model}",
        has_fpu=has_fpu,
    )


def _riscv(name: str, title: str, features: str, *more: str, has_fpu: bool = False) -> Core:
    flags = ("-target", "riscv32-freestanding-none", f"-mcpu=generic_rv32{features}", *more)
    return Core(name=name, title=title, architecture="riscv", flags=flags, has_fpu=has_fpu)


CORES = {
    core.name: core
    for core in (
        _arm("cortex-m0plus", "Cortex-M0+", "cortex_m0plus", "M0"),
        _arm("cortex-m3", "Cortex-M3", "cortex_m3", "M3"),
        _arm("cortex-m4f", "Cortex-M4 with FPU", "cortex_m4+vfp4d16sp", "M4", has_fpu=True),
        _arm("cortex-m7f", "Cortex-M7 with FPU", "cortex_m7+fp_armv8d16sp", "M7", has_fpu=True),
        _arm(
            "cortex-m33f",
            "Cortex-M33 with FPU",
            "cortex_m33+fp_armv8d16sp",
            "M33",
            has_fpu=True,
        ),
        _riscv("rv32imc", "RISC-V, 32 bits", "+m+c"),
        _riscv("rv32imfc", "RISC-V, 32 bits, with FPU", "+m+f+c", "-mabi=ilp32", has_fpu=True),
        Core(
            name="avr",
            title="ATmega328P (Arduino Uno)",
            architecture="avr",
            flags=("-mmcu=atmega328p",),
            has_room=False,
        ),
        Core(
            name="wasm32",
            title="WebAssembly",
            architecture="wasm",
            flags=WASM_FLAGS,
            has_fpu=True,
        ),
    )
}


def core_names() -> tuple[str, ...]:
    """Return the names of all cores."""
    return tuple(CORES)
