"""Runners build and run each export format for tests/exporters/test_formats.py.

RUNNERS names the module of each format. To add a format, see CONTRIBUTING.md.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

from helpers.parts import missing
from wann_edge.exporters import Files
from wann_edge.kernel import Floats
from wann_edge.network import Input, Network, Output

# Format -> "module:attribute" of its runner, below format_runners.
RUNNERS = {
    "c": "c:C",
    "c-fixed": "c:C",
    "onnx": "onnx:ONNX",
    "arduino": "arduino:ARDUINO",
    "platformio": "folders:PLATFORMIO",
    "zephyr": "folders:ZEPHYR",
    "micropython": "node:MICROPYTHON_MODULE",
    "rust": "rust:RUST",
    "wasm": "wasm:WASM",
    "js": "node:JS",
    "numpy": "python:NUMPY",
}

# The single weight that a runner's ``tampered`` replaces: 15 bits after the point, so
# that text, floats and words of fixed point all hold it exactly.
MARK, OTHER = 0.710968017578125, 0.8125


class Contract(NamedTuple):
    """What an artefact states. Channels are without scaling: offset 0, scale 1."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    control_period_s: float | None
    shared_weight: float


class Built(Protocol):
    """An artefact, built and ready to run."""

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """Actions [n, outputs] for observations [n, inputs] and shared weights [n], float32.

        A row whose weight is the artefact's own runs without naming one, where it can.
        """
        ...

    def selftest(self) -> int | None:
        """The golden vectors that differ; None where the format has none."""
        ...

    def contract(self) -> Contract:
        """What the artefact says of itself, read back from it."""
        ...


class Runner(Protocol):
    """How a format's artefacts are built.

    tolerance: 0 where the kernel's bits are promised, else the largest difference, as a
    share of the output's range. keywords: names that the language keeps for itself.
    most_rows: rows that ``forward`` is given at most, where it is slow.
    """

    tolerance: float
    keywords: Collection[str]
    most_rows: int

    def require(self) -> None:
        """Skips the test, or fails it, where a part is missing: ``conftest.missing``."""
        ...

    def build(self, files: Files, name: str, workdir: Path) -> Built:
        """Writes the files below an empty folder and builds what is in them."""
        ...

    def tampered(self, files: Files) -> Files:
        """The files of ``test_formats.marked()`` with its weight MARK replaced by OTHER."""
        ...


def runner_of(format: str) -> Runner:
    """The runner of a format."""
    module, _, attribute = RUNNERS[format].partition(":")
    found: Runner = getattr(import_module(f"helpers.format_runners.{module}"), attribute)
    return found


def write_files(files: Files, folder: Path) -> None:
    """Writes an export below a folder."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def require_tools(part: str, install: str, tools: Sequence[str]) -> None:
    """Skips or fails unless these programs are there. part: as WANN_REQUIRE names it."""
    absent = [tool for tool in tools if shutil.which(tool) is None]
    if absent:
        missing(part, f"not installed: {', '.join(absent)}: {install}")


def replaced(files: Files, old: str, new: str) -> Files:
    """The files with a text replaced in each that has it, which one at least does."""
    changed = {path: content.replace(old.encode(), new.encode()) for path, content in files.items()}
    assert changed != dict(files), f"{old!r} is in none of {', '.join(files)}"
    return changed


def contract_of(network: Network) -> Contract:
    """What an artefact of this network is to say of itself."""
    inputs = tuple(replace(channel, offset=0.0, scale=1.0) for channel in network.inputs)
    outputs = tuple(replace(channel, offset=0.0, scale=1.0) for channel in network.outputs)
    return Contract(inputs, outputs, network.control_period_s, network.shared_weight)
