"""The numpy module, imported here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np

from helpers.format_runners import MARK, OTHER, Contract, replaced, write_files
from helpers.format_runners.stated import stated_contract
from wann_edge.exporters import Files
from wann_edge.exporters.decimals import decimal64
from wann_edge.exporters.languages.numpy_module import KEYWORDS
from wann_edge.kernel import Floats


class BuiltModule:
    """A module of functions on batches."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """All rows but those of the network's own weight in one call, and those in another."""
        own = weights == np.float32(self._module.SHARED_WEIGHT)
        actions: Floats = np.empty((len(weights), self._module.OUTPUTS), np.float32)
        actions[own] = self._module.step(observations[own])
        actions[~own] = self._module.step(observations[~own], weights[~own])
        if len(weights):
            first = self._module.step(observations[0].tolist(), float(weights[0]))
            assert first.tobytes() == actions[0].tobytes(), "one observation as a list"
        return actions

    def selftest(self) -> int | None:
        """The golden vectors that differ."""
        return int(self._module.selftest())

    def contract(self) -> Contract:
        """The module's dictionary."""
        return stated_contract(self._module.CONTRACT)


class _Numpy:
    tolerance = 0.0
    keywords = KEYWORDS
    most_rows = 2000

    def require(self) -> None:
        """Nothing: numpy comes with the package."""

    def build(self, files: Files, name: str, workdir: Path) -> BuiltModule:
        """Imported from its file; it may import nothing of this package."""
        write_files(files, workdir)
        assert b"wann_edge" not in files[f"{name}.py"]
        spec = importlib.util.spec_from_file_location(name, workdir / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert name not in sys.modules
        return BuiltModule(module)

    def tampered(self, files: Files) -> Files:
        """In the code; the golden vectors stay."""
        return replaced(files, f"f32({decimal64(MARK)})", f"f32({OTHER})")


NUMPY = _Numpy()
