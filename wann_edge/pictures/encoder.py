"""Encode frames to a video file, by the ffmpeg in the wheel of imageio-ffmpeg."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from typing import IO

from wann_edge.errors import SettingsError
from wann_edge.task import Picture

# H.264 that every player can show needs sides of an even number of pixels.
H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2")


class Encoder:
    """Encodes frames of one size until ``finish``; ``stop`` ends ffmpeg at any time.

    Args:
        path: the video, .mp4 or .gif; ffmpeg's messages go to a .log file beside it.
        fps: frames per second.
    """

    def __init__(self, path: Path, fps: float) -> None:
        self._path, self._fps = path, fps
        self._log = path.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def take(self, frame: Picture) -> None:
        """Add a frame; raises SettingsError if ffmpeg has failed."""
        if self._process is None:
            self._process = self._start(frame)
        try:
            self._input(self._process).write(frame.tobytes())
        except BrokenPipeError as error:
            self._process.wait()
            raise self._failure() from error

    def finish(self) -> None:
        """Wait until the file is complete; raises SettingsError if ffmpeg has failed."""
        if self._process is None:
            return
        self._input(self._process).close()
        if self._process.wait():
            raise self._failure()

    def stop(self) -> None:
        """End ffmpeg, if it runs."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.kill()
        with suppress(BrokenPipeError):
            self._input(self._process).close()
        self._process.wait()

    def _start(self, frame: Picture) -> subprocess.Popen[bytes]:
        from imageio_ffmpeg import get_ffmpeg_exe

        size = f"{frame.shape[1]}x{frame.shape[0]}"
        source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", f"{self._fps:g}")
        made = H264 if self._path.suffix == ".mp4" else ("-loop", "0")
        quiet = (get_ffmpeg_exe(), "-loglevel", "error", "-y")
        with self._log.open("wb") as log:
            return subprocess.Popen(
                [*quiet, *source, "-i", "-", *made, str(self._path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )

    @staticmethod
    def _input(process: subprocess.Popen[bytes]) -> IO[bytes]:
        assert process.stdin is not None
        return process.stdin

    def _failure(self) -> SettingsError:
        said = self._log.read_text(errors="replace").strip().splitlines()
        return SettingsError(
            f"ffmpeg failed: {said[-1] if said else 'it printed no reason'}",
            where=str(self._path.name),
            remedy="check the free space, or write the other of .mp4 and .gif",
        )
