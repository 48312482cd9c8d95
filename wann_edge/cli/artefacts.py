"""The commands that make artefacts of a network, and judge them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from wann_edge.cli.options import (
    Baseline,
    Disturb,
    Dtype,
    ExportDtype,
    Force,
    Json,
    MaxLoss,
    NetworkFile,
    OptimizeFor,
    Seed,
    TaskName,
    Workers,
)

artefacts = typer.Typer()


@artefacts.command(
    name="import",
    epilog=(
        "Example:  wann-edge import swing.out --inputs 5 --outputs 1 --task swingup -o swing.json"
    ),
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A published .out network.")],
    inputs: Annotated[int, typer.Option(min=1, help="Its number of inputs.")],
    outputs: Annotated[int, typer.Option(min=1, help="Its number of outputs.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The network file to write.")],
    weights: Annotated[
        Path | None, typer.Option(help="Tuned single weights: a JSON file of the zoo.")
    ] = None,
    bias: Annotated[float, typer.Option(help="Added to each tuned weight.")] = 0.0,
    task: Annotated[
        str | None, typer.Option(help="Take names, units and bounds from this task.")
    ] = None,
) -> int:
    """Read a network published with the paper (.out), and its tuned weights if given."""
    from wann_edge.cli.convert import run_import

    return run_import(file, inputs, outputs, output, weights, bias, task)


@artefacts.command(epilog="Example:  wann-edge export my-run/champion.json --format c -o policy.h")
def export(
    file: NetworkFile,
    format: Annotated[
        str | None,
        typer.Option(
            help="A format of wann-edge list formats; default: what the output's ending says."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file, or folder, to write.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(help="What names in the artefact start with; default: the output's name."),
    ] = None,
    dtype: ExportDtype = None,
    optimize: OptimizeFor = "size",
    force: Force = False,
) -> int:
    """Write a network as a C header, an ONNX graph, a library or a project.

    wann-edge list formats says which there are.
    """
    from wann_edge.cli.convert import run_export

    return run_export(file, format, output, name, dtype, optimize, force=force)


@artefacts.command(name="list", epilog="Example:  wann-edge list targets")
def list_(
    kind: Annotated[
        Literal["targets", "formats", "tasks"], typer.Argument(help="targets, formats or tasks.")
    ],
    json: Json = False,
) -> int:
    """What is available here: targets to verify on, formats to export to, or tasks.

    And of each that is not, what is missing, and the line that installs it.
    """
    from wann_edge.cli.listing import run_list

    return run_list(kind, as_json=json)


@artefacts.command(epilog="Example:  wann-edge verify my-run/champion.json")
def verify(
    file: NetworkFile,
    target: Annotated[
        str,
        typer.Option(
            help="host (gcc, clang), onnxruntime, an emulated core (cortex-m0plus, cortex-m3, "
            "cortex-m4f, cortex-m7f, cortex-m33f, rv32imc, rv32imfc, avr, wasm32), several with "
            "commas, or all that are installed."
        ),
    ] = "all",
    require: Annotated[
        bool, typer.Option("--require", help="With all: fail where a part is not installed.")
    ] = False,
    task: TaskName = None,
    episodes: Annotated[int, typer.Option(min=2, help="Episodes of the closed loop.")] = 100,
    seed: Seed = 0,
    dtype: Dtype = "float",
    max_loss: MaxLoss = 0.02,
    optimize: OptimizeFor = "size",
    json: Json = False,
) -> int:
    """Prove the exports: compile and run them, and compare with what the search ran.

    The C header must give the kernel's bits on 2300 inputs and in whole episodes, here and
    on each emulated core (pip install "wann-edge[emu]"); the ONNX graph values within a
    stated tolerance. Exit code 1 at any mismatch.

    With --dtype the header is in fixed point, and its reward stands beside that in floats.
    """
    from wann_edge.cli.judge import run_verify

    return run_verify(
        file,
        target,
        task,
        episodes,
        seed,
        dtype,
        max_loss,
        optimize,
        require=require,
        as_json=json,
    )


@artefacts.command(epilog="Example:  wann-edge cost my-run/champion.json --clock 48MHz")
def cost(
    file: NetworkFile,
    target: Annotated[
        str, typer.Option(help="An emulated core of verify, several with commas, or all.")
    ] = "all",
    task: TaskName = None,
    clock: Annotated[str, typer.Option(help="For the highest control rate: 48MHz.")] = "48MHz",
    cpi: Annotated[float, typer.Option(min=0.1, help="Assumed cycles an instruction.")] = 1.5,
    states: Annotated[int, typer.Option(min=1, help="Typical states to run.")] = 100,
    seed: Seed = 0,
    dtype: Dtype = "float",
    optimize: OptimizeFor = "size",
    json: Json = False,
) -> int:
    """What the C header costs: flash, RAM, stack, instructions and control rate of each core."""
    from wann_edge.cli.cost import run_cost

    return run_cost(file, target, task, clock, cpi, states, seed, dtype, optimize, as_json=json)


@artefacts.command(epilog="Example:  wann-edge simulate my-run/champion.json --video out.mp4")
def simulate(
    file: NetworkFile,
    task: TaskName = None,
    video: Annotated[
        Path | None, typer.Option(help="Write a video of all episodes: .mp4 or .gif.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Write moments of the first on one picture: .png or .jpg.")
    ] = None,
    weight: Annotated[
        float | None, typer.Option(help="The shared weight, if not the file's own.")
    ] = None,
    episodes: Annotated[int, typer.Option(min=1, help="How many to run.")] = 1,
    seed: Seed = 0,
    json: Json = False,
) -> int:
    """Run episodes of a task, and write them as a video or a picture to look at.

    The video runs as fast as the world does. Pictures come from the simulator, or are
    drawn from the observations where it has none.
    """
    from wann_edge.cli.simulate import run_simulate

    return run_simulate(file, task, video, picture, weight, episodes, seed, as_json=json)


@artefacts.command(
    epilog="Example:  wann-edge validate my-run/champion.json --sim bullet/swingup --video out.mp4"
)
def validate(
    file: NetworkFile,
    sim: Annotated[
        str | None,
        typer.Option(
            help="The world: any task with the same inputs and outputs, such as bullet/swingup; "
            "default: the file's own."
        ),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(help="What drives it: kernel, onnxruntime, or c, the compiled header."),
    ] = "kernel",
    disturb: Disturb = None,
    baseline: Baseline = None,
    weight: Annotated[
        float | None, typer.Option(help="The shared weight, if not the file's own.")
    ] = None,
    success: Annotated[
        float | None,
        typer.Option(
            help="The reward of a success; default: 80 % of the file's mean on its own task."
        ),
    ] = None,
    episodes: Annotated[int, typer.Option(min=2, help="Episodes for each disturbance.")] = 100,
    seed: Seed = 0,
    workers: Workers = None,
    video: Annotated[
        Path | None,
        typer.Option(help="Write a video of an episode with all disturbances: .mp4 or .gif."),
    ] = None,
    json: Json = False,
) -> int:
    """Try a controller in another simulator, under what real machines add.

    A row without disturbances, one with each alone, one with all together. Without
    --disturb: vary=20%,noise=1%,adc=10,limit=80%,dead=5%,latency=1,jitter=20%,drop=10%,
    those that the world can have. Ctrl-C prints what was measured.
    """
    from wann_edge.cli.validate import Asked, run_validate

    asked = Asked(engine, weight, success, episodes, seed, workers)
    files = [file] if baseline is None else [file, baseline]
    return run_validate(files, sim, disturb, asked, video, as_json=json)


@artefacts.command(
    epilog="Example:  wann-edge stress my-run/champion.json --baseline baseline.json"
)
def stress(
    file: NetworkFile,
    baseline: Baseline = None,
    task: TaskName = None,
    faults: Annotated[
        str | None,
        typer.Option(
            help="Some of shared-weight, weight-drift, weight-noise, weight-bits, word-bits, "
            "weight-flip, constant-flip, result-flip, result-stuck, dead-connection, dead-node, "
            "with commas; default: all."
        ),
    ] = None,
    episodes: Annotated[int, typer.Option(min=2, help="Episodes for each fault.")] = 20,
    samples: Annotated[
        int, typer.Option(min=1, help="Faults of a kind to try, where there are more.")
    ] = 100,
    seed: Seed = 0,
    json: Json = False,
) -> int:
    """What is left of the reward under faults: drifted, coarse and flipped weights, flipped bits
    in the exported code, dead connections and nodes.

    What a network file can express runs in the kernel; flips of constants and of results, and
    dead nodes, in the exported C header, compiled here. Ctrl-C prints what was measured.
    """
    from wann_edge.cli.stress import run_stress

    return run_stress(file, baseline, task, faults, episodes, samples, seed, as_json=json)
