"""A linked program: what a device would hold in flash and RAM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Function(NamedTuple):
    """A function of the program; the last bit of its address is Thumb's."""

    address: int
    size_bytes: int


class Count(NamedTuple):
    """What a call came to; cycles where the emulator knows them."""

    instructions: int
    cycles: int | None = None


@dataclass(frozen=True)
class Image:
    """One linked program.

    sections: (address, contents) of all that is in memory from the start.
    functions: by name, the compiler's own routines included.
    instructions: (address, code) of stretches that hold instructions and nothing else.
    code_bytes, constant_bytes: flash; constants among the instructions count as code.
    ram_bytes: static.
    """

    sections: tuple[tuple[int, bytes], ...]
    functions: dict[str, Function]
    instructions: tuple[tuple[int, bytes], ...]
    code_bytes: int
    constant_bytes: int
    ram_bytes: int
