"""The command ``wann-edge simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.arguments import task_of
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.options import (
    MAX_EPISODES,
    AcceptContract,
    Json,
    NetworkFile,
    Seed,
    SharedWeight,
    TaskName,
)
from wann_edge.cli.output_file import OutputFile, file_option
from wann_edge.cli.tables import print_json, print_table, print_title, say, status_line, table

if TYPE_CHECKING:
    from wann_edge.pictures.film import Shown

EXAMPLE = "my-run/champion.json --video out.mp4"


_Video = Annotated[
    OutputFile | None,
    file_option(help="Write a video of all episodes to this .mp4 or .gif file."),
]
_Picture = Annotated[
    OutputFile | None,
    file_option(
        help="Write moments of the first episode as one picture to this .png or .jpg file."
    ),
]
_Episodes = Annotated[int, typer.Option(min=1, max=MAX_EPISODES, help="Number of episodes.")]


def command(
    file: NetworkFile,
    task: TaskName = None,
    accept_contract: AcceptContract = False,
    video: _Video = None,
    picture: _Picture = None,
    weight: SharedWeight = None,
    episodes: _Episodes = 1,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Run episodes of a task, and write them as a video or a picture.

    The video runs in real time. The simulator draws the pictures; for a simulator that
    can't draw, they are drawn from the observations.
    """
    from wann_edge.evaluate import KernelPolicy, episode_seeds
    from wann_edge.network import file as network_file
    from wann_edge.pictures.film import check_film, film
    from wann_edge.system.files import check_writable
    from wann_edge.task import final_task

    network = network_file.load(file)
    places = [None if one is None else one.path for one in (video, picture)]
    check_film(*places)
    world = final_task(task_of(task, network, where=str(file), accept_contract=accept_contract))
    for path in places:
        if path is not None:
            check_writable(path)
    seeds = episode_seeds(seed, episodes)
    with status_line(f"running {episodes} episodes", quiet=as_json):
        shown = film(KernelPolicy(network, weight), world, seeds, *places)
    if as_json:
        print_json(_document(file, world.spec.name, shown, video, picture))
        return ExitCode.OK
    print_title(f"{file}: {world.spec.name}, seed {seed}")
    made = table("episode", "reward", "steps", "seconds")
    for number, episode in enumerate(shown, 1):
        seconds = episode.steps * world.spec.dt_s
        made.add_row(str(number), f"{episode.total:.1f}", str(episode.steps), f"{seconds:.2f}")
    print_table(made)
    for output in (video, picture):
        if output is not None:
            say(f"file: {output}{output.note}")
    return ExitCode.OK


def _document(
    file: Path, task: str, shown: list[Shown], video: OutputFile | None, picture: OutputFile | None
) -> dict[str, object]:
    return {
        "network": str(file),
        "task": task,
        "episodes": [episode._asdict() for episode in shown],
        "video": video and str(video),
        "picture": picture and str(picture),
    }
