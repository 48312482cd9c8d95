"""Zig's clang, from the extra ``emu`` on PyPI: one compiler for all cores, on every host."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from wann_edge.errors import ExportError
from wann_edge.system.keeper import run_program, scratch_folder
from wann_edge.system.private_folders import user_cache

INSTALL = 'pip install "wann-edge[emu]"'
FLAGS = (
    *("-ffreestanding", "-nostdlib", "-lcompiler_rt"),
    *("-fno-stack-protector", "-fno-unwind-tables", "-fno-asynchronous-unwind-tables"),
)
WASM_FLAGS = ("-target", "wasm32-freestanding", "-mcpu=generic")


def command(flags: Sequence[str]) -> list[str]:
    """Return the command that compiles and links with these flags, without host libraries."""
    return [sys.executable, "-m", "ziglang", "cc", *flags, *FLAGS]


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of the command.

    Args:
        folder: where the compiler keeps what only this compilation needs.

    The first compilation for a core takes seconds, because the compiler builds the core's
    library; later ones find it in the user's cache.
    """
    caches = {
        "ZIG_GLOBAL_CACHE_DIR": str(_cache_folder()),
        "ZIG_LOCAL_CACHE_DIR": str(folder / "zig-cache"),
    }
    return {**os.environ, **caches}


def wasm_module(sources: Mapping[str, bytes], flags: Sequence[str]) -> bytes:
    """Compile C sources to a WebAssembly module; the caller checks that Zig is installed.

    Args:
        sources: the text of each file by its name; the first file includes the others.
        flags: further flags of the compiler.

    Raises:
        ExportError: the sources do not compile.
    """
    with scratch_folder() as folder:
        for source, text in sources.items():
            (folder / source).write_bytes(text)
        made = command(
            [*WASM_FLAGS, *flags, "-Wl,--no-entry", "-o", "module.wasm", next(iter(sources))]
        )
        done = run_program(made, folder=folder, environment=environment(folder))
        if done.code != 0:
            raise ExportError(
                f"does not compile: {done.stderr.strip()[:500]}",
                where="zig",
                remedy="check that ziglang is the version that wann-edge[emu] installs",
            )
        return (folder / "module.wasm").read_bytes()


@cache
def _cache_folder() -> Path:
    """The folder for compiled libraries: the user's cache, or a new one for this process."""
    chosen = os.environ.get("ZIG_GLOBAL_CACHE_DIR")
    folder = Path(chosen) if chosen else user_cache("zig")
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="wann-edge-zig-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
