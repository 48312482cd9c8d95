"""The boards that firmware is written for: memory, UART, clock, compiler flags, emulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_PROTOCOL = ("hil_device.c",)
_ZIG_LINK = (
    "-ffreestanding -nostdlib -lcompiler_rt -fno-stack-protector -fno-unwind-tables "
    "-fno-asynchronous-unwind-tables -T link.ld -Wl,--gc-sections"
)
_SOFT, _HARD = "thumb-freestanding-eabi", "thumb-freestanding-eabihf"


QemuProgram = Literal["qemu-system-arm", "qemu-system-riscv32"]


@dataclass(frozen=True)
class Qemu:
    """How QEMU emulates a board: its machine has the board's name.

    Attributes:
        program: the QEMU program.
        options: further options of the program.
        ticks_hz: rate of the emulated clock in Hz; None where it is the board's.
    """

    program: QemuProgram = "qemu-system-arm"
    options: tuple[str, ...] = ()
    ticks_hz: int | None = None


@dataclass(frozen=True)
class Board:
    """One board.

    Attributes:
        name: as ``--board`` takes it.
        chip: the chip and its core, for the README.
        sources: the C files of the project.
        headers: the header files that the sources include beside the protocol's.
        script: the template of the linker script; "" where the compiler has its own.
        flash: first address and size in bytes.
        ram: first address and size in bytes.
        ticks_hz: rate in Hz of the clock that times the watchdog and the computation; 0 where
            the user provides it.
        uart_irq: number of the UART's interrupt.
        has_fpu: whether the core has a floating-point unit.
        gcc: name of the gcc program.
        gcc_target: gcc's flags that select the core.
        gcc_link: gcc's flags for linking.
        zig_target: Zig's flags that select the core.
        zig_link: Zig's flags for linking.
        qemu: how QEMU emulates the board; None where it does not.
    """

    name: str
    chip: str
    sources: tuple[str, ...]
    headers: tuple[str, ...] = ()
    script: str = ""
    flash: tuple[int, int] = (0, 0)
    ram: tuple[int, int] = (0, 0)
    ticks_hz: int = 0
    uart_irq: int = 0
    has_fpu: bool = False
    gcc: str = "cc"
    gcc_target: str = ""
    gcc_link: str = ""
    zig_target: str = ""
    zig_link: str = ""
    qemu: Qemu | None = None

    @property
    def is_sketch(self) -> bool:
        """Return whether the project is an Arduino sketch, which has no Makefile."""
        return any(source.endswith(".ino") for source in self.sources)


def _cortex_m(
    name: str,
    chip: str,
    uart: str,
    cpus: tuple[str, str],
    *,
    flash: tuple[int, int],
    ram_kib: int,
    ticks_hz: int,
    uart_irq: int,
    fpu: str = "",
    qemu: Qemu | None = None,
) -> Board:
    """Return a Cortex-M board; cpus: gcc's and Zig's names of the core, fpu: gcc's name."""
    gcc_cpu, zig_cpu = cpus
    floats = f" -mfloat-abi=hard -mfpu={fpu}" if fpu else ""
    return Board(
        name=name,
        chip=chip,
        sources=("main.c", "cortex_m.c", uart, "actuators.c", *_PROTOCOL),
        headers=("ring.h", "uart.h"),
        script="cortex_m.ld",
        flash=flash,
        ram=(0x20000000, ram_kib * 1024),
        ticks_hz=ticks_hz,
        uart_irq=uart_irq,
        has_fpu=bool(fpu),
        gcc="arm-none-eabi-gcc",
        gcc_target=f"-mthumb -mcpu={gcc_cpu}{floats}",
        gcc_link="-nostartfiles --specs=nano.specs -T link.ld -Wl,--gc-sections",
        zig_target=f"-target {_HARD if fpu else _SOFT} -mcpu={zig_cpu}",
        zig_link=f"{_ZIG_LINK} -Wl,-e,reset_handler",
        qemu=qemu,
    )


_MPS2_FLASH = (0, 4 << 20)

BOARDS = {
    board.name: board
    for board in (
        _cortex_m(
            *("lm3s6965evb", "Stellaris LM3S6965, Cortex-M3", "uart_pl011.c"),
            ("cortex-m3", "cortex_m3"),
            flash=(0, 256 << 10),
            ram_kib=64,
            ticks_hz=12_000_000,
            uart_irq=5,
            qemu=Qemu(ticks_hz=12_500_000),
        ),
        _cortex_m(
            *("mps2-an386", "Arm MPS2 with AN386, Cortex-M4F", "uart_cmsdk.c"),
            ("cortex-m4", "cortex_m4+vfp4d16sp"),
            flash=_MPS2_FLASH,
            ram_kib=4096,
            ticks_hz=25_000_000,
            uart_irq=0,
            fpu="fpv4-sp-d16",
            qemu=Qemu(),
        ),
        _cortex_m(
            *("mps2-an500", "Arm MPS2 with AN500, Cortex-M7F", "uart_cmsdk.c"),
            ("cortex-m7", "cortex_m7+fp_armv8d16sp"),
            flash=_MPS2_FLASH,
            ram_kib=4096,
            ticks_hz=25_000_000,
            uart_irq=0,
            fpu="fpv5-sp-d16",
            qemu=Qemu(),
        ),
        _cortex_m(
            *("microbit", "BBC micro:bit, nRF51822, Cortex-M0", "uart_nrf51.c"),
            ("cortex-m0", "cortex_m0"),
            flash=(0, 256 << 10),
            ram_kib=16,
            ticks_hz=16_000_000,
            uart_irq=2,
            qemu=Qemu(),
        ),
        _cortex_m(
            *("netduinoplus2", "Netduino Plus 2, STM32F405, Cortex-M4F", "uart_stm32.c"),
            ("cortex-m4", "cortex_m4+vfp4d16sp"),
            flash=(0x08000000, 1 << 20),
            ram_kib=128,
            ticks_hz=16_000_000,
            uart_irq=37,
            fpu="fpv4-sp-d16",
            qemu=Qemu(ticks_hz=168_000_000),
        ),
        Board(
            name="virt",
            chip="QEMU's RISC-V board, RV32IMFC",
            sources=("main.c", "virt.c", "actuators.c", *_PROTOCOL),
            headers=("ring.h",),
            script="virt.ld",
            ram=(0x80000000, 1 << 20),
            ticks_hz=10_000_000,
            gcc="riscv64-unknown-elf-gcc",
            gcc_target="-march=rv32imfc_zicsr -mabi=ilp32f -mcmodel=medany",
            gcc_link="-ffreestanding -nostdlib -T link.ld -Wl,--gc-sections -lgcc",
            zig_target="-target riscv32-freestanding-none -mcpu=generic_rv32+m+f+c -mabi=ilp32f",
            zig_link=_ZIG_LINK,
            qemu=Qemu("qemu-system-riscv32", ("-bios", "none")),
        ),
        Board(
            name="arduino",
            chip="any Arduino core, such as AVR",
            sources=("sketch.ino", *_PROTOCOL),
            ticks_hz=1_000_000,
        ),
        Board(
            name="bare",
            chip="your own board",
            sources=("main.c", "bare.c", "actuators.c", *_PROTOCOL),
        ),
    )
}


def board_names() -> tuple[str, ...]:
    """Return the names of all boards that firmware is written for."""
    return tuple(BOARDS)


def emulated_board_names() -> tuple[str, ...]:
    """Return the names of the boards that QEMU emulates."""
    return tuple(name for name, board in BOARDS.items() if board.qemu is not None)
