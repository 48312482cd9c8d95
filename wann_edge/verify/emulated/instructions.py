"""Splits machine code into instructions."""

from __future__ import annotations

from collections.abc import Iterator

from wann_edge.system.cores import Core
from wann_edge.verify.emulated.image import Image


def instructions(core: Core, code: bytes) -> Iterator[int]:
    """Yield the instructions of a stretch of Thumb or compressed RISC-V code.

    Each has 2 or 4 bytes. A long Thumb instruction has its first halfword in the upper 16 bits.
    """
    is_arm = core.architecture == "arm"
    at = 0
    while at < len(code):
        first = int.from_bytes(code[at : at + 2], "little")
        is_long = first >> 11 >= 0b11101 if is_arm else first & 3 == 3
        if not is_long:
            yield first
            at += 2
            continue
        second = int.from_bytes(code[at + 2 : at + 4], "little")
        yield first << 16 | second if is_arm else second << 16 | first
        at += 4


def uses_float_unit(core: Core, image: Image) -> bool:
    """Return whether a single-precision instruction computes, and not only moves.

    Thumb: data processing of coprocessor 10. RISC-V: OP-FP and the four fused operations.
    """
    is_arm = core.architecture == "arm"
    return any(
        instruction & 0xEF000E10 == 0xEE000A00
        if is_arm
        else instruction & 0x7F in (0x53, 0x43, 0x47, 0x4B, 0x4F)
        for _, code in image.instructions
        for instruction in instructions(core, code)
    )
