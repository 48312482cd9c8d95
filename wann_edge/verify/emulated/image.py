"""A linked program as a device holds it in flash and RAM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Function(NamedTuple):
    """A function of the program; the lowest bit of its address marks Thumb code."""

    address: int
    size_bytes: int


class Count(NamedTuple):
    """What a call executed; cycles only where the emulator counts them."""

    instructions: int
    cycles: int | None = None


@dataclass(frozen=True)
class Image:
    """One linked program.

    Attributes:
        sections: address and contents of each section that is loaded into memory.
        functions: functions by name, including the compiler's library routines.
        instructions: address and code of each stretch that holds instructions only.
        code_bytes: flash taken by code, and by constants among the instructions.
        constant_bytes: flash taken by other constants.
        ram_bytes: static memory.
    """

    sections: tuple[tuple[int, bytes], ...]
    functions: dict[str, Function]
    instructions: tuple[tuple[int, bytes], ...]
    code_bytes: int
    constant_bytes: int
    ram_bytes: int
