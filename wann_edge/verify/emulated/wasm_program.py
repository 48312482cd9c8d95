"""A WebAssembly module in wasmtime."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import wasmtime

from wann_edge.errors import VerifyError
from wann_edge.verify.emulated.image import Count, Image

_PAGE_BYTES = 1 << 16
HEAP_BYTES = 1 << 24
_PLENTY = 1 << 62
# Numbers of sections in the binary format, and the magic number and version before them.
_CODE_SECTION, _DATA_SECTION, _PREAMBLE_BYTES = 10, 11, 8


class WasmModule:
    """Runs a module's functions. ``heap`` is the address of HEAP_BYTES that are the caller's."""

    heap_bytes = HEAP_BYTES

    def __init__(self, path: Path) -> None:
        config = wasmtime.Config()
        config.consume_fuel = True
        engine = wasmtime.Engine(config)
        self._store = wasmtime.Store(engine)
        module = wasmtime.Module.from_file(engine, str(path))
        self._exports = wasmtime.Instance(self._store, module, []).exports(self._store)
        memory = self._exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        self._memory = memory
        self.heap = memory.grow(self._store, HEAP_BYTES // _PAGE_BYTES) * _PAGE_BYTES

    def write(self, address: int, contents: bytes) -> None:
        """Writes to memory."""
        self._memory.write(self._store, contents, address)

    def read(self, address: int, size_bytes: int) -> bytes:
        """Reads from memory."""
        return bytes(self._memory.read(self._store, address, address + size_bytes))

    def call(self, name: str, *arguments: int) -> int:
        """Runs a function; gives what it gives, 0 for nothing. Raises VerifyError on a trap."""
        function = self._exports[name]
        assert isinstance(function, wasmtime.Func)
        self._store.set_fuel(_PLENTY)
        try:
            return int(function(self._store, *arguments) or 0)
        except wasmtime.Trap as error:
            raise VerifyError(str(error), where=f"{name}()") from None

    def counted_call(self, name: str, *arguments: int) -> Count:
        """Runs a function; gives the fuel that it burned: about one an instruction."""
        self.call(name, *arguments)
        return Count(_PLENTY - int(self._store.get_fuel()))

    def paint_stack(self) -> None:
        """A module's stack is its engine's, and can't be seen."""

    def stack_bytes(self) -> int | None:
        """Not known."""
        return None


def read_wasm(path: Path) -> Image:
    """The sizes of a module. Its static memory is pages of 64 KiB, and counts as none."""
    sizes = dict(_sections(path.read_bytes()))
    return Image((), {}, (), sizes.get(_CODE_SECTION, 0), sizes.get(_DATA_SECTION, 0), 0)


def _sections(module: bytes) -> Iterator[tuple[int, int]]:
    """The number and size in bytes of each section."""
    at = _PREAMBLE_BYTES
    while at < len(module):
        number, size, shift = module[at], 0, 0
        while True:  # a size is 7 bits a byte, the lowest first
            at += 1
            size |= (module[at] & 0x7F) << shift
            shift += 7
            if module[at] < 0x80:
                break
        yield number, size
        at += 1 + size
