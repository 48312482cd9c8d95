"""``wann-edge simulate``: videos and pictures that show what happened."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from imageio_ffmpeg import count_frames_and_secs, get_ffmpeg_exe
from numpy.typing import NDArray
from PIL import Image

from helpers.commands import complaint
from helpers.networks import random_network
from wann_edge.cli import run
from wann_edge.errors import MissingError, SettingsError, TaskError
from wann_edge.evaluate import KernelPolicy, episode_seeds, rollouts, run_episode
from wann_edge.network import Input, Network
from wann_edge.network import file as network_file
from wann_edge.pictures import film as films
from wann_edge.pictures.drawing import DrawnWorld, drawing_for, signals
from wann_edge.pictures.encoder import Encoder
from wann_edge.pictures.film import MOMENTS, Moments, check_film, film, stride
from wann_edge.sims.swingup import SwingUp
from wann_edge.system.needs import package
from wann_edge.task import Spec, Task, draws_pictures, load_task


def network_for(task: Task) -> Network:
    """A random network with the task's contract."""
    spec, rng = task.spec, np.random.default_rng(3)
    made = random_network(rng, inputs=len(spec.inputs), hidden=4, outputs=len(spec.outputs))
    return Network(spec.inputs, spec.outputs, made.activations, made.edges, task=spec.name)


def frames_of(video: Path, width: int, height: int) -> NDArray[np.uint8]:
    """The frames of a video [n, height, width, 3]."""
    command = [get_ffmpeg_exe(), "-loglevel", "error", "-i", str(video)]
    raw = subprocess.run(
        [*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True
    )
    return np.frombuffer(raw.stdout, np.uint8).reshape(-1, height, width, 3)


class Short:
    """A task whose episodes are short."""

    def __init__(self, task: Task) -> None:
        self.spec = replace(task.spec, max_steps=60)
        self.world = task.world
        if draws_pictures(task):
            self.pictured_world = task.pictured_world


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A swing-up network's file."""
    path = tmp_path / "network.json"
    network_file.save(network_for(SwingUp()), path)
    return path


@pytest.mark.parametrize(
    "name", ["swingup", "bullet/swingup", "gymnasium:LunarLanderContinuous-v3"]
)
def test_any_task_is_filmed(name: str, tmp_path: Path) -> None:
    """From a drawing, PyBullet's renderer and gymnasium's: as many frames as there was time."""
    task = Short(load_task(name))
    policy, video, sheet = (
        KernelPolicy(network_for(task)),
        tmp_path / "out.mp4",
        tmp_path / "out.png",
    )
    (shown,) = film(policy, task, [5], video, sheet)
    assert (shown.total, shown.steps) == run_episode(policy, task.world(), 5, task.spec.max_steps)
    with Image.open(sheet) as image:
        width, height = image.width // 4, image.height // 2
    frames = frames_of(video, width, height)
    assert count_frames_and_secs(video)[1] == pytest.approx(len(frames) / 25)
    every = stride(task.spec.dt_s)
    assert abs(len(frames) - (1 + np.ceil(shown.steps / every))) <= 1
    middle = frames[len(frames) // 2]
    assert (middle.max(axis=(0, 1)) - middle.min(axis=(0, 1))).min() > 60, "a blank picture"
    assert np.abs(frames[0].astype(int) - frames[-1]).max() > 60, "nothing moved"


def test_the_command_writes_both_and_says_so(
    file: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    video, sheet = tmp_path / "a" / "out.gif", tmp_path / "out.jpg"
    monkeypatch.setattr(SwingUp, "spec", replace(SwingUp.spec, max_steps=40))
    command = ["simulate", str(file), "--video", str(video), "--picture", str(sheet)]
    assert run([*command, "--seed", "2", "--weight", "-1.5", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (seed,) = episode_seeds(2, 1)
    (episode,) = document["episodes"]
    network = network_file.load(file)
    expected = rollouts(network, SwingUp(), (-1.5,), (seed,)).returns.item()
    assert episode["seed"] == seed
    assert episode["total"] == pytest.approx(expected)
    assert (document["video"], document["picture"]) == (str(video), str(sheet))
    assert video.read_bytes().startswith(b"GIF8")
    assert sheet.read_bytes().startswith(b"\xff\xd8\xff")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "network.json", "out.jpg"]


def test_without_files_it_only_runs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["simulate", str(file), "--episodes", "3"]) == 0
    shown = capsys.readouterr().out
    assert "swingup, seed 0" in shown
    assert (
        len([line for line in shown.splitlines() if line.split()[:1] in (["1"], ["2"], ["3"])]) == 3
    )


def test_what_cannot_be_written_is_said_before(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = complaint(capsys, "simulate", file, "--video", tmp_path / "out.txt")
    assert "unknown file extension '.txt'; use one of .mp4, .gif" in line
    line = complaint(capsys, "simulate", file, "--picture", file / "out.png")
    assert "can't write" in line
    line = complaint(capsys, "simulate", file, "--task", "bullet/balancer")
    assert "the network has 5 inputs" in line


def test_a_task_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise TaskError("no such world")

    monkeypatch.setattr(DrawnWorld, "step", fails)
    network, task = network_for(SwingUp()), SwingUp()
    with pytest.raises(TaskError):
        film(KernelPolicy(network), task, [1], tmp_path / "out.mp4", tmp_path / "out.png")
    assert list(tmp_path.iterdir()) == []


def test_missing_parts_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "NEEDS", (package("no-such-part", films.SIMS),))
    check_film(None, None)
    with pytest.raises(MissingError) as caught:
        check_film(Path("out.mp4"), None)
    assert str(caught.value) == 'no-such-part not installed; pip install "wann-edge[sims]"'
    with pytest.raises(SettingsError, match="unknown file extension"):
        check_film(None, Path("out.bmp"))


@pytest.mark.parametrize(
    ("dt_s", "steps"), [(0.01, 4), (0.02, 2), (0.05, 1), (0.5, 1), (1 / 30, 1)]
)
def test_frames_keep_the_worlds_time(dt_s: float, steps: int) -> None:
    assert stride(dt_s) == steps


@pytest.mark.parametrize("count", [1, 3, 8, 9, 40, 1000])
def test_moments_are_spread_over_the_episode(count: int) -> None:
    moments = Moments()
    for number in range(count):
        moments.offer(np.full((1, 1, 3), number * 250 // max(count - 1, 1), np.uint8))
    sheet = moments.sheet()[:, :, 0].reshape(-1)[: min(count, MOMENTS)]
    assert (np.diff(sheet.astype(int)) > 0).all()
    assert sheet[0] == 0
    if count > 1:
        assert sheet[-1] > 200


def test_what_has_no_drawing_of_its_own_is_drawn_as_curves() -> None:
    spec = SwingUp.spec
    other = Spec("other", tuple(Input(f"s{i}") for i in range(5)), spec.outputs, 0.01, 1000)
    assert drawing_for(other) is signals
    assert drawing_for(spec) is not signals
    world = DrawnWorld(SwingUp().world(), other)
    world.reset(0)
    first = world.picture()
    for _ in range(300):
        world.step(np.zeros(1, np.float32))
    later = world.picture()
    assert first.shape == later.shape == (360, 640, 3)
    # Curves grow to the right, and not beyond what has been.
    changed = np.nonzero((first != later).any(axis=(0, 2)))[0]
    assert changed.max() < 180 + (640 - 190) * 0.31
    assert len(changed) > 100


def test_ffmpegs_complaint_is_one_line(tmp_path: Path) -> None:
    encoder = Encoder(tmp_path / "absent" / "out.mp4", 25.0)
    encoder._log = tmp_path / "log"
    with pytest.raises(SettingsError, match=r"ffmpeg failed: .*o such file"):
        feed(encoder)
    encoder.stop()


def feed(encoder: Encoder) -> None:
    """More frames than a pipe holds."""
    for _ in range(1000):
        encoder.take(np.zeros((64, 64, 3), np.uint8))
    encoder.finish()
