"""wann-edge: search weight agnostic networks, export them, and prove the exports.

The names below are the public API. Each is imported on first use, so ``import wann_edge`` is
quick and needs no simulator, onnx or onnxruntime.
"""

from __future__ import annotations

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from wann_edge.errors import WannError
    from wann_edge.evaluate import PAPER_WEIGHTS, Scores, score
    from wann_edge.exporters import export, export_files
    from wann_edge.fixed_point.precision import in_fixed_point
    from wann_edge.network import Input, Network, Output
    from wann_edge.network.file import load, save
    from wann_edge.search.population import Population
    from wann_edge.search.run import run_search
    from wann_edge.search.settings import Settings
    from wann_edge.task import load_task
    from wann_edge.verify.proof import prove

__all__ = [
    "PAPER_WEIGHTS",
    "Input",
    "Network",
    "Output",
    "Population",
    "Scores",
    "Settings",
    "WannError",
    "export",
    "export_files",
    "in_fixed_point",
    "load",
    "load_task",
    "prove",
    "run_search",
    "save",
    "score",
]

_HOMES = {
    "PAPER_WEIGHTS": "evaluate",
    "Input": "network",
    "Network": "network",
    "Output": "network",
    "Population": "search.population",
    "Scores": "evaluate",
    "Settings": "search.settings",
    "WannError": "errors",
    "export": "exporters",
    "export_files": "exporters",
    "in_fixed_point": "fixed_point.precision",
    "load": "network.file",
    "load_task": "task",
    "prove": "verify.proof",
    "run_search": "search.run",
    "save": "network.file",
    "score": "evaluate",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'wann_edge' has no attribute {name!r}")
    return getattr(_import_module(f"wann_edge.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
