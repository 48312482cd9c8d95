"""An ATmega328P in simavr, with a linked program in its flash."""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

from wann_edge.errors import VerifyError
from wann_edge.system.keeper import scratch_folder
from wann_edge.system.shared_library import load_library
from wann_edge.verify.emulated.image import Count, Image
from wann_edge.verify.emulated.toolchain import SIMAVR_HEADERS, run_compiler

BRIDGE = Path(__file__).with_name("simavr_bridge.c")
# For the caller's arrays; the rest of the 2 KiB is for the stack.
_HEAP_BYTES = 512
_MOST_CYCLES = 1 << 36
# Offset of data addresses in an ELF file; first address of the RAM in the data space.
_RAM, _RAM_START = 0x800000, 0x100
# The first argument ends at r25; each next one starts at an even register below it.
_ARGUMENT_BYTES = {"step": (2, 2), "run": (4, 2, 2, 2)}


class CallResult(ctypes.Structure):
    """Mirrors ``call_result`` of simavr_bridge.c; a test compares size and offsets."""

    _fields_ = (
        ("cycles", ctypes.c_uint64),
        ("instructions", ctypes.c_uint64),
        ("lowest_stack", ctypes.c_uint32),
        ("came_back", ctypes.c_int32),
    )


class SimavrCore:
    """Runs functions of a program in simavr, which counts exact cycles."""

    heap_bytes = _HEAP_BYTES

    def __init__(self, program: Path, image: Image) -> None:
        self._image = image
        self._bridge = _bridge()
        self._avr = self._bridge.bridge_open(str(program).encode())
        if not self._avr:
            raise VerifyError(
                "can't read the program",
                where="simavr",
                remedy="check the versions of simavr and avr-gcc",
            )
        for address, contents in image.sections:
            if address >= _RAM:
                self.write(address - _RAM, contents)
        self.heap = _RAM_START + image.ram_bytes
        self._top = self._bridge.bridge_ram_end(self._avr)
        self._lowest = self._top

    def write(self, address: int, contents: bytes) -> None:
        """Write to the data space."""
        self._bridge.bridge_write(self._avr, address, contents, len(contents))

    def read(self, address: int, size_bytes: int) -> bytes:
        """Read from the data space."""
        buffer = ctypes.create_string_buffer(size_bytes)
        self._bridge.bridge_read(self._avr, address, buffer, size_bytes)
        return buffer.raw

    def call(self, name: str, *arguments: int) -> int:
        """Run a function and return its signed 16-bit result; raise VerifyError on a crash."""
        self.counted_call(name, *arguments)
        return int.from_bytes(self.read(24, 2), "little", signed=True)

    def counted_call(self, name: str, *arguments: int) -> Count:
        """Run a function and return the instructions and cycles until it returns."""
        register = 26
        for value, size in zip(arguments, _ARGUMENT_BYTES.get(name, ()), strict=False):
            register -= size
            self.write(register, value.to_bytes(size, "little"))
        entry = self._image.functions[name].address
        result = self._bridge.bridge_call(self._avr, entry, _MOST_CYCLES)
        self._lowest = min(self._lowest, result.lowest_stack)
        if not result.came_back:
            raise VerifyError(
                "crashed or did not return",
                where=f"{name}()",
                remedy="verify a smaller network, or on the host",
            )
        if self._lowest < self.heap + self.heap_bytes:
            raise VerifyError(
                "the stack does not fit into 2 KiB of RAM",
                where=f"{name}()",
                remedy="use a smaller network or fixed point",
            )
        return Count(result.instructions, result.cycles)

    def paint_stack(self) -> None:
        """Forget the stack depth."""
        self._lowest = self._top

    def stack_bytes(self) -> int | None:
        """Return the stack depth since ``paint_stack``, without the return address."""
        return int(self._top) - 2 - int(self._lowest)


@cache
def _bridge() -> ctypes.CDLL:
    """Compile the bridge against the installed simavr and load it.

    It stays loaded, as simavr keeps the address of its logger.
    """
    with scratch_folder() as folder:
        library = folder / "bridge.so"
        flags = ("-std=gnu99", "-O2", "-Wall", "-Wextra", "-isystem", str(SIMAVR_HEADERS))
        files = ("-o", str(library), str(BRIDGE), "-lsimavr")
        run_compiler(["gcc", *flags, "-shared", "-fPIC", *files], "simavr")
        bridge = load_library(library)
    bridge.bridge_open.argtypes = [ctypes.c_char_p]
    bridge.bridge_open.restype = ctypes.c_void_p
    for function in (bridge.bridge_write, bridge.bridge_read):
        function.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_uint32]
        function.restype = None
    bridge.bridge_ram_end.argtypes = [ctypes.c_void_p]
    bridge.bridge_ram_end.restype = ctypes.c_uint32
    bridge.bridge_call.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint64]
    bridge.bridge_call.restype = CallResult
    return bridge
