"""``wann-edge show``: the front of a run, or a network."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from rich.markup import escape

from wann_edge.cli.show import console, print_scores, table
from wann_edge.errors import SettingsError
from wann_edge.evaluate import Scores
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.network.channels import Input, Output
from wann_edge.search import front
from wann_edge.search.complexity import COUNTS
from wann_edge.search.record import RUN
from wann_edge.system.jsonfile import short

_SCORES = TypeAdapter(Scores)


def run_show(path: Path, connections: int | None, output: Path | None, *, as_json: bool) -> int:
    """Prints a front, one network of it, or a network's file."""
    if connections is None and output is not None:
        raise SettingsError("which network?", where="--output", remedy="say it by --connections")
    if path.is_dir():
        found = front_of(path)
        if connections is None:
            return _show_front(found, path, as_json=as_json)
        network = picked(found, path, connections)
    elif connections is None:
        network = network_file.load(path)
    else:
        raise SettingsError(
            "is not a folder", where=str(path), remedy="--connections takes from a run's folder"
        )
    if output is None:
        return _show_network(network, path, as_json=as_json)
    network_file.save(network, output)
    print(f"{output}: {len(network.edges)} connections, {network.hidden_count} hidden nodes")
    return 0


def front_of(folder: Path) -> front.Front:
    """The front of a run's folder. Raises SettingsError where there is none."""
    if (folder / front.NAME).exists():
        return front.load(folder / front.NAME)
    if (folder / RUN).exists():
        raise SettingsError(
            "the run has not ended, so there is no front yet",
            where=str(folder),
            remedy=f"wait, or if it was broken off: wann-edge search --resume {folder}",
        )
    raise SettingsError(
        "holds no run", where=str(folder), remedy="name the folder that a search wrote to"
    )


def picked(found: front.Front, folder: Path, connections: int) -> Network:
    """The front's best network with so many connections. Raises SettingsError without one."""
    fitting = [e.network for e in found.entries if len(e.network.edges) == connections]
    if fitting:
        return fitting[-1]
    there_are = sorted({len(entry.network.edges) for entry in found.entries})
    raise SettingsError(
        f"its front has no network with {connections} connections",
        where=str(folder),
        remedy=f"there are {', '.join(map(str, there_are))}",
    )


def scores_in(network: Network) -> Scores | None:
    """The scores that its search noted; None where there are none that can be read."""
    try:
        scores = _SCORES.validate_python(network.provenance.get("scores"))
    except ValidationError:
        return None
    return scores if scores.per_weight else None


def _show_front(found: front.Front, folder: Path, *, as_json: bool) -> int:
    rows = [_row(entry) for entry in found.entries]
    if as_json:
        document = {"run": str(folder), "complexity": found.complexity, "networks": rows}
        print(json.dumps(document, indent=2))
        return 0
    counted = found.complexity in COUNTS
    made = table("connections", "nodes", *([] if counted else ["complexity"]))
    made.columns[0].justify = "right"
    for column in ("mean reward", "best weight", "reward there"):
        made.add_column(column, justify="right")
    for row in rows:
        sizes = [str(row["connections"]), str(row["nodes"])]
        cost = [] if counted else [f"{row['complexity']:.0f}"]
        best = "-" if row["best_mean"] is None else f"{row['best_mean']:.1f}"
        made.add_row(*sizes, *cost, f"{row['mean']:.1f}", f"{row['best_weight']:g}", best)
    title = f"{folder}: the best networks by {short(found.complexity)}, the champion last"
    console.print(title, style="bold", markup=False)
    console.print(made)
    print(f"take one: wann-edge show {folder} --connections N -o net.json")
    return 0


def _row(entry: front.Entry) -> dict[str, float | None]:
    scores = scores_in(entry.network)
    return {
        "connections": len(entry.network.edges),
        "nodes": entry.network.node_count,
        "complexity": entry.complexity,
        "mean": entry.mean,
        "best_weight": entry.network.shared_weight,
        "best_mean": None if scores is None else scores.best.mean,
    }


def _show_network(network: Network, path: Path, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"network": str(path), **_document(network)}, indent=2))
        return 0
    console.print(str(path), style="bold", markup=False)
    made = table("", "")
    made.show_header = False
    made.columns[1].justify = "left"
    made.columns[1].no_wrap = False
    for name, value in _facts(network):
        made.add_row(escape(name), escape(short(value)))
    console.print(made)
    scores = scores_in(network)
    if scores is not None:
        print_scores(scores, f"when tested, {scores.episodes} episodes a weight")
    return 0


def _document(network: Network) -> dict[str, object]:
    """What a machine may want to know of a network without reading its edges."""
    scores = scores_in(network)
    return {
        "task": network.task,
        "control_period_s": network.control_period_s,
        "inputs": [channel.name for channel in network.inputs],
        "outputs": [channel.name for channel in network.outputs],
        "connections": len(network.edges),
        "nodes": network.node_count,
        "hidden": network.hidden_count,
        "activations": dict(Counter(network.activations).most_common()),
        "shared_weight": network.shared_weight,
        "single_weights": network.weights is not None,
        "scores": None if scores is None else asdict(scores),
        "provenance": dict(network.provenance),
    }


def _facts(network: Network) -> list[tuple[str, str]]:
    used = Counter(network.activations).most_common()
    period_s = network.control_period_s
    single = "" if network.weights is None else ", times one of its own for each connection"
    facts = [
        ("task", network.task or "-"),
        ("control period", "-" if period_s is None else f"{period_s:g} s"),
        ("inputs", _names(network.inputs)),
        ("outputs", _names(network.outputs)),
        ("connections", str(len(network.edges))),
        ("nodes", f"{network.node_count}, of these {network.hidden_count} hidden"),
        ("activations", ", ".join(f"{name} {count}" for name, count in used)),
        ("shared weight", f"{network.shared_weight:g}{single}"),
    ]
    return facts + [(k, _brief(v)) for k, v in network.provenance.items() if k != "scores"]


def _names(channels: tuple[Input, ...] | tuple[Output, ...]) -> str:
    return ", ".join(f"{c.name} [{c.unit}]" if c.unit else c.name for c in channels)


def _brief(value: object) -> str:
    """What provenance says, where it fits a line or two."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict) and short(text) != text:
        return f"{len(value)} of them, which --json shows"
    return text
