"""Options, reference data and printed tables of the benchmarks."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from wann_edge.kernel import supported_lanes

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "wann-release"


def arguments(description: str | None) -> argparse.Namespace:
    """Parse the options that most benchmarks have; exit if the reference data is missing."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--json", action="store_true", help="print JSON for machines")
    parser.add_argument("--seconds", type=float, default=1.0, help="time for each measurement")
    options = parser.parse_args()
    require_data()
    return options


def require_data() -> None:
    """Exit if the reference data is missing."""
    if not DATA.is_dir():
        sys.exit(f"{DATA}: the reference data is missing; copy the published wann-release there")


def resident_kb(process: str = "self") -> int:
    """Return the resident memory in KB of a process, by its number in /proc."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def machine() -> dict[str, object]:
    """Return a description of the computer that runs the benchmark."""
    return {
        "processor": _processor(),
        "lanes": list(supported_lanes()),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def show(document: dict[str, object], rows: list[dict[str, object]], *, as_json: bool) -> None:
    """Print the document and the rows, as a table or as JSON."""
    if as_json:
        print(json.dumps({**document, "rows": rows}, indent=2))
        return
    console = Console(highlight=False, width=120)
    console.print(*(f"{key}: {value}" for key, value in document.items()), sep="\n")
    table = Table(box=box.SIMPLE_HEAD)
    for index, column in enumerate(rows[0]):
        table.add_column(column, justify="left" if index == 0 else "right")
    for row in rows:
        table.add_row(
            *(f"{cell:,.1f}" if isinstance(cell, float) else str(cell) for cell in row.values())
        )
    console.print(table)
