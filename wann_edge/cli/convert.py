"""``wann-edge import`` and ``wann-edge export``."""

from __future__ import annotations

import re
from pathlib import Path

from wann_edge.cli.fixed import EPISODES, fixed_network
from wann_edge.errors import SettingsError
from wann_edge.exporters import Optimize, exporter_of, format_for_suffix
from wann_edge.fixed_point.precision import MAX_LOSS
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.network.published import read_published
from wann_edge.system.files import write_folder, write_whole
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
    network_file.save(network, output)
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
    dtype: str | None,
    optimize: Optimize,
    *,
    force: bool,
) -> int:
    """Writes a network in another format, or in other numbers."""
    ending = "" if output is None else output.suffix
    exporter = exporter_of(format or format_for_suffix(ending), optimize)
    place = output or file.with_suffix(exporter.suffix)
    usual = "float" if "float" in exporter.numbers else "auto"
    network, loss = in_numbers(network_file.load(file), dtype or usual)
    files = exporter.files(network, identifier(place.stem) if name is None else name)
    size_bytes = sum(map(len, files.values()))
    print(loss, end="")
    if exporter.suffix:
        (content,) = files.values()
        write_whole(place, content)
        print(f"{place}: {size_bytes} bytes")
    else:
        write_folder(place, files, force=force)
        print(f"{place}: {len(files)} files, {size_bytes} bytes")
    return 0


def in_numbers(network: Network, dtype: str) -> tuple[Network, str]:
    """The network as --dtype says, and of "auto", which must be good enough, a line of its cost."""
    task = None if dtype == "float" or network.task is None else load_task(network.task)
    fixed = fixed_network(network, dtype, task, EPISODES, 0, MAX_LOSS)
    if fixed is None:
        return network, ""
    chosen, cost = fixed
    if dtype == "auto":
        if not cost.ok:
            raise SettingsError(
                f"fixed point costs {cost.loss:.1%}, more than {cost.max_loss:.1%}",
                where="--dtype auto",
                remedy="use --dtype float, or name the words to have it anyway",
            )
        lost = f"{round(cost.loss, 4) + 0.0:.2%} lost of {cost.max_loss:.0%} allowed"
        return chosen, f"{cost.dtype}: {lost}\n"
    return chosen, ""


def identifier(text: str) -> str:
    """A C identifier made of a file's name."""
    made = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    return made if made[:1].isalpha() else f"policy_{made}".rstrip("_")
