"""``wann-edge import`` and ``wann-edge export``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from wann_edge import netfile
from wann_edge.errors import SettingsError
from wann_edge.exporters import Exporter
from wann_edge.files import write_whole
from wann_edge.published import read_published
from wann_edge.registry import load, registered
from wann_edge.task import load_task


def run_import(
    file: Path,
    inputs: int,
    outputs: int,
    output: Path,
    weights: Path | None,
    bias: float,
    task: str | None,
) -> int:
    """Reads a published network and writes it as a network file."""
    spec = None if task is None else load_task(task).spec
    network = read_published(
        file, inputs=inputs, outputs=outputs, weights_path=weights, bias=bias, task=spec
    )
    netfile.save(network, output)
    print(
        f"{output}: {network.node_count} nodes ({network.hidden_count} hidden), "
        f"{len(network.edges)} connections"
    )
    return 0


def run_export(file: Path, format: str | None, output: Path | None, name: str | None) -> int:
    """Writes a network in another format."""
    chosen = format or _format_of(output)
    exporter = cast("type[Exporter]", load("exporters", chosen))()
    place = output or file.with_suffix(exporter.suffix)
    content = exporter.export(netfile.load(file), name or identifier(place.stem))
    write_whole(place, content)
    print(f"{place}: {len(content)} bytes")
    return 0


def _format_of(output: Path | None) -> str:
    """The format whose files end as this one does."""
    names = sorted(registered("exporters"))
    for name in names:
        exporter = cast("type[Exporter]", load("exporters", name))
        if output is not None and output.suffix == exporter.suffix:
            return name
    raise SettingsError("the format is not known", remedy=f"say --format {' or '.join(names)}")


def identifier(text: str) -> str:
    """A C identifier made of a file's name."""
    made = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    return made if made[:1].isalpha() else f"policy_{made}".rstrip("_")
