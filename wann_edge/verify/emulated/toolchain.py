"""Cross-compilers for bare cores: Zig's clang, and gcc for AVR, which Zig can't link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ctypes.util import find_library
from pathlib import Path

from wann_edge.errors import VerifyError
from wann_edge.system import zig
from wann_edge.system.compiler import compile_c
from wann_edge.system.cores import Core
from wann_edge.system.needs import Need, demand, package, tool
from wann_edge.system.zig import INSTALL

AVR_INSTALL = "apt-get install gcc gcc-avr avr-libc simavr libsimavr-dev"
SIMAVR_HEADERS = Path("/usr/include/simavr")


def _has_simavr() -> bool:
    """Return whether simavr's library and headers are installed."""
    return find_library("simavr") is not None and SIMAVR_HEADERS.is_dir()


_ELF = package("pyelftools", INSTALL, "elftools")
_ZIG = package("ziglang", INSTALL)
_PROCESSOR = (_ZIG, package("unicorn", INSTALL), _ELF)
_AVR_TOOLS = (tool("gcc", install=AVR_INSTALL), tool("avr-gcc", install=AVR_INSTALL))
# The needs of each architecture.
NEEDS: dict[str, tuple[Need, ...]] = {
    "arm": _PROCESSOR,
    "riscv": _PROCESSOR,
    "avr": (_ELF, *_AVR_TOOLS, Need("simavr", AVR_INSTALL, _has_simavr)),
    "wasm": (_ZIG, package("wasmtime", INSTALL)),
}

# Symbols (-g) cost no flash and name the linked functions. No flag forbids contraction: the
# header must give the kernel's bits without one.
COMMON_FLAGS = (
    *("-std=c99", "-Os", "-g", "-Wl,--gc-sections"),
    *("-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror"),
)
AVR_FLAGS = ("-ffunction-sections", "-fdata-sections", "-nostartfiles")
# Code and constants at one address, variables at another, like flash and RAM.
LINKER_SCRIPT = """\
SECTIONS
{
    . = 0x10000;
    .text : { *(.text*) }
    .rodata : { *(.rodata*) *(.srodata*) }
    . = 0x20000000;
    .data : { *(.data*) *(.sdata*) }
    .bss : { *(.bss*) *(.sbss*) *(COMMON) }
    /DISCARD/ : { *(.ARM.exidx*) *(.eh_frame*) }
}
"""


def check_installed(core: Core) -> None:
    """Raise MissingError unless all parts that this core needs are installed."""
    demand(NEEDS[core.architecture])


def compile_for(core: Core, source: Path, entries: Sequence[str], more: Sequence[str] = ()) -> Path:
    """Compile and link a C source for a core.

    Args:
        core: the core to compile for.
        source: the C file; the program is written beside it.
        entries: functions that the linker must keep.
        more: further flags.

    Returns:
        The path of the program.

    Raises:
        VerifyError: the source does not compile.
    """
    output = source.with_suffix(".wasm" if core.architecture == "wasm" else ".elf")
    kept = [f"-Wl,-u,{entry}" for entry in entries if core.architecture != "wasm"]
    flags = [*core.flags, *COMMON_FLAGS, *more, *kept, "-o", str(output), str(source)]
    if core.architecture == "avr":
        # avr-libc has its floating-point routines in libm.
        run_compiler(["avr-gcc", *AVR_FLAGS, *flags, "-lm"], "avr-gcc")
    else:
        command = zig.command([*flags, *_linker_flags(core, source.parent, entries)])
        run_compiler(command, f"zig for {core.name}", zig.environment(source.parent))
    return output


def run_compiler(
    command: Sequence[str], where: str, environment: Mapping[str, str] | None = None
) -> None:
    """Compile a source; raise VerifyError with the beginning of the messages if it can't be.

    ToolError means that the compiler fails, not the source.
    """
    messages = compile_c(command, environment)
    if messages:
        raise VerifyError(
            f"does not compile: {messages[:500]}",
            where=where,
            remedy="check the compiler's version",
        )


def _linker_flags(core: Core, folder: Path, entries: Sequence[str]) -> list[str]:
    if core.architecture == "wasm":
        return ["-Wl,--no-entry", *(f"-Wl,--export={entry}" for entry in entries)]
    script = folder / "link.ld"
    script.write_text(LINKER_SCRIPT)
    return ["-T", str(script), f"-Wl,-e,{entries[0]}"]
