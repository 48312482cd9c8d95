"""The exported C header on emulated cores."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from wann_edge.errors import VerifyError
from wann_edge.exporters import Optimize, export
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.system.cores import CORES, Core
from wann_edge.system.keeper import scratch_folder
from wann_edge.verify.emulated.image import Count, Image
from wann_edge.verify.emulated.instructions import uses_float_unit
from wann_edge.verify.emulated.toolchain import NEEDS, check_installed, compile_for
from wann_edge.verify.host_target import HARNESS, NAME

if TYPE_CHECKING:
    from wann_edge.verify.outcome import Artefact

# An emulated core is some hundred times slower than the host.
MOST_EPISODES = 20
WITHOUT_SELFTEST = re.sub(r".*(SELFTEST|selftest).*\n", "", HARNESS)
# Rows of one call: Ctrl-C takes effect between calls.
MOST_ROWS = 500


class EmulatedCore(Protocol):
    """Runs functions of a program by name, with integer arguments and arrays in memory.

    Attributes:
        heap: address of memory for the caller's arrays.
        heap_bytes: size of this memory.
    """

    heap: int
    heap_bytes: int

    def write(self, address: int, contents: bytes) -> None:
        """Write to memory."""
        ...

    def read(self, address: int, size_bytes: int) -> bytes:
        """Read from memory."""
        ...

    def call(self, name: str, *arguments: int) -> int:
        """Run a function and return its result; raise VerifyError when it does not return."""
        ...

    def counted_call(self, name: str, *arguments: int) -> Count:
        """Run a function and return the executed instructions."""
        ...

    def paint_stack(self) -> None:
        """Mark the stack as unused."""
        ...

    def stack_bytes(self) -> int | None:
        """Return the stack depth since it was marked, where it can be measured."""
        ...


class EmulatedHeader:
    """The header's machine code on an emulated core."""

    tolerance = 0.0
    in_loop = True
    most_episodes: int | None = MOST_EPISODES

    def __init__(
        self, core: Core, device: EmulatedCore, network: Network, faults: Sequence[str] = ()
    ) -> None:
        self.name = core.name
        self._has_selftest = core.has_room
        self._device = device
        self._row = len(network.inputs), len(network.outputs)
        self._faults = faults

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """Return actions [n, outputs] of observations [n, inputs] and weights [n], float32."""
        rows = min(MOST_ROWS, self._device.heap_bytes // (4 * (sum(self._row) + 1)))
        if rows == 0:
            raise VerifyError(
                "one observation does not fit into the RAM",
                where=self.name,
                remedy="choose a core with more memory",
            )
        parts = range(0, len(weights), rows)
        return np.concatenate(
            [self._part(observations[i : i + rows], weights[i : i + rows]) for i in parts]
        )

    def _part(self, observations: Floats, weights: Floats) -> Floats:
        device, (inputs, outputs) = self._device, self._row
        count = len(weights)
        seen = device.heap
        shared = seen + 4 * count * inputs
        actions = shared + 4 * count
        device.write(seen, np.ascontiguousarray(observations, "<f4").tobytes())
        device.write(shared, np.ascontiguousarray(weights, "<f4").tobytes())
        device.call("run", count, seen, shared, actions)
        given = np.frombuffer(device.read(actions, 4 * count * outputs), "<f4")
        found: Floats = given.astype(np.float32).reshape(count, outputs)
        return found

    def faults(self) -> Sequence[str]:
        """Run the header's self-test; return what it finds and what the machine code lacks."""
        wrong = self._device.call("selftest") if self._has_selftest else 0
        return [*self._faults, *([f"selftest(): {wrong} golden vectors differ"] if wrong else [])]


class EmulatedTarget:
    """The exported header compiled for one core, and run there."""

    def __init__(self, core: Core) -> None:
        self._core = core
        floats = "by instructions" if core.has_fpu else "by library routines"
        self.summary = f"the C header on an emulated core, floats {floats}"
        self.needs = NEEDS[core.architecture]

    @contextmanager
    def artefacts(
        self, network: Network, optimize: Optimize = "size"
    ) -> Iterator[Iterator[Artefact]]:
        """Export the header and yield it compiled for the core."""
        check_installed(self._core)
        with scratch_folder() as folder:
            source = folder / "harness.c"
            (source.parent / "policy.h").write_bytes(export(network, "c", NAME, optimize))
            source.write_text(HARNESS if self._core.has_room else WITHOUT_SELFTEST)
            yield iter([emulated_header(self._core, source, network)])


def emulated_header(
    core: Core, source: Path, network: Network, more: Sequence[str] = ()
) -> EmulatedHeader:
    """Compile a harness with its header for a core and load it.

    Args:
        core: the core to run on.
        source: the harness, beside policy.h.
        network: the network of the header.
        more: further flags of the compiler.

    Raises:
        VerifyError: the harness does not compile.
    """
    program = compile_for(core, source, ("run", "selftest") if core.has_room else ("run",), more)
    device, image = load_program(core, program)
    lacking = core.has_fpu and image.instructions and not uses_float_unit(core, image)
    faults = ["no floating-point instruction in the machine code"] if lacking else []
    return EmulatedHeader(core, device, network, faults)


def load_program(core: Core, program: Path) -> tuple[EmulatedCore, Image]:
    """Return an emulated core that runs the program, and the program's contents."""
    if core.architecture == "wasm":
        from wann_edge.verify.emulated.wasmtime_core import WasmtimeCore, read_wasm

        return WasmtimeCore(program), read_wasm(program)
    from wann_edge.verify.emulated.elf import read_elf

    if core.architecture == "avr":
        from wann_edge.verify.emulated.simavr_core import SimavrCore

        image = read_elf(program)
        return SimavrCore(program, image), image
    from wann_edge.verify.emulated.unicorn_core import UnicornCore

    image = read_elf(program)
    return UnicornCore(core, image), image


# The registry finds the target of a core under the core's name.
globals().update({name: partial(EmulatedTarget, core) for name, core in CORES.items()})
