"""The command ``wann-edge show``."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.arguments import front_in
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.held_report import HeldReward, counted, fresh_document
from wann_edge.cli.options import MAX_EPISODES, Json, RunOrFile, Seed, TaskName
from wann_edge.cli.output_file import OutputFile, file_option, output_or_stdout
from wann_edge.cli.tables import (
    fresh_cells,
    print_json,
    print_scores,
    print_table,
    print_title,
    say,
    table,
)
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.cli.held_report import CountedEpisodes
    from wann_edge.evaluate import Scores
    from wann_edge.network import Input, Network, Output
    from wann_edge.robustness.fresh import Fresh
    from wann_edge.search.front import Front, FrontEntry

EXAMPLE = "my-run --connections 21 -o small.json"


_Connections = Annotated[
    int | None,
    typer.Option(min=0, help="Take the front's best network with this many connections."),
]
_Episodes = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MAX_EPISODES,
        help="Fresh episodes of each network, for its worst one and those that are held. "
        "Default: 100 for a task that the kernel simulates, else none.",
    ),
]
_Output = Annotated[
    OutputFile | None,
    file_option(
        "--output",
        "-o",
        help="Write that network to this file, or to standard output for -.",
        parser=output_or_stdout,
    ),
]


def command(
    path: RunOrFile,
    connections: _Connections = None,
    output: _Output = None,
    task: TaskName = None,
    held: HeldReward = None,
    episodes: _Episodes = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Show the front of a run, ever larger networks with ever more reward, or one network.

    Of a network it shows the size, the activations, the provenance, and the scores from its
    search; of each network the worst of some fresh episodes with its seed, and how many are
    held, such as those in which the pole stands at the end.
    """
    from wann_edge.network import file as network_file

    if connections is None and output is not None:
        raise SettingsError(
            "no network is chosen to be written",
            where="--output",
            remedy="choose one with --connections",
        )
    if path.is_dir():
        front = front_in(path)
        if connections is None:
            networks = [entry.network for entry in front.entries]
            found = counted(networks, task, held, episodes, seed)
            return _show_front(front, path, found, as_json=as_json)
        network = picked(front, path, connections)
    elif connections is None:
        network = network_file.load(path)
    else:
        raise SettingsError(
            "not a folder", where=str(path), remedy="use --connections with a run folder"
        )
    if output is None:
        found = counted([network], task, held, episodes, seed)
        return _show_network(network, path, found, as_json=as_json)
    network_file.save(network, output.path)
    size = f"{len(network.edges)} connections, {network.hidden_count} hidden nodes"
    output.report(f"{output}: {size}{output.note}")
    return ExitCode.OK


def picked(front: Front, folder: Path, connections: int) -> Network:
    """Pick the front's best network with this many connections.

    Raises:
        SettingsError: the front has no such network; the message lists the numbers it has.
    """
    fitting = [e.network for e in front.entries if len(e.network.edges) == connections]
    if fitting:
        return fitting[-1]
    sizes = sorted({len(entry.network.edges) for entry in front.entries})
    raise SettingsError(
        f"its front has no network with {connections} connections",
        where=str(folder),
        remedy=f"choose one of {', '.join(map(str, sizes))}",
    )


def scores_in(network: Network) -> Scores | None:
    """Read the scores that the search noted in a network; None where there are no valid ones."""
    from pydantic import TypeAdapter, ValidationError

    from wann_edge.evaluate import Scores

    try:
        scores = TypeAdapter(Scores).validate_python(network.provenance.get("scores"))
    except ValidationError:
        return None
    return scores if scores.per_weight else None


def _show_front(front: Front, folder: Path, found: CountedEpisodes, *, as_json: bool) -> ExitCode:
    from wann_edge.search.complexity import COUNTS
    from wann_edge.system.jsonfile import short

    rows = [_row(entry) for entry in front.entries]
    if as_json:
        told = [row | fresh_document(one) for row, one in zip(rows, found.fresh, strict=True)]
        document = {
            "run": str(folder),
            "complexity": front.complexity,
            "held_when": found.when,
            "networks": told,
        }
        print_json(document)
        return ExitCode.OK
    counted = front.complexity in COUNTS
    made = table("connections", "nodes", *([] if counted else ["complexity"]))
    made.columns[0].justify = "right"
    for column in ("mean reward", "best weight", "reward there", "worst", "its seed", "held"):
        made.add_column(column, justify="right")
    for row, fresh in zip(rows, found.fresh, strict=True):
        sizes = [str(row["connections"]), str(row["nodes"])]
        cost = [] if counted else [f"{row['complexity']:.0f}"]
        best = "-" if row["best_mean"] is None else f"{row['best_mean']:.1f}"
        made.add_row(
            *sizes,
            *cost,
            f"{row['mean']:.1f}",
            f"{row['best_weight']:g}",
            best,
            *fresh_cells(fresh),
        )
    print_title(f"{folder}: the best networks by {short(front.complexity)}, the champion last")
    print_table(made)
    say(found.line)
    say(f"take one: wann-edge show {folder} --connections N -o net.json")
    return ExitCode.OK


def _row(entry: FrontEntry) -> dict[str, float | None]:
    scores = scores_in(entry.network)
    return {
        "connections": len(entry.network.edges),
        "nodes": entry.network.node_count,
        "complexity": entry.complexity,
        "mean": entry.mean,
        "best_weight": entry.network.shared_weight,
        "best_mean": None if scores is None else scores.best.mean,
    }


def _show_network(
    network: Network, path: Path, found: CountedEpisodes, *, as_json: bool
) -> ExitCode:
    from rich.markup import escape

    from wann_edge.system.jsonfile import short

    (fresh,) = found.fresh
    if as_json:
        held = {"held_when": found.when, **fresh_document(fresh)}
        print_json({"network": str(path), **_document(network), **held})
        return ExitCode.OK
    print_title(str(path))
    made = table("", "")
    made.show_header = False
    made.columns[1].justify = "left"
    made.columns[1].no_wrap = False
    for name, value in [*_facts(network), *_held_facts(fresh)]:
        made.add_row(escape(name), escape(short(value)))
    print_table(made)
    say(found.line)
    scores = scores_in(network)
    if scores is not None:
        print_scores(scores, f"from its search, {scores.episodes} episodes for each weight")
    return ExitCode.OK


def _document(network: Network) -> dict[str, object]:
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
    """The rows of the table, name and value: what the network is, then its provenance."""
    used = Counter(network.activations).most_common()
    period_s = network.control_period_s
    single = "" if network.weights is None else ", multiplied by a single weight per connection"
    facts = [
        ("task", network.task or "-"),
        ("control period", "-" if period_s is None else f"{period_s:g} s"),
        ("inputs", _names(network.inputs)),
        ("outputs", _names(network.outputs)),
        ("connections", str(len(network.edges))),
        ("nodes", f"{network.node_count}, {network.hidden_count} of them hidden"),
        ("activations", ", ".join(f"{name} {count}" for name, count in used)),
        ("shared weight", f"{network.shared_weight:g}{single}"),
    ]
    return facts + [(k, _brief(v)) for k, v in network.provenance.items() if k != "scores"]


def _held_facts(fresh: Fresh | None) -> list[tuple[str, str]]:
    """The rows of fresh episodes; none where they were not run."""
    if fresh is None:
        return []
    worst, seed, held = fresh_cells(fresh)
    return [("worst", f"{worst} (seed {seed})"), ("held", held)]


def _names(channels: tuple[Input, ...] | tuple[Output, ...]) -> str:
    return ", ".join(f"{c.name} [{c.unit}]" if c.unit else c.name for c in channels)


def _brief(value: object) -> str:
    """A value of the provenance, or where it is long, how many entries it has."""

    from wann_edge.system.jsonfile import short

    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict) and short(text) != text:
        return f"{len(value)} entries; --json shows them"
    return text
