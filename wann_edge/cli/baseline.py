"""The command ``wann-edge baseline``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.arguments import named_task, print_notes, with_arguments
from wann_edge.cli.choices import BASELINES, listed
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.held_report import HeldReward
from wann_edge.cli.options import (
    TASK,
    Disturb,
    EnvArgs,
    Json,
    PeriodOption,
    Quiet,
    ScaleOption,
    Seed,
    TuningLimit,
)
from wann_edge.cli.output_file import OutputFile, file_option
from wann_edge.cli.parsing import parse_layers, parse_time_limit_s
from wann_edge.cli.tables import print_table, print_title, say, table
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.baselines.kinds import Choices
    from wann_edge.baselines.paper import ModeScore
    from wann_edge.network import Network
    from wann_edge.task import Task
    from wann_edge.task.scaling import Scale

EXAMPLE = "furuta --kind linear,lqr --time-limit 20s --out baselines"

# Fresh episodes for each mode.
EPISODES = 100


_Kinds = Annotated[
    str | None,
    typer.Option(
        "--kind",
        help=f"Tune controllers of these kinds, several separated by commas: {listed(BASELINES)}. "
        "Default: a dense network, measured in the paper's four modes.",
    ),
]
_Layers = Annotated[
    str, typer.Option(help="Sizes of the hidden layers of a dense network, such as 10 or 10,10.")
]
_NoBias = Annotated[bool, typer.Option("--no-bias", help="A linear network without a bias.")]
_Pairs = Annotated[
    list[str] | None,
    typer.Option(
        "--pair",
        metavar="INPUT:OUTPUT",
        help="For a PID controller: an input that an output controls; can be repeated. Its "
        "derivative and integral are found among the other inputs, or named: "
        "INPUT,DERIVATIVE,INTEGRAL:OUTPUT.",
    ),
]
_Evaluations = Annotated[
    int | None,
    typer.Option(min=1, max=10**9, help="With --kind: try at most this many candidates of each."),
]
_Output = Annotated[
    OutputFile | None,
    file_option("--output", "-o", help="Write the tuned network to this file."),
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", help="With --kind: write a file of each kind to this folder."),
]


def command(
    task: Annotated[str, TASK],
    kind: _Kinds = None,
    layers: _Layers = "10",
    no_bias: _NoBias = False,
    pair: _Pairs = None,
    disturb: Disturb = None,
    held: HeldReward = None,
    evaluations: _Evaluations = None,
    time_limit: TuningLimit = None,
    seed: Seed = 0,
    scale: ScaleOption = None,
    env_arg: EnvArgs = None,
    dt: PeriodOption = None,
    output: _Output = None,
    out: _Out = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> int:
    """Tune the controllers that a control engineer tries first, to compare a search with.

    Each kind is tuned by CMA-ES with the same budget, on the same episodes and under the same
    disturbances, and measured on fresh episodes. All are network files, which every other
    command takes.

    Without --kind, a dense network is measured in the paper's four modes, which are those of
    wann-edge evaluate --mode; hidden layers are tanh, outputs are linear, each node has a bias.
    """
    from wann_edge.cli.baseline_kinds import TuningOrder, parse_kinds, run_kinds

    limit_s, sizes = parse_time_limit_s(time_limit), parse_layers(layers)
    if kind is None:
        _check_modes(
            disturb=disturb,
            pair=pair or None,
            evaluations=evaluations,
            out=out,
            json=as_json or None,
        )
    kinds = None if kind is None else parse_kinds(kind)
    task = with_arguments(task, env_arg or (), dt)
    world = _world(task, scale, seed)
    if kinds is None:
        return _run_modes(task, world, sizes, seed, limit_s, output, quiet=quiet)
    order = TuningOrder(
        seed=seed,
        disturb=disturb,
        evaluations=evaluations,
        time_limit_s=limit_s,
        held=held,
        output=output,
        folder=None if out is None else out.absolute(),
    )
    choices = _choices(sizes, seed, pair or (), bias=not no_bias)
    return run_kinds(world, kinds, choices, order, quiet=quiet, as_json=as_json)


def _check_modes(**given: object) -> None:
    """Raise SettingsError if an option that needs --kind was given without it."""
    for name, value in given.items():
        if value is not None:
            raise SettingsError(
                "needs --kind", where=f"--{name}", remedy="name kinds, such as --kind linear"
            )


def _choices(layers: list[int], seed: int, pairs: Sequence[str], *, bias: bool) -> Choices:
    from wann_edge.baselines.kinds import Choices
    from wann_edge.cli.baseline_kinds import parse_pair

    return Choices(layers=tuple(layers), bias=bias, pairs=tuple(map(parse_pair, pairs)), seed=seed)


def _world(task: str, scale: Scale | None, seed: int) -> Task:
    """Load the task as its networks see it."""
    from wann_edge.task.scaling import chosen_scale, measured_statistics, scaled

    plain = named_task(task)
    print_notes(plain)
    chosen = chosen_scale(plain, scale)
    measured = measured_statistics(plain, seed) if chosen == "auto" else None
    return scaled(plain, chosen, measured)


def _run_modes(
    task: str,
    world: Task,
    layers: list[int],
    seed: int,
    limit_s: float | None,
    output: OutputFile | None,
    *,
    quiet: bool,
) -> ExitCode:
    """Measure a dense network in the paper's four modes."""
    from wann_edge.baselines.dense import dense
    from wann_edge.baselines.paper import MODES
    from wann_edge.network import file as network_file
    from wann_edge.system.files import check_writable
    from wann_edge.task.fingerprint import stamped

    network = dense(world.spec, layers)
    if output is not None:
        check_writable(output.path)
    found = [_scored(network, world, mode, seed, limit_s, quiet=quiet) for mode in MODES]
    size = f"{network.hidden_count} hidden nodes, {len(network.edges)} connections"
    sizes = ",".join(map(str, layers))
    print_title(f"dense {sizes}: {task}, {size}, {EPISODES} episodes, seed {seed}")
    _print_modes(task, found)
    tuned = found[-1].network
    if output is not None and tuned is not None:
        network_file.save(stamped(tuned, world), output.path)
        say(f"file: {output}{output.note}")
    return ExitCode.OK


def _print_modes(task: str, found: list[ModeScore]) -> None:
    """Print a row for each mode, beside the paper's figures where it has the task."""
    from wann_edge.baselines.paper import PAPER_FIXED

    figures = PAPER_FIXED.get(task)
    made = table("weights", "mean reward", "sd", *(("paper", "sd") if figures else ()))
    for row, beside in zip(found, figures or ((),) * len(found), strict=True):
        made.add_row(row.mode, f"{row.mean:.1f}", f"{row.sd:.1f}", *map(str, beside))
    print_table(made)


def _scored(
    network: Network, task: Task, mode: str, seed: int, limit_s: float | None, *, quiet: bool
) -> ModeScore:
    from wann_edge.baselines.paper import score_mode
    from wann_edge.cli.progress_lines import tuning_line

    with tuning_line(mode, quiet=quiet) as on_progress:
        return score_mode(network, task, mode, EPISODES, seed, on_progress, limit_s)
