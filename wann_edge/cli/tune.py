"""``wann-edge tune``, ``wann-edge baseline``, and the modes of ``wann-edge evaluate``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypedDict

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from wann_edge.baselines.dense import dense
from wann_edge.baselines.paper import MODES, PAPER_FIXED, ModeScore, score_mode
from wann_edge.cli.inspect import front_of
from wann_edge.cli.search import INTERRUPTED
from wann_edge.cli.show import console, seconds_of, table, task_of
from wann_edge.errors import SettingsError
from wann_edge.evaluate import WeightScore, score
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.parallel.engine import Engine, cores
from wann_edge.system.files import check_writable
from wann_edge.task import Task, final_task, load_task
from wann_edge.task.disturbances import NONE, parse
from wann_edge.task.disturbed import disturbed
from wann_edge.tune.core import OnTuningProgress, Tuned, TuningProgress
from wann_edge.tune.front_race import tune_front
from wann_edge.tune.one_network import tune
from wann_edge.tune.redrawn_episodes import tune_redrawn

EPISODES = 100


class _Told(TypedDict):
    """What every way to tune is told."""

    seed: int
    time_limit_s: float | None
    on_progress: OnTuningProgress


def run_tune(
    path: Path,
    mode: str,
    task: str | None,
    evaluations: int | None,
    time_limit: str | None,
    seed: int,
    workers: int | None,
    disturb: str | None,
    redraw: int | None,
    output: Path,
    *,
    wire_idle: bool,
) -> int:
    """Tunes, compares on fresh episodes, and writes the network; of a folder, the front's best."""
    limit_s = None if time_limit is None else seconds_of(time_limit)
    if redraw is not None and (path.is_dir() or mode != "weights"):
        raise SettingsError("--redraw is for the single weights of one network", where=str(path))
    if wire_idle and redraw is None:
        raise SettingsError("--wire-idle needs --redraw", remedy="give both: --redraw 16")
    if path.is_dir():
        if mode != "weights" or evaluations is not None:
            raise SettingsError(
                "a front races by --mode weights, to its end or a --time-limit", where=str(path)
            )
        networks = [entry.network for entry in front_of(path).entries]
        before = networks[-1]
    else:
        before = network_file.load(path)
    given = NONE if disturb is None else parse(disturb)
    world = task_of(task, before)
    if given != NONE:
        world = disturbed(final_task(world), given)
    check_writable(output)
    with progress("tune") as on_progress, Engine(world, workers or cores()) as engine:
        told = _Told(seed=seed, time_limit_s=limit_s, on_progress=on_progress)
        if path.is_dir():
            tuned = tune_front(networks, engine, **told)
        elif redraw is not None:
            tuned = tune_redrawn(
                before,
                engine,
                episodes=redraw,
                wire_idle=wire_idle,
                evaluations=evaluations,
                **told,
            )
        else:
            tuned = tune(before, world, mode, evaluations=evaluations, **told)
    if given != NONE:
        provenance = {**tuned.network.provenance, "disturbances": str(given)}
        tuned = replace(tuned, network=replace(tuned.network, provenance=provenance))
    _write(before, tuned, world, seed, output)
    return INTERRUPTED if tuned.stopped == "interrupted" else 0


def _write(network: Network, tuned: Tuned, world: Task, seed: int, output: Path) -> None:
    before, after = fresh(network, world, seed), fresh(tuned.network, world, seed)
    scores = {"episodes": EPISODES, "mean": after.mean, "sd": after.sd}
    provenance = {**tuned.network.provenance, "fresh": scores}
    network_file.save(
        replace(tuned.network, provenance=provenance, task=final_task(world).spec.name), output
    )
    made = table(f"{EPISODES} fresh episodes", "connections", "mean reward", "sd")
    for name, one, judged in (("before", network, before), ("tuned", tuned.network, after)):
        made.add_row(name, str(len(one.edges)), f"{judged.mean:.1f}", f"{judged.sd:.1f}")
    console.print(made)
    print(f"stopped by: {tuned.stopped}, after {tuned.evaluations} evaluations")
    print(f"file: {output}")


def fresh(network: Network, task: Task, seed: int) -> WeightScore:
    """The reward with the network's own weights over fresh episodes."""
    return score(network, task, (network.shared_weight,), EPISODES, seed).best


def run_mode(
    file: Path,
    task: str | None,
    episodes: int,
    seed: int,
    mode: str,
    weights: str | None,
    time_limit: str | None,
    *,
    as_json: bool,
) -> int:
    """Prints a topology's reward in one of the modes."""
    if weights is not None:
        raise SettingsError("--mode and --weights exclude each other", remedy="give one of them")
    limit_s = None if time_limit is None else seconds_of(time_limit)
    if limit_s is not None and not mode.startswith("tuned-"):
        raise SettingsError(f"{mode!r} tunes nothing", where="--time-limit")
    network = network_file.load(file)
    world = task_of(task, network)
    if as_json:
        found = score_mode(network, world, mode, episodes, seed, time_limit_s=limit_s)
        named = {"network": str(file), "task": world.spec.name}
        print(json.dumps({**named, **found.to_document()}, indent=2))
        return 0
    with progress(mode) as on_progress:
        found = score_mode(network, world, mode, episodes, seed, on_progress, limit_s)
    title = f"{file}: {world.spec.name}, {episodes} episodes, seed {seed}"
    console.print(title, style="bold", markup=False)
    made = table("weights", "mean reward", "sd")
    made.add_row(mode, f"{found.mean:.1f}", f"{found.sd:.1f}")
    console.print(made)
    return 0


def run_baseline(
    task: str, layers: str, seed: int, output: Path | None, time_limit: str | None
) -> int:
    """Prints the four columns of a dense network beside the paper's."""
    world = load_task(task)
    network = dense(world.spec, layers_of(layers))
    limit_s = None if time_limit is None else seconds_of(time_limit)
    if output is not None:
        check_writable(output)
    found = [_scored(network, world, mode, seed, limit_s) for mode in MODES]
    size = f"{network.hidden_count} hidden nodes, {len(network.edges)} connections"
    title = f"dense {layers}: {task}, {size}, {EPISODES} episodes, seed {seed}"
    console.print(title, style="bold", markup=False)
    made = table("weights", "mean reward", "sd", "paper", "sd")
    paper = PAPER_FIXED.get(task, (("-", "-"),) * len(MODES))
    for row, (mean, sd) in zip(found, paper, strict=True):
        made.add_row(row.mode, f"{row.mean:.1f}", f"{row.sd:.1f}", str(mean), str(sd))
    console.print(made)
    tuned = found[-1].network
    if output is not None and tuned is not None:
        network_file.save(tuned, output)
        print(f"file: {output}")
    return 0


def _scored(network: Network, task: Task, mode: str, seed: int, limit_s: float | None) -> ModeScore:
    with progress(mode) as on_progress:
        return score_mode(network, task, mode, EPISODES, seed, on_progress, limit_s)


def layers_of(text: str) -> list[int]:
    """The sizes of hidden layers that "10" or "10,10" stand for. Raises SettingsError."""
    sizes = text.split(",")
    if not all(size.strip().isascii() and size.strip().isdigit() for size in sizes):
        raise SettingsError(
            f"{text!r} is not a list of sizes", where="--layers", remedy="write 10, or 10,10"
        )
    return [int(size) for size in sizes]


@contextmanager
def progress(name: str) -> Iterator[OnTuningProgress]:
    """A live line of a tuning: candidates tried, the best so far, time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=16),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[standing]}"),
    )
    bar = Progress(*columns, console=console)
    row = bar.add_task(name, total=1.0, standing="")

    def on_progress(standing: TuningProgress) -> None:
        """The first trial starts the line, so that what is refused leaves none."""
        bar.start()
        text = f"{standing.evaluations} evaluations  best {standing.best:.1f}"
        bar.update(row, completed=standing.share_done, standing=text)

    try:
        yield on_progress
    finally:
        if bar.live.is_started:
            bar.stop()
