"""``wann-edge firmware``."""

from __future__ import annotations

from pathlib import Path

from wann_edge.cli.convert import in_numbers
from wann_edge.exporters.firmware import firmware_files
from wann_edge.network import file as network_file
from wann_edge.system.files import write_folder


def run_firmware(
    file: Path, board: str, output: Path, watchdog_s: float | None, dtype: str, *, force: bool
) -> int:
    """Writes the project, whole or not at all."""
    network, loss = in_numbers(network_file.load(file), dtype)
    files = firmware_files(network, board, output.resolve().name, watchdog_s)
    print(loss, end="")
    write_folder(output, files, force=force)
    print(f"{output}: {len(files)} files for {board}; README.md there says how to build")
    return 0
