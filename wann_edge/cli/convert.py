"""``wann-edge import`` and ``wann-edge export``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from wann_edge import netfile
from wann_edge.cli.fixed import EPISODES, fixed_network
from wann_edge.errors import SettingsError
from wann_edge.exporters import Exporter
from wann_edge.exporters.c import CHeader
from wann_edge.files import write_whole
from wann_edge.formats import Optimize
from wann_edge.network import Network
from wann_edge.precision import MAX_LOSS
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


def run_export(
    file: Path,
    format: str | None,
    output: Path | None,
    name: str | None,
    dtype: str,
    optimize: Optimize,
) -> int:
    """Writes a network in another format, or in other numbers."""
    chosen = format or _format_of(output)
    kind = load("exporters", chosen)
    exporter = CHeader(optimize) if kind is CHeader else cast("type[Exporter]", kind)()
    place = output or file.with_suffix(exporter.suffix)
    network = _in_numbers(netfile.load(file), dtype)
    content = exporter.export(network, name or identifier(place.stem))
    write_whole(place, content)
    print(f"{place}: {len(content)} bytes")
    return 0


def _in_numbers(network: Network, dtype: str) -> Network:
    """The network as --dtype says; of "auto", which must be good enough, the cost is said."""
    task = None if dtype == "float" or network.task is None else load_task(network.task)
    fixed = fixed_network(network, dtype, task, EPISODES, 0, MAX_LOSS)
    if fixed is None:
        return network
    chosen, cost = fixed
    if dtype == "auto":
        if not cost.ok:
            raise SettingsError(
                f"fixed point costs {cost.loss:.1%}, more than {cost.max_loss:.1%}",
                where="--dtype auto",
                remedy="use --dtype float, or name the words to have it anyway",
            )
        print(f"{cost.dtype}: {round(cost.loss, 4) + 0.0:.2%} lost of {cost.max_loss:.0%} allowed")
    return chosen


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
