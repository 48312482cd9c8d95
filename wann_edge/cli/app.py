"""The commands that find networks. Each imports what it runs, so that --help stays quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wann_edge.cli.artefacts import artefacts
from wann_edge.cli.hardware import hardware
from wann_edge.cli.options import (
    TASK,
    Complexity,
    Disturb,
    Draws,
    Finalists,
    FirstHeat,
    Folder,
    Force,
    Islands,
    Json,
    NetworkFile,
    Patience,
    Picked,
    PickedFile,
    Preset,
    Resume,
    RewardFloor,
    RunOrFile,
    Sampling,
    ScoringEpisodes,
    ScoringWeights,
    Seed,
    Start,
    TaskName,
    TimeLimit,
    TuningLimit,
    WeightsPer,
    Workers,
)

app = typer.Typer(
    name="wann-edge",
    help="Search weight agnostic networks, export them as C and ONNX, and prove that the "
    "exported code does what the search saw.",
    epilog="Start with:  wann-edge demo",
    no_args_is_help=False,
    rich_markup_mode="markdown",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"wann-edge {version('wann-edge')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Prints the help where no command is given."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command(epilog="Example:  wann-edge demo --seconds 20 --out wann-demo")
def demo(
    seconds: Annotated[float, typer.Option(min=1, help="How long to search.")] = 20.0,
    seed: Seed = 0,
    workers: Workers = None,
    out: Folder = Path("wann-demo"),
) -> int:
    """The whole path in half a minute: search a swing-up controller, export it, prove it.

    Writes the search's files, policy.h (C) and policy.onnx (ONNX) to the folder.
    """
    from wann_edge.cli.demo import run_demo

    return run_demo(seconds, seed, workers, out)


@app.command(
    epilog="Example:  wann-edge search swingup --preset fast --time-limit 60s --out my-run"
)
def search(
    task: Annotated[str | None, TASK] = None,
    preset: Preset = None,
    population: Annotated[int | None, typer.Option(min=2, help="Networks a generation.")] = None,
    islands: Islands = None,
    complexity: Complexity = None,
    generations: Annotated[int | None, typer.Option(min=1, help="Stop after this many.")] = None,
    time_limit: TimeLimit = None,
    seed: Seed = 0,
    workers: Workers = None,
    weights: ScoringWeights = None,
    weights_per: WeightsPer = None,
    sampling: Sampling = None,
    draws: Draws = None,
    episodes: ScoringEpisodes = None,
    first_heat: FirstHeat = None,
    finalists: Finalists = None,
    patience: Patience = None,
    reward_floor: RewardFloor = None,
    disturb: Disturb = None,
    start: Start = None,
    out: Folder = Path("wann-run"),
    force: Force = False,
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write the history for TensorBoard too.")
    ] = False,
    resume: Resume = None,
) -> int:
    """Search topologies that control a task with one shared weight.

    Writes champion.json, pareto.json (the best network of each complexity), history.csv
    and run.json. The same seed and number of generations give the same champion for any
    number of workers. Ctrl-C stops, and keeps the champion so far; --resume goes on from
    there, as if the run had never stopped.
    """
    from wann_edge.cli.scoring import episode_settings
    from wann_edge.cli.search import resume_command, run_search_command
    from wann_edge.cli.weights import weight_settings

    chosen = weight_settings(weights, weights_per, sampling, draws)
    chosen |= episode_settings(episodes, first_heat, finalists, patience, reward_floor, disturb)
    if islands is not None:
        chosen["islands"] = islands
    if resume is not None:
        return resume_command(
            resume, generations, time_limit, workers, chosen, start, tensorboard=tensorboard
        )
    return run_search_command(
        task,
        out,
        preset_name=preset,
        population=population,
        complexity=complexity,
        generations=generations,
        time_limit=time_limit,
        seed=seed,
        workers=workers,
        scoring=chosen,
        start=start,
        force=force,
        tensorboard=tensorboard,
    )


@app.command(epilog="Example:  wann-edge show my-run --connections 21 -o small.json")
def show(
    path: RunOrFile,
    connections: Picked = None,
    output: PickedFile = None,
    json: Json = False,
) -> int:
    """The front of a run: ever larger networks with ever more reward; or one network.

    Of a network: size, activations, where it comes from, and its scores when tested.
    """
    from wann_edge.cli.inspect import run_show

    return run_show(path, connections, output, as_json=json)


@app.command(epilog="Example:  wann-edge evaluate my-run/champion.json --episodes 100")
def evaluate(
    file: NetworkFile,
    task: TaskName = None,
    episodes: Annotated[int, typer.Option(min=1, help="Episodes for each weight.")] = 100,
    seed: Seed = 0,
    weights: Annotated[
        str | None,
        typer.Option(
            help="Shared weights, such as -2,-1,0.5; default: the paper's six, or "
            "the file's own where its weights are tuned."
        ),
    ] = None,
    mode: Annotated[
        str | None,
        typer.Option(
            help="Instead of a list: random-weights, random-shared, tuned-shared or "
            "tuned-weights. The file's own weights are set aside."
        ),
    ] = None,
    time_limit: TuningLimit = None,
    json: Json = False,
) -> int:
    """The reward of a network for each shared weight, over fresh episodes.

    With --mode, a column of the paper's table: weights drawn for each episode from -2
    to 2, single or shared, or tuned on episodes of their own.
    """
    if mode is None and time_limit is not None:
        raise typer.BadParameter("--time-limit is for --mode tuned-shared or tuned-weights")
    if mode is not None:
        from wann_edge.cli.tune import run_mode

        return run_mode(file, task, episodes, seed, mode, weights, time_limit, as_json=json)
    from wann_edge.cli.judge import run_evaluate

    return run_evaluate(file, task, episodes, seed, weights, as_json=json)


@app.command(epilog="Example:  wann-edge tune my-run/champion.json --mode weights -o tuned.json")
def tune(
    path: RunOrFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="The network file to write.")],
    mode: Annotated[
        str, typer.Option(help="shared: one weight in -3..3; or weights: one a connection.")
    ] = "weights",
    task: TaskName = None,
    evaluations: Annotated[
        int | None, typer.Option(min=1, help="Try at most this many candidates.")
    ] = None,
    time_limit: TimeLimit = None,
    seed: Seed = 0,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes, of a folder or with --redraw; default: all cores."),
    ] = None,
    disturb: Disturb = None,
    redraw: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Draw this many episodes anew for each generation of CMA-ES: for tasks where "
            "a controller may fall, such as walking.",
        ),
    ] = None,
    wire_idle: Annotated[
        bool,
        typer.Option(
            "--wire-idle",
            help="With --redraw: connect outputs that nothing reaches to all inputs first.",
        ),
    ] = False,
) -> int:
    """Tune a network's weights: the one shared by all connections, or each by CMA-ES.

    Of a search's folder all networks of the front race, for minutes, and the one that
    tunes best is written. Candidates run on training episodes; the result is judged on
    fresh ones. Ctrl-C stops, and keeps the best so far.
    """
    from wann_edge.cli.tune import run_tune

    return run_tune(
        path,
        mode,
        task,
        evaluations,
        time_limit,
        seed,
        workers,
        disturb,
        redraw,
        output,
        wire_idle=wire_idle,
    )


@app.command(epilog="Example:  wann-edge baseline swingup --layers 10 -o baseline.json")
def baseline(
    task: Annotated[str, TASK],
    layers: Annotated[
        str, typer.Option(help="Sizes of the hidden layers, such as 10 or 10,10.")
    ] = "10",
    time_limit: TuningLimit = None,
    seed: Seed = 0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write the tuned network.")
    ] = None,
) -> int:
    """A dense network in the four modes of --mode, beside the paper's figures.

    Hidden layers are tanh, outputs linear, and each node has a bias.
    """
    from wann_edge.cli.tune import run_baseline

    return run_baseline(task, layers, seed, output, time_limit)


app.add_typer(artefacts)
app.add_typer(hardware)
