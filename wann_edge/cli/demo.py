"""The command ``wann-edge demo``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.exit_codes import ExitCode, verdict_code
from wann_edge.cli.finish_report import (
    CORE,
    SHARE,
    WITHIN,
    FinishOptions,
    finish_with_progress,
    save_finished,
)
from wann_edge.cli.held_report import held_line
from wann_edge.cli.options import Folder, Seed, Workers
from wann_edge.cli.output_file import OutputFile
from wann_edge.cli.tables import (
    console,
    print_scores,
    print_table,
    print_title,
    print_verification,
    say,
    table,
)

if TYPE_CHECKING:
    from wann_edge.finish.controllers import RatedController
    from wann_edge.finish.finishing import FinishResult

EXAMPLE = "--seed 1 --out wann-demo"

TASK = "swingup"
EPISODES = 100
ARTEFACTS = {"c": "policy.h", "onnx": "policy.onnx"}
TARGETS = ("host", "onnxruntime")
# The judges of the controller; the first that is installed serves.
JUDGES = {"bullet/swingup": "PyBullet", "mujoco/swingup": "MuJoCo"}
# Generations of a search, and the most searches.
GENERATIONS, SEARCHES = 128, 4
VIDEO, TRIALS = "validated.mp4", 20
# The shares of episodes that a controller has to hold as it is and with disturbances.
ENOUGH = (0.95, 0.9)
FINISH = FinishOptions(SHARE, WITHIN, CORE)


_Generations = Annotated[
    int, typer.Option(min=1, max=10**6, help="How long a search is, in generations.")
]
_Searches = Annotated[
    int,
    typer.Option(
        min=1,
        max=100,
        help="Repeat the search with the next seed until the pole stands, at most this many times "
        "in all.",
    ),
]


def command(
    generations: _Generations = GENERATIONS,
    searches: _Searches = SEARCHES,
    seed: Seed = 0,
    workers: Workers = None,
    out: Folder = Path("wann-demo"),
) -> int:
    """Show everything in a minute or two: search for a controller, export it, prove it.

    Writes the files of the search, policy.h (C) and policy.onnx (ONNX) to the folder, and
    overwrites those of an earlier demo. The work is the same on every machine: a slower one
    takes longer, and finds the same controller.
    """
    from wann_edge.cli.finish_table import print_finished
    from wann_edge.cli.verify import prove_with_status
    from wann_edge.exporters import export
    from wann_edge.parallel.engine import cores
    from wann_edge.robustness.fresh import fresh_episodes, scores_of_fresh
    from wann_edge.system.files import check_writable, write_whole
    from wann_edge.task import load_task
    from wann_edge.task.held import held_rule

    task = load_task(TASK)
    for name in (*ARTEFACTS.values(), VIDEO):
        check_writable(out / name)
    old = [name for name in ("champion.json", *ARTEFACTS.values(), VIDEO) if (out / name).exists()]
    if old:
        say(f"{out}: {', '.join(old)} and the other files of an earlier demo, overwritten")
    finished = searched(range(seed, seed + searches), generations, workers or cores(), out)
    if finished is None:
        say(f"interrupted; the champion so far: {out}/champion.json")
        return ExitCode.INTERRUPTED
    print_finished(finished)
    network = finished.controller.network
    console.print("[bold]2. Export[/] the controller as C and as ONNX")
    sizes = {}
    for format, name in ARTEFACTS.items():
        content = export(network, format)
        write_whole(out / name, content)
        sizes[name] = len(content)
    console.print("[bold]3. Prove[/] both against the kernel that the search ran")
    found = prove_with_status(network, TARGETS, task=task, episodes=EPISODES, seed=seed)
    print_verification(found)
    own = (network.shared_weight,)
    fresh = fresh_episodes(network, task, own, EPISODES, seed + 1)
    print_scores(
        scores_of_fresh(fresh, own),
        f"reward over {EPISODES} fresh episodes (the most possible is about 1000)",
        fresh=fresh,
    )
    say(held_line(held_rule(task)))
    judge = _validate(out, seed, workers)
    _print_files(out, finished.controller, sizes, judge)
    _print_next(out)
    return verdict_code(found.ok, tried=found.found_fault)


def searched(
    seeds: Sequence[int], generations: int, workers: int, out: Path
) -> FinishResult | None:
    """Search with each seed until a controller holds the pole; return the best result.

    Args:
        seeds: of the searches.
        generations: of each search.
        workers: processes.
        out: the folder for the files of the last search, and for the best controller.

    Returns:
        None where Ctrl-C ended a search.
    """
    from wann_edge.cli.search_report import search_with_progress
    from wann_edge.search.settings import preset
    from wann_edge.task import load_task
    from wann_edge.task.held import held_rule

    rule = held_rule(load_task(TASK))
    tried: list[FinishResult] = []
    for seed in seeds:
        console.print(
            f"[bold]1. Search[/] for a controller of {TASK}: {generations} generations, seed {seed}"
        )
        settings = preset(
            "fast", seed=seed, workers=workers, time_limit_s=None, generations=generations
        )
        try:
            result = search_with_progress(TASK, settings, out, force=True)
            if result.stopped == "interrupted":
                return None
            ending = FINISH.settings(result, settings, rule)
            tried.append(finish_with_progress(TASK, result, ending, workers))
        except KeyboardInterrupt:
            return None
        least = min(share - enough for share, enough in zip(_held(tried[-1]), ENOUGH, strict=True))
        if least >= 0:
            break
        shares = [str(one.held_share) for one in tried[-1].controller.conditions]
        say(
            f"the pole stands at the end of {shares[0]} episodes, disturbed of {shares[1]}: "
            "not enough for a controller"
        )
    best = max(tried, key=lambda one: (sum(_held(one)), one.controller.value))
    save_finished(best, out)
    return best


def _held(finished: FinishResult) -> list[float]:
    """Return the share of held episodes of the controller under each condition."""
    shares = [one.held_share for one in finished.controller.conditions]
    return [share.held / share.episodes for share in shares if share is not None]


def _validate(out: Path, seed: int, workers: int | None) -> str:
    """Validate the controller in another engine; return its name, or "" where none is installed."""
    from wann_edge.cli.validate import Trial, run_validate
    from wann_edge.errors import MissingError
    from wann_edge.finish.finishing import MILD
    from wann_edge.pictures import film
    from wann_edge.search.run_folder import CONTROLLER
    from wann_edge.system.needs import demand

    under = "with noise, a coarse converter, other masses and late actions"
    try:
        demand(film.NEEDS)
        sim = _judge()
    except MissingError as error:
        console.print(f"[bold]4. Validate[/] it {under}")
        say(f"left out: {error}")
        return ""
    console.print(f"[bold]4. Validate[/] it in {JUDGES[sim]} ({sim}), {under}")
    trial = Trial(episodes=TRIALS, seed=seed, workers=workers)
    video = OutputFile(str(out / VIDEO))
    run_validate([out / CONTROLLER], sim, str(MILD), trial, video, as_json=False)
    return JUDGES[sim]


def _judge() -> str:
    """Return the first task of JUDGES whose engine works here; MissingError if none does."""
    from wann_edge.errors import MissingError
    from wann_edge.task import load_task

    *others, last = JUDGES
    for sim in others:
        with suppress(MissingError):
            load_task(sim).world()
            return sim
    load_task(last).world()
    return last


def _print_files(out: Path, controller: RatedController, sizes: dict[str, int], judge: str) -> None:
    print_title(f"files in {out}")
    files = table("file", "content")
    files.columns[1].justify = "left"
    size = f"{controller.connections} connections, {controller.network.hidden_count} hidden nodes"
    files.add_row("controller.json", f"the network: {size}")
    files.add_row("policy.h", f"C header without dependencies, {sizes['policy.h']} bytes of text")
    files.add_row("policy.onnx", f"ONNX graph, {sizes['policy.onnx']} bytes")
    if judge:
        files.add_row(VIDEO, f"an episode in {judge} with all disturbances together")
    files.add_row("controllers.json", "the best controller of each size, tuned and pruned")
    files.add_row("champion.json", "the best network with one shared weight")
    files.add_row("pareto.json", "the best network of each size with one shared weight")
    files.add_row("history.csv", "a row for each generation")
    files.add_row("run.json", "settings, versions, and why the search stopped")
    print_table(files)


def _print_next(out: Path) -> None:
    console.print("[bold]Next[/]")
    if which("wann-edge") is None:
        say(f"  . {Path(sys.executable).with_name('activate')}   (the shell then finds wann-edge)")
    say(f"  wann-edge evaluate {out}/champion.json --weights -1.5,-0.75,0.75,1.5   (any weight)")
    say(f"  wann-edge verify {out}   (also on emulated microcontrollers, after")
    say('      pip install "wann-edge[emu]")')
    say(f"  wann-edge export {out} --format c -o my_controller.h")
    say(f"  wann-edge tune {out}/champion.json --prune -o small.json")
    say("  wann-edge search swingup --time-limit 2m --seed 1 --out longer-run")
