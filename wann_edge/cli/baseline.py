"""The command ``wann-edge baseline``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.arguments import named_task, print_notes, with_arguments
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.options import TASK, EnvArgs, PeriodOption, ScaleOption, Seed, TuningLimit
from wann_edge.cli.output_file import OutputFile, file_option
from wann_edge.cli.parsing import parse_layers, parse_time_limit_s
from wann_edge.cli.tables import print_table, print_title, say, table

if TYPE_CHECKING:
    from wann_edge.baselines.paper import ModeScore
    from wann_edge.network import Network
    from wann_edge.task import Task

EXAMPLE = "swingup --layers 10 -o baseline.json"

# Fresh episodes for each mode.
EPISODES = 100


_Layers = Annotated[str, typer.Option(help="Sizes of the hidden layers, such as 10 or 10,10.")]
_Output = Annotated[
    OutputFile | None,
    file_option("--output", "-o", help="Write the tuned network to this file."),
]


def command(
    task: Annotated[str, TASK],
    layers: _Layers = "10",
    time_limit: TuningLimit = None,
    seed: Seed = 0,
    scale: ScaleOption = None,
    env_arg: EnvArgs = None,
    dt: PeriodOption = None,
    output: _Output = None,
) -> int:
    """Measure a dense network in the paper's four modes, beside the paper's figures.

    Hidden layers are tanh, outputs are linear, and each node has a bias. The modes are those
    of wann-edge evaluate --mode.
    """
    from wann_edge.baselines.dense import dense
    from wann_edge.baselines.paper import MODES, PAPER_FIXED
    from wann_edge.network import file as network_file
    from wann_edge.system.files import check_writable
    from wann_edge.task.scaling import chosen_scale, measured_statistics, scaled

    task = with_arguments(task, env_arg or (), dt)
    plain = named_task(task)
    print_notes(plain)
    chosen = chosen_scale(plain, scale)
    measured = measured_statistics(plain, seed) if chosen == "auto" else None
    world = scaled(plain, chosen, measured)
    network = dense(world.spec, parse_layers(layers))
    limit_s = parse_time_limit_s(time_limit)
    if output is not None:
        check_writable(output.path)
    found = [_scored(network, world, mode, seed, limit_s) for mode in MODES]
    size = f"{network.hidden_count} hidden nodes, {len(network.edges)} connections"
    print_title(f"dense {layers}: {task}, {size}, {EPISODES} episodes, seed {seed}")
    made = table("weights", "mean reward", "sd", "paper", "sd")
    paper = PAPER_FIXED.get(task, (("-", "-"),) * len(MODES))
    for row, (mean, sd) in zip(found, paper, strict=True):
        made.add_row(row.mode, f"{row.mean:.1f}", f"{row.sd:.1f}", str(mean), str(sd))
    print_table(made)
    tuned = found[-1].network
    if output is not None and tuned is not None:
        network_file.save(tuned, output.path)
        say(f"file: {output}{output.note}")
    return ExitCode.OK


def _scored(network: Network, task: Task, mode: str, seed: int, limit_s: float | None) -> ModeScore:
    from wann_edge.baselines.paper import score_mode
    from wann_edge.cli.progress_lines import tuning_line

    with tuning_line(mode) as on_progress:
        return score_mode(network, task, mode, EPISODES, seed, on_progress, limit_s)
