"""The boards that firmware is written for: memory, UART, clock, and their compilers' flags."""

from __future__ import annotations

from dataclasses import dataclass

_PROTOCOL = ("hil_device.c",)
_ZIG_LINK = (
    "-ffreestanding -nostdlib -lcompiler_rt -fno-stack-protector -fno-unwind-tables "
    "-fno-asynchronous-unwind-tables -T link.ld -Wl,--gc-sections"
)
_SOFT, _HARD = "thumb-freestanding-eabi", "thumb-freestanding-eabihf"


@dataclass(frozen=True)
class Board:
    """One board.

    sources: the C files of its project. headers: what these include beside the protocol's.
    script: the template of its linker script, none where the compiler knows its own.
    flash, ram: (first address, bytes). ticks_hz: the clock of the watchdog and the compute
    time; 0 where the user brings one. uart_irq: the interrupt's number.
    gcc, gcc_target, gcc_link, zig_target, zig_link: compilers and their flags.
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

    @property
    def is_sketch(self) -> bool:
        """Whether it is an Arduino sketch, which has no Makefile."""
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
) -> Board:
    """cpus: as gcc and as zig call the processor. fpu: as gcc calls it."""
    gcc_cpu, zig_cpu = cpus
    floats = f" -mfloat-abi=hard -mfpu={fpu}" if fpu else ""
    return Board(
        name,
        chip,
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
        ),
        _cortex_m(
            *("mps2-an386", "Arm MPS2 with AN386, Cortex-M4F", "uart_cmsdk.c"),
            ("cortex-m4", "cortex_m4+vfp4d16sp"),
            flash=_MPS2_FLASH,
            ram_kib=4096,
            ticks_hz=25_000_000,
            uart_irq=0,
            fpu="fpv4-sp-d16",
        ),
        _cortex_m(
            *("mps2-an500", "Arm MPS2 with AN500, Cortex-M7F", "uart_cmsdk.c"),
            ("cortex-m7", "cortex_m7+fp_armv8d16sp"),
            flash=_MPS2_FLASH,
            ram_kib=4096,
            ticks_hz=25_000_000,
            uart_irq=0,
            fpu="fpv5-sp-d16",
        ),
        _cortex_m(
            *("microbit", "BBC micro:bit, nRF51822, Cortex-M0", "uart_nrf51.c"),
            ("cortex-m0", "cortex_m0"),
            flash=(0, 256 << 10),
            ram_kib=16,
            ticks_hz=16_000_000,
            uart_irq=2,
        ),
        _cortex_m(
            *("netduinoplus2", "Netduino Plus 2, STM32F405, Cortex-M4F", "uart_stm32.c"),
            ("cortex-m4", "cortex_m4+vfp4d16sp"),
            flash=(0x08000000, 1 << 20),
            ram_kib=128,
            ticks_hz=16_000_000,
            uart_irq=37,
            fpu="fpv4-sp-d16",
        ),
        Board(
            "virt",
            "QEMU's RISC-V board, RV32IMFC",
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
        ),
        Board(
            "arduino",
            "any Arduino core, AVR among them",
            sources=("sketch.ino", *_PROTOCOL),
            ticks_hz=1_000_000,
        ),
        Board(
            "bare",
            "a board of your own",
            sources=("main.c", "bare.c", "actuators.c", *_PROTOCOL),
        ),
    )
}
