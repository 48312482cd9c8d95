"""Zig's clang as a cross-compiler for bare cores."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from wann_edge.errors import MissingError, VerifyError
from wann_edge.verify.emulated.cores import Core

# What each architecture needs: a module, and the package that brings it.
_PROCESSOR = {"ziglang": "ziglang", "unicorn": "unicorn", "elftools": "pyelftools"}
PARTS = {
    "arm": _PROCESSOR,
    "riscv": _PROCESSOR,
    "wasm": {"ziglang": "ziglang", "wasmtime": "wasmtime"},
}
INSTALL = 'pip install "wann-edge[emu]"'

# Symbols (-g) cost no flash, and tell what was linked. No flag about contraction, on
# purpose: the header must hold without it.
FLAGS = (
    *("-std=c99", "-Os", "-g", "-ffreestanding", "-nostdlib", "-lcompiler_rt"),
    *("-fno-stack-protector", "-fno-unwind-tables", "-fno-asynchronous-unwind-tables"),
    *("-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror"),
)
# Code and constants at one place, what is written to at another: as flash and RAM are.
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
    """Raises MissingError unless all parts that this core needs are installed."""
    parts = PARTS[core.architecture]
    absent = [package for module, package in parts.items() if find_spec(module) is None]
    if absent:
        raise MissingError(f"{', '.join(absent)} not installed", remedy=INSTALL)


def compile_for(core: Core, source: Path, entries: Sequence[str], more: Sequence[str] = ()) -> Path:
    """The source linked for a core, beside it, with these functions kept.

    Raises VerifyError when it does not compile. The first compilation for a core takes
    seconds, for its library is built; then it is in the user's cache.
    """
    output = source.with_suffix(".wasm" if core.architecture == "wasm" else ".elf")
    flags = [*core.flags, *FLAGS, *more, *_linker_flags(core, source.parent, entries)]
    command = [sys.executable, "-m", "ziglang", "cc", *flags, "-o", str(output), str(source)]
    environment = {
        **os.environ,
        "ZIG_GLOBAL_CACHE_DIR": str(_cache_folder()),
        "ZIG_LOCAL_CACHE_DIR": str(source.parent / "zig-cache"),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise VerifyError(
            f"the exported header does not compile: {done.stderr.strip()[:500]}",
            where=f"zig for {core.name}",
        )
    return output


def _linker_flags(core: Core, folder: Path, entries: Sequence[str]) -> list[str]:
    if core.architecture == "wasm":
        return ["-Wl,--no-entry", *(f"-Wl,--export={entry}" for entry in entries)]
    script = folder / "link.ld"
    script.write_text(LINKER_SCRIPT)
    kept = [f"-Wl,-u,{entry}" for entry in entries]
    return ["-T", str(script), "-Wl,--gc-sections", f"-Wl,-e,{entries[0]}", *kept]


@cache
def _cache_folder() -> Path:
    """Where libraries stay compiled: the user's cache, or a temporary folder where it's closed."""
    chosen = os.environ.get("ZIG_GLOBAL_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "wann-edge" / "zig"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.gettempdir()) / f"wann-edge-zig-{os.getuid()}"
