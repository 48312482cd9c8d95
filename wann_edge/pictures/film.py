"""Film episodes: a video in real time, or moments on one picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.evaluate import run_episode
from wann_edge.kernel import Floats
from wann_edge.pictures.encoder import Encoder
from wann_edge.system.files import write_whole
from wann_edge.system.keeper import scratch_folder
from wann_edge.system.needs import demand, package
from wann_edge.system.wheels import SIMS
from wann_edge.task import Picture, PicturedWorld, Policy, Task, draws_pictures
from wann_edge.task.open_world import opened

NEEDS = (
    package("pillow", SIMS, "PIL"),
    package("imageio-ffmpeg", SIMS, "imageio_ffmpeg"),
)
VIDEOS, PICTURES = (".mp4", ".gif"), (".png", ".jpg")

MOST_FPS = 30.0
# Moments of an episode on one picture, and its columns.
MOMENTS, COLUMNS = 8, 4

OnFrame = Callable[[Picture], None]


class Shown(NamedTuple):
    """An episode that was filmed: its seed, the sum of its rewards, and its steps."""

    seed: int
    total: float
    steps: int


class Camera:
    """A world under a camera: every so many steps, and at the end, a frame is taken."""

    def __init__(self, world: PicturedWorld, dt_s: float, every: int, on_frame: OnFrame) -> None:
        self._world, self._dt_s, self._every = world, dt_s, every
        self._on_frame = on_frame
        self._step, self._total, self._seed = 0, 0.0, 0

    def reset(self, seed: int) -> Floats:
        """Start the episode of this seed, and return the first observation."""
        observation = self._world.reset(seed)
        self._step, self._total, self._seed = 0, 0.0, seed
        self._take()
        return observation

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period: observation, reward, whether the episode is over."""
        done = self._world.step(action)
        self._step += 1
        self._total += float(done[1])
        if done[2] or self._step % self._every == 0:
            self._take()
        return done

    def _take(self) -> None:
        from wann_edge.pictures.drawing import captioned

        text = f"seed {self._seed}   {self._step * self._dt_s:.2f} s   reward {self._total:.1f}"
        self._on_frame(captioned(self._world.picture(), text))


def stride(dt_s: float) -> int:
    """Return the steps between two frames, so that a video has at most MOST_FPS per second."""
    return max(1, math.ceil(1 / (dt_s * MOST_FPS) - 1e-6))


def check_film(video: Path | None, picture: Path | None) -> None:
    """Check before episodes run that these files can be made.

    Raises:
        SettingsError: the file extension is unknown.
        MissingError: a part is not installed.
    """
    for path, endings in ((video, VIDEOS), (picture, PICTURES)):
        if path is not None and path.suffix not in endings:
            raise SettingsError(
                f"unknown file extension {path.suffix!r}",
                where=str(path),
                remedy=f"use one of {', '.join(endings)}",
            )
    if video is None and picture is None:
        return
    demand(NEEDS)


def film(
    policy: Policy, task: Task, seeds: Sequence[int], video: Path | None, picture: Path | None
) -> list[Shown]:
    """Run episodes and film them: a video of all, a picture of the first.

    Args:
        policy: computes the actions.
        task: what to run.
        seeds: one for each episode.
        video: where to write the video, which runs in real time; None for none.
        picture: where to write the picture; None for none.

    Returns:
        The reward and the steps of each episode.

    Raises:
        SettingsError: a file extension is unknown, or a file can't be written.
        MissingError: a part is not installed.
        TaskError: the task fails.
    """
    check_film(video, picture)
    spec, every, moments = task.spec, stride(task.spec.dt_s), Moments()
    shown: list[Shown] = []
    films = video is not None or picture is not None
    with (
        _recorder(video, 1 / (spec.dt_s * every)) as record,
        opened(pictured(task) if films else task.world()) as bare,
    ):

        def on_frame(frame: Picture) -> None:
            record(frame)
            if not shown:
                moments.offer(frame)

        world = Camera(cast("PicturedWorld", bare), spec.dt_s, every, on_frame) if films else bare
        for seed in seeds:
            total, steps = run_episode(policy, world, seed, spec.max_steps)
            shown.append(Shown(seed, float(total), steps))
    if picture is not None:
        write_picture(moments.sheet(), picture)
    return shown


def pictured(task: Task) -> PicturedWorld:
    """Make a world of the task that draws itself, or that is drawn from its observations."""
    from wann_edge.pictures.drawing import DrawnWorld

    if draws_pictures(task):
        return task.pictured_world()
    return DrawnWorld(task.world(), task.spec)


class Moments:
    """A few frames of an episode, evenly spread over its length."""

    def __init__(self) -> None:
        self._kept: list[Picture] = []
        self._every = 1
        self._count = 0

    def offer(self, frame: Picture) -> None:
        """Keep a frame or skip it; thin out the kept frames as the episode grows."""
        if self._count % self._every == 0:
            self._kept.append(frame)
        self._count += 1
        if len(self._kept) > 4 * MOMENTS:
            self._kept, self._every = self._kept[::2], 2 * self._every

    def sheet(self) -> Picture:
        """Arrange the moments in rows, from the first to the last."""
        count = min(MOMENTS, len(self._kept))
        chosen = [self._kept[round(i)] for i in np.linspace(0, len(self._kept) - 1, count)]
        chosen += [np.full_like(chosen[0], 255)] * (-count % COLUMNS)
        rows = [
            np.concatenate(chosen[first : first + COLUMNS], axis=1)
            for first in range(0, len(chosen), COLUMNS)
        ]
        return np.concatenate(rows)


@contextmanager
def _recorder(path: Path | None, fps: float) -> Iterator[OnFrame]:
    """Yield the function that takes frames; the video is written at the end of the block."""
    if path is None:
        yield lambda frame: None
        return
    with scratch_folder() as folder:
        raw = folder / f"film{path.suffix}"
        encoder = Encoder(raw, fps)
        try:
            yield encoder.take
            encoder.finish()
        finally:
            encoder.stop()
        write_whole(path, raw.read_bytes())


def write_picture(picture: Picture, path: Path) -> None:
    """Write a picture to a .png or .jpg file. Raises SettingsError if it can't be written."""
    from PIL import Image

    data = BytesIO()
    Image.fromarray(picture).save(data, "PNG" if path.suffix == ".png" else "JPEG")
    write_whole(path, data.getvalue())
