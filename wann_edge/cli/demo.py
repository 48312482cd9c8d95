"""The command ``wann-edge demo``."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from shutil import which
from typing import Annotated

import typer

from wann_edge.cli.exit_codes import ExitCode, verdict_code
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

EXAMPLE = "--seconds 20 --out wann-demo"

TASK = "swingup"
EPISODES = 100
ARTEFACTS = {"c": "policy.h", "onnx": "policy.onnx"}
TARGETS = ("host", "onnxruntime")
# The judges of the champion; the first that is installed serves.
JUDGES = {"bullet/swingup": "PyBullet", "mujoco/swingup": "MuJoCo"}
VIDEO, TRIALS = "validated.mp4", 20


_Seconds = Annotated[float, typer.Option(min=1, max=1e6, help="How long to search, in seconds.")]


def command(
    seconds: _Seconds = 20.0,
    seed: Seed = 0,
    workers: Workers = None,
    out: Folder = Path("wann-demo"),
) -> int:
    """Show everything in about a minute: search for a controller, export it, prove it.

    Writes the files of the search, policy.h (C) and policy.onnx (ONNX) to the folder, and
    overwrites those of an earlier demo.
    """
    from wann_edge.cli.search_report import search_with_progress, size_of
    from wann_edge.cli.verify import prove_with_status
    from wann_edge.evaluate import PAPER_WEIGHTS
    from wann_edge.exporters import export
    from wann_edge.parallel.engine import cores
    from wann_edge.robustness.fresh import fresh_episodes, scores_of_fresh
    from wann_edge.search.settings import preset
    from wann_edge.system.files import check_writable, write_whole
    from wann_edge.task import load_task
    from wann_edge.task.held import held_rule

    task = load_task(TASK)
    for name in (*ARTEFACTS.values(), VIDEO):
        check_writable(out / name)
    old = [name for name in ("champion.json", *ARTEFACTS.values(), VIDEO) if (out / name).exists()]
    if old:
        say(f"{out}: {', '.join(old)} and the other files of an earlier demo, overwritten")
    console.print(f"[bold]1. Search[/] for a controller of {TASK}: {seconds:g} s, seed {seed}")
    settings = preset("fast", seed=seed, workers=workers or cores(), time_limit_s=seconds)
    result = search_with_progress(TASK, settings, out, force=True)
    if result.stopped == "interrupted":
        say(f"interrupted; the champion so far: {out}/champion.json")
        return ExitCode.INTERRUPTED
    network = result.champion
    console.print("[bold]2. Export[/] it as C and as ONNX")
    sizes = {}
    for format, name in ARTEFACTS.items():
        content = export(network, format)
        write_whole(out / name, content)
        sizes[name] = len(content)
    console.print("[bold]3. Prove[/] both against the kernel that the search ran")
    found = prove_with_status(network, TARGETS, task=task, episodes=EPISODES, seed=seed)
    print_verification(found)
    fresh = fresh_episodes(network, task, PAPER_WEIGHTS, EPISODES, seed + 1)
    print_scores(
        scores_of_fresh(fresh, PAPER_WEIGHTS),
        f"reward over {EPISODES} fresh episodes (the most possible is about 1000)",
        fresh=fresh,
    )
    say(held_line(held_rule(task)))
    judge = _validate(out, seed, workers)
    _print_files(out, size_of(result), sizes, judge)
    _print_next(out)
    return verdict_code(found.ok, tried=found.found_fault)


def _validate(out: Path, seed: int, workers: int | None) -> str:
    """Validate the champion in another engine; return its name, or "" where none is installed."""
    from wann_edge.cli.validate import Trial, run_validate
    from wann_edge.errors import MissingError
    from wann_edge.pictures import film
    from wann_edge.system.needs import demand

    under = "under the disturbances of a real machine"
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
    run_validate([out / "champion.json"], sim, None, trial, video, as_json=False)
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


def _print_files(out: Path, champion: str, sizes: dict[str, int], judge: str) -> None:
    print_title(f"files in {out}")
    files = table("file", "content")
    files.columns[1].justify = "left"
    files.add_row("champion.json", f"the network: {champion}")
    files.add_row("policy.h", f"C header without dependencies, {sizes['policy.h']} bytes of text")
    files.add_row("policy.onnx", f"ONNX graph, {sizes['policy.onnx']} bytes")
    if judge:
        files.add_row(VIDEO, f"an episode in {judge} with all disturbances together")
    files.add_row("pareto.json", "the best network of each size")
    files.add_row("history.csv", "a row for each generation")
    files.add_row("run.json", "settings, versions, and why the search stopped")
    print_table(files)


def _print_next(out: Path) -> None:
    console.print("[bold]Next[/]")
    if which("wann-edge") is None:
        say(f"  . {Path(sys.executable).with_name('activate')}   (the shell then finds wann-edge)")
    say(f"  wann-edge evaluate {out}/champion.json --weights -1.5,-0.75,0.75,1.5")
    say(f"  wann-edge verify {out}/champion.json   (also on emulated microcontrollers, after")
    say('      pip install "wann-edge[emu]")')
    say(f"  wann-edge export {out}/champion.json --format c -o my_controller.h")
    say(f"  wann-edge tune {out} --disturb vary=20%,noise=1%,latency=1 -o robust.json   (minutes)")
    say("  wann-edge search swingup --time-limit 2m --seed 1 --out longer-run")
