"""Zig's clang, from PyPI by the extra ``emu``: one compiler for all cores, on every host."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from wann_edge.errors import ExportError

INSTALL = 'pip install "wann-edge[emu]"'
FLAGS = (
    *("-ffreestanding", "-nostdlib", "-lcompiler_rt"),
    *("-fno-stack-protector", "-fno-unwind-tables", "-fno-asynchronous-unwind-tables"),
)
WASM_FLAGS = ("-target", "wasm32-freestanding", "-mcpu=generic")


def command(flags: Sequence[str]) -> list[str]:
    """The command that compiles and links with these flags, without host libraries."""
    return [sys.executable, "-m", "ziglang", "cc", *flags, *FLAGS]


def environment(folder: Path) -> dict[str, str]:
    """The command's environment. folder: for what is compiled only once.

    The first compilation for a core takes seconds, for its library is built; then it is in
    the user's cache.
    """
    caches = {
        "ZIG_GLOBAL_CACHE_DIR": str(_cache_folder()),
        "ZIG_LOCAL_CACHE_DIR": str(folder / "zig-cache"),
    }
    return {**os.environ, **caches}


def wasm_module(sources: Mapping[str, bytes], flags: Sequence[str]) -> bytes:
    """A WebAssembly module of C sources (name to text), the first of which includes the others.

    Raises ExportError where it does not compile. Zig itself is a need of the caller's.
    """
    with tempfile.TemporaryDirectory(prefix="wann-edge-") as name:
        folder = Path(name)
        for source, text in sources.items():
            (folder / source).write_bytes(text)
        made = command(
            [*WASM_FLAGS, *flags, "-Wl,--no-entry", "-o", "module.wasm", next(iter(sources))]
        )
        done = subprocess.run(
            made, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ExportError(f"does not compile: {done.stderr.strip()[:500]}", where="zig")
        return (folder / "module.wasm").read_bytes()


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
