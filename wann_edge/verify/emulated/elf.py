"""Reads a linked program from an ELF file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import Symbol

from wann_edge.verify.emulated.image import Function, Image

EXECUTABLE, ALLOCATED, WRITABLE = 0x4, 0x2, 0x1


def read_elf(path: Path) -> Image:
    """Return the program of an ELF file with symbols."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        kept = [s for s in elf.iter_sections() if s["sh_flags"] & ALLOCATED and s["sh_size"]]
        symbols = list(elf.get_section_by_name(".symtab").iter_symbols())
        executable = [s for s in kept if s["sh_flags"] & EXECUTABLE]
        written = [s for s in kept if s["sh_flags"] & WRITABLE]
        constant = [s for s in kept if s not in executable and s not in written]
        filled = [s for s in kept if s["sh_type"] == "SHT_PROGBITS"]
        sections = tuple((int(s["sh_addr"]), bytes(s.data())) for s in filled)
        return Image(
            sections=sections,
            functions={
                symbol.name: Function(symbol["st_value"], symbol["st_size"])
                for symbol in symbols
                if symbol["st_info"]["type"] == "STT_FUNC"
            },
            instructions=tuple(
                stretch
                for section in executable
                for stretch in _stretches(section["sh_addr"], section.data(), symbols)
            ),
            code_bytes=sum(int(s["sh_size"]) for s in executable),
            constant_bytes=sum(int(s["sh_size"]) for s in constant),
            ram_bytes=sum(int(s["sh_size"]) for s in written),
        )


def _stretches(start: int, contents: bytes, symbols: list[Symbol]) -> Iterator[tuple[int, bytes]]:
    """Yield the stretches of instructions: from a symbol $t or $x to the next $d (data)."""
    end = start + len(contents)
    marks = sorted(
        (int(symbol["st_value"]), symbol.name[1])
        for symbol in symbols
        if symbol.name[:2] in ("$t", "$x", "$d") and start <= symbol["st_value"] < end
    )
    for (address, kind), (following, _) in pairwise([*marks, (end, "")]):
        if kind != "d" and following > address:
            yield address, contents[address - start : following - start]
