"""The command ``wann-edge import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wann_edge.cli.arguments import named_task
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.output_file import OutputFile, file_option, output_or_stdout

EXAMPLE = "swing.out --inputs 5 --outputs 1 --task swingup -o swing.json"


_File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A network as the paper published it (.out).")
]
_Inputs = Annotated[int, typer.Option(min=1, max=65_536, help="The network's number of inputs.")]
_Outputs = Annotated[int, typer.Option(min=1, max=65_536, help="The network's number of outputs.")]
_Output = Annotated[
    OutputFile,
    file_option(
        "--output",
        "-o",
        help="The network file to write, or - for standard output.",
        parser=output_or_stdout,
    ),
]
_Weights = Annotated[
    Path | None,
    typer.Option(help="Tuned single weights: a JSON file of the paper's model zoo."),
]
_Bias = Annotated[
    float | None,
    typer.Option(
        help="Add this number to each weight of --weights. Default: the published one for a "
        "file of the zoo; required for any other."
    ),
]
_Keep = Annotated[
    bool,
    typer.Option(
        "--keep-weights",
        help="Take the file's numbers as single weights, as prettyNEAT means them.",
    ),
]
_Task = Annotated[
    str | None, typer.Option(help="Take names, units and bounds of inputs from this task.")
]


def command(
    file: _File,
    inputs: _Inputs,
    outputs: _Outputs,
    output: _Output,
    weights: _Weights = None,
    bias: _Bias = None,
    keep_weights: _Keep = False,
    task: _Task = None,
) -> int:
    """Convert a network that was published with the paper (.out) to a network file.

    The published networks are on https://github.com/google/brain-tokyo-workshop, in
    WANNRelease/WANNTool: champions/ (.out), and zoo/ (tuned weights, for --weights). prettyNEAT
    writes .out files too.
    """
    from wann_edge.network import file as network_file
    from wann_edge.network.published import import_published
    from wann_edge.task.fingerprint import stamped

    world = None if task is None else named_task(task)
    network, left_out = import_published(
        file,
        inputs=inputs,
        outputs=outputs,
        weights_path=weights,
        bias=bias,
        task=None if world is None else world.spec,
        keep_weights=keep_weights,
    )
    network = network if world is None else stamped(network, world)
    network_file.save(network, output.path)
    output.report(
        f"{output}: {network.node_count} nodes ({network.hidden_count} hidden), "
        f"{len(network.edges)} connections{output.note}"
    )
    for what in left_out:
        output.report(f"left out: {what}")
    return ExitCode.OK
