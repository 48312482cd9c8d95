"""``wann-edge simulate``: episodes to look at."""

from __future__ import annotations

import json
from pathlib import Path

from wann_edge.cli.show import console, table, task_of
from wann_edge.evaluate import KernelPolicy, episode_seeds
from wann_edge.network import file as network_file
from wann_edge.pictures.film import Shown, check_film, film
from wann_edge.system.files import check_writable
from wann_edge.task import check_fit, final_task


def run_simulate(
    file: Path,
    task: str | None,
    video: Path | None,
    picture: Path | None,
    weight: float | None,
    episodes: int,
    seed: int,
    *,
    as_json: bool,
) -> int:
    """Runs episodes, writes what was asked for, and prints their rewards."""
    network = network_file.load(file)
    check_film(video, picture)
    world = final_task(task_of(task, network))
    check_fit(network, world.spec)
    for path in (video, picture):
        if path is not None:
            check_writable(path)
    seeds = episode_seeds(seed, episodes)
    shown = film(KernelPolicy(network, weight), world, seeds, video, picture)
    if as_json:
        print(json.dumps(_document(file, world.spec.name, shown, video, picture), indent=2))
        return 0
    title = f"{file}: {world.spec.name}, seed {seed}"
    console.print(title, style="bold", markup=False)
    made = table("episode", "reward", "steps", "seconds")
    for number, episode in enumerate(shown, 1):
        seconds = episode.steps * world.spec.dt_s
        made.add_row(str(number), f"{episode.total:.1f}", str(episode.steps), f"{seconds:.2f}")
    console.print(made)
    for path in (video, picture):
        if path is not None:
            print(f"file: {path}")
    return 0


def _document(
    file: Path, task: str, shown: list[Shown], video: Path | None, picture: Path | None
) -> dict[str, object]:
    return {
        "network": str(file),
        "task": task,
        "episodes": [episode._asdict() for episode in shown],
        "video": video and str(video),
        "picture": picture and str(picture),
    }
