"""The command ``wann-edge export``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.options import DTYPE_HELP, Force, NetworkFile, OptimizeFor
from wann_edge.cli.output_file import (
    STANDARD_OUTPUT,
    OutputFile,
    StandardOutput,
    output_file,
    output_folder,
    output_or_stdout,
)
from wann_edge.cli.parsing import c_identifier

EXAMPLE = "my-run/champion.json --format c -o policy.h"


_Format = Annotated[
    str | None,
    typer.Option(
        help="One of the formats that wann-edge list formats shows. Default: inferred from "
        "the file extension of the output, such as .h or .onnx."
    ),
]


def output_or_folder(given: str) -> OutputFile:
    """Return the output; a format may be a folder, whose name may end with a slash."""
    return OutputFile(given) if given.endswith("/") else output_or_stdout(given)


_Output = Annotated[
    OutputFile | None,
    typer.Option(
        "--output",
        "-o",
        parser=output_or_folder,
        metavar="PATH",
        help="The file or folder to write, or - for standard output. Default: beside the network "
        "file, with its name.",
    ),
]
_Name = Annotated[
    str | None,
    typer.Option(
        help="The prefix of all names in the export, such as policy in policy_step(). "
        "Default: the output's name."
    ),
]
_Dtype = Annotated[
    str | None,
    typer.Option(help=f"{DTYPE_HELP} Default: float; auto for the format c-fixed."),
]
_WeightInput = Annotated[
    bool,
    typer.Option(
        "--weight-input",
        help="Make the shared weight an input of the ONNX graph, with the network's as default.",
    ),
]


def command(
    file: NetworkFile,
    format: _Format = None,
    output: _Output = None,
    name: _Name = None,
    dtype: _Dtype = None,
    optimize: OptimizeFor = "size",
    weight_input: _WeightInput = False,
    force: Force = False,
) -> int:
    """Write a network as a C header, an ONNX graph, a module, a library or a project.

    wann-edge list formats shows all formats and what each needs.
    """
    from wann_edge.cli.dtype import converted
    from wann_edge.exporters import exporter_of, format_for_suffix
    from wann_edge.network import file as network_file
    from wann_edge.system.files import write_folder, write_whole

    suffix = "" if output is None else output.path.suffix
    chosen = format or format_for_suffix(suffix)
    exporter = exporter_of(chosen, optimize, weight_input=weight_input)
    place = output or OutputFile(str(file.with_suffix(exporter.suffix)))
    usual = "float" if "float" in exporter.numbers else "auto"
    network, loss = converted(network_file.load(file), dtype or usual)
    files = exporter.files(network, _name(file, place) if name is None else name)
    size_bytes = sum(map(len, files.values()))
    if loss:
        place.report(loss.rstrip())
    if exporter.suffix:
        (content,) = files.values()
        output_file(str(place))
        write_whole(place.path, content)
        place.report(f"{place}: {size_bytes} bytes{place.note}")
    else:
        output_folder(STANDARD_OUTPUT if isinstance(place, StandardOutput) else str(place))
        write_folder(place.path, files, force=force)
        place.report(f"{place}: {len(files)} files, {size_bytes} bytes")
    return ExitCode.OK


def _name(file: Path, place: OutputFile) -> str:
    """Return the prefix of all names: from the output, or from the network file without one."""
    return c_identifier((file if isinstance(place, StandardOutput) else place.path).stem)
