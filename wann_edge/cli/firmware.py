"""``wann-edge firmware``."""

from __future__ import annotations

from pathlib import Path

from wann_edge import netfile
from wann_edge.cli.convert import in_numbers
from wann_edge.errors import SettingsError
from wann_edge.exporters.firmware import firmware_files
from wann_edge.files import write_whole


def run_firmware(
    file: Path, board: str, output: Path, watchdog_s: float | None, dtype: str, *, force: bool
) -> int:
    """Writes the project; nothing into a folder that holds anything else, unless forced."""
    if not force and output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise SettingsError(
            "is there and not empty", where=str(output), remedy="choose another, or add --force"
        )
    network = in_numbers(netfile.load(file), dtype)
    files = firmware_files(network, board, output.resolve().name, watchdog_s)
    for name, content in files.items():
        write_whole(output / name, content)
    print(f"{output}: {len(files)} files for {board}; README.md there says how to build")
    return 0
