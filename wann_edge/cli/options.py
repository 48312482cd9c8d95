"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

NetworkFile = Annotated[Path, typer.Argument(metavar="FILE", help="A network file (JSON).")]
TaskName = Annotated[
    str | None, typer.Option("--task", help="The task, if not the one the file names.")
]
Seed = Annotated[int, typer.Option(min=0, help="Every random number comes from this seed.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; default: all cores.")]
TimeLimit = Annotated[str | None, typer.Option(help="Stop after this time: 90, 90s, 10m, 2h.")]
TuningLimit = Annotated[
    str | None, typer.Option("--time-limit", help="Stop each tuning after this time: 90, 90s, 10m.")
]
Folder = Annotated[Path, typer.Option(help="The folder for all files.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of a table.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite what an earlier run left there.")]
