"""A WebAssembly module in wasmtime."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import wasmtime

from wann_edge.errors import VerifyError
from wann_edge.kernel.arithmetic import ieee_arithmetic
from wann_edge.verify.emulated.image import Count, Image

_PAGE_BYTES = 1 << 16
HEAP_BYTES = 1 << 24
_PLENTY = 1 << 62
# Section numbers of the binary format, and the bytes of magic number and version.
_CODE_SECTION, _DATA_SECTION, _PREAMBLE_BYTES = 10, 11, 8


class WasmtimeCore:
    """Runs functions of a WebAssembly module in wasmtime."""

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
        """Write to memory."""
        self._memory.write(self._store, contents, address)

    def read(self, address: int, size_bytes: int) -> bytes:
        """Read from memory."""
        return bytes(self._memory.read(self._store, address, address + size_bytes))

    @ieee_arithmetic()
    def call(self, name: str, *arguments: int) -> int:
        """Run a function and return its result, or 0; raise VerifyError on a trap."""
        function = self._exports[name]
        assert isinstance(function, wasmtime.Func)
        self._store.set_fuel(_PLENTY)
        try:
            return int(function(self._store, *arguments) or 0)
        except wasmtime.Trap as error:
            raise VerifyError(
                str(error), where=f"{name}()", remedy="verify on the host, which names the line"
            ) from None

    def counted_call(self, name: str, *arguments: int) -> Count:
        """Run a function and return the fuel that it used: about one an instruction."""
        self.call(name, *arguments)
        return Count(_PLENTY - int(self._store.get_fuel()))

    def paint_stack(self) -> None:
        """Do nothing: wasmtime keeps the stack outside the module's memory."""

    def stack_bytes(self) -> int | None:
        """Return None: the stack can't be measured."""
        return None


def read_wasm(path: Path) -> Image:
    """Return the sizes of a module; its memory, in pages of 64 KiB, counts as 0."""
    sizes = dict(_sections(path.read_bytes()))
    return Image(
        sections=(),
        functions={},
        instructions=(),
        code_bytes=sizes.get(_CODE_SECTION, 0),
        constant_bytes=sizes.get(_DATA_SECTION, 0),
        ram_bytes=0,
    )


def _sections(module: bytes) -> Iterator[tuple[int, int]]:
    """Yield the number and size in bytes of each section."""
    at = _PREAMBLE_BYTES
    while at < len(module):
        number, size, shift = module[at], 0, 0
        while True:  # a size has 7 bits in each byte, the lowest first
            at += 1
            size |= (module[at] & 0x7F) << shift
            shift += 7
            if module[at] < 0x80:
                break
        yield number, size
        at += 1 + size
