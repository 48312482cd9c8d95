"""Event files, read back: their framing and checksums are checked by the format's rules.

TFRecord: length (uint64), its masked CRC-32C, the data, its masked CRC-32C.
https://www.tensorflow.org/tutorials/load_data/tfrecord
"""

from __future__ import annotations

import csv
import importlib.util
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.parts import missing
from wann_edge.cli import run
from wann_edge.search.run_folder import EVENT_FILES

SEARCH = ["search", "swingup", "--population", "12", "--workers", "1", "--generations", "32"]
SEARCH += ["--weights=-1,1", "--finish", "0"]


@pytest.fixture(autouse=True)
def library() -> None:
    """Skip without a library for TensorBoard's event files."""
    if importlib.util.find_spec("tensorboardX") is None:
        missing("tensorboard", 'pip install "wann-edge[tensorboard]"')


def masked_crc(data: bytes) -> int:
    """Return CRC-32C (Castagnoli), bit by bit, rotated and offset as TFRecord requires."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x82F63B78 * (crc & 1)
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(content: bytes) -> list[bytes]:
    """Return the records of a whole file."""
    found = []
    while content:
        (length,), (crc,) = struct.unpack("<Q", content[:8]), struct.unpack("<I", content[8:12])
        data, (other,) = content[12 : 12 + length], struct.unpack("<I", content[12 + length :][:4])
        assert (crc, other) == (masked_crc(content[:8]), masked_crc(data))
        found.append(data)
        content = content[16 + length :]
    return found


def events(folder: Path) -> list[tuple[int, float, dict[str, float]]]:
    """Return step, time in seconds, and scalars of each row of the only file."""
    from tensorboardX.proto.event_pb2 import Event  # noqa: PLC0415

    (path,) = folder.glob(EVENT_FILES)
    first, *rest = map(Event.FromString, records(path.read_bytes()))
    assert first.file_version == "brain.Event:2"
    return [
        (event.step, event.wall_time, {v.tag: v.simple_value for v in event.summary.value})
        for event in rest
    ]


def check_against_the_table(folder: Path) -> int:
    """Check the events against history.csv; return the number of rows."""
    found = events(folder)
    with (folder / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(found) == len(rows)
    for (step, time_s, scalars), row in zip(found, rows, strict=True):
        assert step == int(row["evaluations"])
        assert scalars == {name: np.float32(value) for name, value in row.items()}
        since_s = time_s - found[0][1]
        assert since_s == pytest.approx(
            float(row["elapsed_s"]) - float(rows[0]["elapsed_s"]), abs=1e-3
        )
    return len(rows)


def test_the_scalars_are_the_columns_of_the_history(tmp_path: Path) -> None:
    assert run([*SEARCH, "--tensorboard", "--out", str(tmp_path)]) == 0
    assert check_against_the_table(tmp_path) == 2
    assert (
        run([*SEARCH, "--preset", "paper", "--tensorboard", "--force", "--out", str(tmp_path)]) == 0
    )
    assert check_against_the_table(tmp_path) == 32


@pytest.mark.parametrize("before", ["with events", "without", "a torn file"])
def test_a_resumed_run_has_each_row_once(before: str, tmp_path: Path) -> None:
    option = [] if before == "without" else ["--tensorboard"]
    assert run([*SEARCH, *option, "--out", str(tmp_path)]) == 0
    if before == "a torn file":
        (path,) = tmp_path.glob(EVENT_FILES)
        path.write_bytes(path.read_bytes()[:-7])
    resume = ["search", "--resume", str(tmp_path), "--generations", "64", "--workers", "1"]
    resume += ["--finish", "0"]
    assert run([*resume, "--tensorboard"]) == 0
    assert check_against_the_table(tmp_path) == 4
    assert run([*resume, "--tensorboard"]) == 0
    assert check_against_the_table(tmp_path) == 4


def test_a_run_that_is_overwritten_leaves_no_events(tmp_path: Path) -> None:
    assert run([*SEARCH, "--tensorboard", "--out", str(tmp_path)]) == 0
    assert run([*SEARCH, "--tensorboard", "--out", str(tmp_path)]) == 2
    assert check_against_the_table(tmp_path) == 2
    assert run([*SEARCH, "--force", "--out", str(tmp_path)]) == 0
    assert list(tmp_path.glob(EVENT_FILES)) == []


def test_without_the_library_one_line_says_how_to_install_it(tmp_path: Path) -> None:
    """In a Python that can't import it, and before any file is written."""
    script = """if True:
        import sys
        sys.modules["tensorboardX"] = None
        from wann_edge.cli import run
        sys.exit(run(sys.argv[1:]))
    """
    command = [*SEARCH, "--tensorboard", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-c", script, *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith('pip install "wann-edge[tensorboard]"\n')
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    """No file may grow past 64 kB, which is fewer rows than are told."""
    script = """if True:
        import resource, sys
        from pathlib import Path
        from wann_edge.search.progress import Progress
        from wann_edge.search.tensorboard import EventFile
        resource.setrlimit(resource.RLIMIT_FSIZE, (64_000, 64_000))
        log = EventFile(Path(sys.argv[1]))
        try:
            for row in range(1000):
                log(Progress(row, row, row, 0.0, 1.0, 0.0, 0.0, 0.0, 1, 1, None, None))
        except Exception as error:
            print(type(error).__name__, error)
    """
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.stdout == (
        f"SettingsError {tmp_path}: can't write an event file: File too large; "
        "check the folder's permissions and the free space\n"
    )
