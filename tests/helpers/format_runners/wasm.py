"""The WebAssembly module in wasmtime."""

from __future__ import annotations

import json
import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from helpers.format_runners import MARK, OTHER, Contract
from helpers.format_runners.stated import stated_contract
from helpers.parts import missing
from wann_edge.exporters import Files
from wann_edge.exporters.c.text import KEYWORDS
from wann_edge.exporters.languages.wasm_module import SECTION
from wann_edge.kernel import Floats
from wann_edge.system.zig import INSTALL


class BuiltWasm:
    """An instance, which imports nothing."""

    def __init__(self, module: bytes) -> None:
        import wasmtime  # noqa: PLC0415

        engine = wasmtime.Engine()
        self._store = wasmtime.Store(engine)
        instance = wasmtime.Instance(self._store, wasmtime.Module(engine, module), [])
        self._exports = instance.exports(self._store)
        self._memory = self._exports["memory"]
        self._seen, self._given = (
            self._exports[name].value(self._store) for name in ("observation", "action")
        )
        self._stated = json.loads(custom_section(module, SECTION))

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """Row by row, through the module's own room."""
        size = 4 * len(self._stated["outputs"])
        own = np.float32(self._stated["shared_weight"])
        step, with_weight = (self._exports[name] for name in ("step", "step_with_weight"))
        actions = []
        for seen, weight in zip(observations, weights, strict=True):
            self._memory.write(self._store, seen.astype("<f4").tobytes(), self._seen)
            if weight == own:
                step(self._store, self._seen, self._given)
            else:
                with_weight(self._store, self._seen, float(weight), self._given)
            actions.append(bytes(self._memory.read(self._store, self._given, self._given + size)))
        found: Floats = np.frombuffer(b"".join(actions), "<f4").reshape(len(weights), -1)
        return found

    def selftest(self) -> int | None:
        """The golden vectors that differ."""
        return int(self._exports["selftest"](self._store))

    def contract(self) -> Contract:
        """The custom section."""
        return stated_contract(self._stated)


class _Wasm:
    tolerance = 0.0
    keywords = KEYWORDS
    most_rows = 300

    def require(self) -> None:
        """Zig to write a module, wasmtime to run it."""
        absent = [name for name in ("ziglang", "wasmtime") if find_spec(name) is None]
        if absent:
            missing("emu", f"not installed: {', '.join(absent)}: {INSTALL}")

    def build(self, files: Files, name: str, workdir: Path) -> BuiltWasm:
        """Compiled by the engine."""
        return BuiltWasm(files[f"{name}.wasm"])

    def tampered(self, files: Files) -> Files:
        """The constant in the code; the golden vectors stay."""
        ((path, module),) = files.items()
        mark, other = (b"\x43" + struct.pack("<f", value) for value in (MARK, OTHER))  # f32.const
        assert module.count(mark) >= 1
        return {path: module.replace(mark, other)}


def custom_section(module: bytes, name: str) -> bytes:
    """The content of a custom section, found as an engine finds it."""
    at = 8
    while at < len(module):
        number = module[at]
        size, at = _length(module, at + 1)
        letters, start = _length(module, at)
        if number == 0 and module[start : start + letters] == name.encode():
            return module[start + letters : at + size]
        at += size
    raise AssertionError(f"no section {name}")


def _length(module: bytes, at: int) -> tuple[int, int]:
    size, shift = 0, 0
    while True:
        size |= (module[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if module[at - 1] < 0x80:
            return size, at


WASM = _Wasm()
