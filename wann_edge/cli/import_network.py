"""The command ``wann-edge import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wann_edge.cli.exit_codes import ExitCode

EXAMPLE = "swing.out --inputs 5 --outputs 1 --task swingup -o swing.json"


_File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A network as the paper published it (.out).")
]
_Inputs = Annotated[int, typer.Option(min=1, help="The network's number of inputs.")]
_Outputs = Annotated[int, typer.Option(min=1, help="The network's number of outputs.")]
_Output = Annotated[Path, typer.Option("--output", "-o", help="The network file to write.")]
_Weights = Annotated[
    Path | None,
    typer.Option(help="Tuned single weights: a JSON file of the paper's model zoo."),
]
_Bias = Annotated[float, typer.Option(help="Add this number to each single weight.")]
_Task = Annotated[
    str | None, typer.Option(help="Take names, units and bounds of inputs from this task.")
]


def command(
    file: _File,
    inputs: _Inputs,
    outputs: _Outputs,
    output: _Output,
    weights: _Weights = None,
    bias: _Bias = 0.0,
    task: _Task = None,
) -> int:
    """Convert a network that was published with the paper (.out) to a network file."""
    from wann_edge.network import file as network_file
    from wann_edge.network.published import read_published
    from wann_edge.task import load_task

    spec = None if task is None else load_task(task).spec
    network = read_published(
        file, inputs=inputs, outputs=outputs, weights_path=weights, bias=bias, task=spec
    )
    network_file.save(network, output)
    print(
        f"{output}: {network.node_count} nodes ({network.hidden_count} hidden), "
        f"{len(network.edges)} connections"
    )
    return ExitCode.OK
