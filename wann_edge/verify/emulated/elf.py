"""Reads a linked program from an ELF file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from elftools.elf.elffile import ELFFile

from wann_edge.verify.emulated.image import Function, Image

EXECUTABLE, ALLOCATED, WRITABLE = 0x4, 0x2, 0x1
FUNCTION = 2
# Elf32_Sym: offset of the name, address, size in bytes, binding and type, visibility, section.
SYMBOL = Struct("<IIIBBH")


class _Symbol(NamedTuple):
    name: str
    address: int
    size_bytes: int
    is_function: bool


def read_elf(path: Path) -> Image:
    """Return the program of an ELF file with symbols."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        kept = [s for s in elf.iter_sections() if s["sh_flags"] & ALLOCATED and s["sh_size"]]
        symbols = list(_symbols(elf))
        executable = [s for s in kept if s["sh_flags"] & EXECUTABLE]
        written = [s for s in kept if s["sh_flags"] & WRITABLE]
        constant = [s for s in kept if s not in executable and s not in written]
        filled = [s for s in kept if s["sh_type"] == "SHT_PROGBITS"]
        sections = tuple((int(s["sh_addr"]), bytes(s.data())) for s in filled)
        return Image(
            sections=sections,
            functions={
                symbol.name: Function(symbol.address, symbol.size_bytes)
                for symbol in symbols
                if symbol.is_function
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


def _symbols(elf: ELFFile) -> Iterator[_Symbol]:
    """Yield the symbols; pyelftools takes a second for the thousands of a RISC-V program."""
    table = elf.get_section_by_name(".symtab")
    names: bytes = elf.get_section(table["sh_link"]).data()
    for at, address, size_bytes, info, _, _ in SYMBOL.iter_unpack(table.data()):
        name = names[at : names.index(b"\0", at)].decode()
        yield _Symbol(name, address, size_bytes, info & 0xF == FUNCTION)


def _stretches(
    start: int, contents: bytes, symbols: Sequence[_Symbol]
) -> Iterator[tuple[int, bytes]]:
    """Yield the stretches of instructions: from a symbol $t or $x to the next $d (data)."""
    end = start + len(contents)
    marks = sorted(
        (symbol.address, symbol.name[1])
        for symbol in symbols
        if symbol.name[:2] in ("$t", "$x", "$d") and start <= symbol.address < end
    )
    for (address, kind), (following, _) in pairwise([*marks, (end, "")]):
        if kind != "d" and following > address:
            yield address, contents[address - start : following - start]
