"""A Cortex-M or RISC-V core in Unicorn, with a linked program in its memory."""

from __future__ import annotations

from typing import NamedTuple

import unicorn
from unicorn import arm_const, riscv_const

from wann_edge.errors import VerifyError
from wann_edge.kernel.arithmetic import ieee_arithmetic
from wann_edge.system.cores import Core
from wann_edge.verify.emulated.image import Count, Image
from wann_edge.verify.emulated.instructions import instructions

_FLASH, _RAM, _HEAP, _STOP = 0x10000, 0x20000000, 0x30000000, 0x1000
_FLASH_BYTES, _RAM_BYTES, HEAP_BYTES = 1 << 24, 1 << 20, 1 << 24
_STACK_TOP = _RAM + _RAM_BYTES
_PAINT_BYTES = 1 << 16
_PAINT = b"\xa5"
# A function that has returned once runs without a time limit, which costs milliseconds a call.
_LONGEST_FIRST_CALL_US = 120_000_000


class _Registers(NamedTuple):
    """Unicorn's numbers of the registers that a call uses."""

    arguments: tuple[int, ...]
    stack: int
    link: int
    counter: int


_ARM = _Registers(
    tuple(getattr(arm_const, f"UC_ARM_REG_R{i}") for i in range(4)),
    arm_const.UC_ARM_REG_SP,
    arm_const.UC_ARM_REG_LR,
    arm_const.UC_ARM_REG_PC,
)
_RISCV = _Registers(
    tuple(getattr(riscv_const, f"UC_RISCV_REG_A{i}") for i in range(4)),
    riscv_const.UC_RISCV_REG_SP,
    riscv_const.UC_RISCV_REG_RA,
    riscv_const.UC_RISCV_REG_PC,
)


class UnicornCore:
    """Runs functions of a program in Unicorn."""

    heap = _HEAP
    heap_bytes = HEAP_BYTES

    def __init__(self, core: Core, image: Image) -> None:
        self._core = core
        self._image = image
        self._is_arm = core.architecture == "arm"
        self._registers = _ARM if self._is_arm else _RISCV
        self._unicorn = self._made()
        self._trusted: set[str] = set()
        for address, size in (
            (_STOP, 0x1000),
            (_FLASH, _FLASH_BYTES),
            (_RAM, _RAM_BYTES),
            (_HEAP, HEAP_BYTES),
        ):
            self._unicorn.mem_map(address, size)
        for address, contents in image.sections:
            self._unicorn.mem_write(address, contents)

    def _made(self) -> unicorn.Uc:
        if self._is_arm:
            mode = unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS
            machine = unicorn.Uc(unicorn.UC_ARCH_ARM, mode)
            machine.ctl_set_cpu_model(getattr(arm_const, self._core.model))
        else:
            machine = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)
            mstatus = riscv_const.UC_RISCV_REG_MSTATUS
            float_unit_on = 0x6000
            machine.reg_write(mstatus, machine.reg_read(mstatus) | float_unit_on)
        return machine

    def write(self, address: int, contents: bytes) -> None:
        """Write to memory."""
        self._unicorn.mem_write(address, contents)

    def read(self, address: int, size_bytes: int) -> bytes:
        """Read from memory."""
        return bytes(self._unicorn.mem_read(address, size_bytes))

    @ieee_arithmetic()
    def call(self, name: str, *arguments: int) -> int:
        """Run a function with at most 4 integer arguments and return its signed result.

        Raises:
            VerifyError: the function crashes or does not return.
        """
        registers, machine = self._registers, self._unicorn
        entry = self._image.functions[name].address
        for register, value in zip(registers.arguments, arguments, strict=False):
            machine.reg_write(register, value)
        machine.reg_write(registers.stack, _STACK_TOP)
        machine.reg_write(registers.link, _STOP | (1 if self._is_arm else 0))
        try:
            limit_us = 0 if name in self._trusted else _LONGEST_FIRST_CALL_US
            machine.emu_start(entry, _STOP, timeout=limit_us)
        except unicorn.UcError as error:
            at = machine.reg_read(registers.counter)
            raise VerifyError(
                f"{error} at 0x{at:x}",
                where=f"{name}()",
                remedy="disassemble the function with zig objdump or arm-none-eabi-objdump",
            ) from None
        if machine.reg_read(registers.counter) & ~1 != _STOP:
            raise VerifyError(
                "did not return in two minutes",
                where=f"{name}()",
                remedy="verify a smaller network, or on the host",
            )
        self._trusted.add(name)
        result = int(machine.reg_read(registers.arguments[0]))
        return result - (result >> 31 << 32)

    def counted_call(self, name: str, *arguments: int) -> Count:
        """Run a function and return the instructions executed until it returns.

        Thumb instructions whose condition fails count too: they take a cycle.
        """
        sizes: dict[tuple[int, int], int] = {}
        total = 0

        def on_block(machine: unicorn.Uc, address: int, size: int, data: object) -> None:
            nonlocal total
            if (address, size) not in sizes:
                code = self.read(address, size)
                sizes[address, size] = sum(1 for _ in instructions(self._core, code))
            total += sizes[address, size]

        hook = self._unicorn.hook_add(unicorn.UC_HOOK_BLOCK, on_block)
        try:
            self.call(name, *arguments)
        finally:
            self._unicorn.hook_del(hook)
        return Count(total)

    def paint_stack(self) -> None:
        """Fill the stack with the pattern that ``stack_bytes`` looks for."""
        self.write(_STACK_TOP - _PAINT_BYTES, _PAINT * _PAINT_BYTES)

    def stack_bytes(self) -> int | None:
        """Return the stack depth that was written since ``paint_stack``."""
        return len(self.read(_STACK_TOP - _PAINT_BYTES, _PAINT_BYTES).lstrip(_PAINT))
