"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from wann_edge.cli.arguments import controller_file
from wann_edge.cli.choices import DTYPES, listed
from wann_edge.cli.output_file import output_folder

TASK = typer.Argument(
    help="The task's name, such as swingup or gymnasium:LunarLanderContinuous-v3, "
    "or the C file of a plant."
)
NetworkFile = Annotated[
    Path,
    typer.Argument(
        metavar="PATH",
        parser=controller_file,
        help="A network file (JSON), or a run folder: its controller.json, else its champion.json.",
    ),
]
RunOrFile = Annotated[Path, typer.Argument(metavar="PATH", help="A run folder or a network file.")]
TaskName = Annotated[
    str | None,
    typer.Option(
        "--task",
        help="The task's name, or the C file of a plant. Default: the task that the network "
        "file names.",
    ),
]
AcceptContract = Annotated[
    bool,
    typer.Option(
        "--accept-contract",
        help="Go on where names, units, bounds, scaling or control period of the network differ "
        "from those of the task.",
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="All random numbers derive from this seed.")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Number of processes. Default: one per core.")
]
TimeLimit = Annotated[
    str | None, typer.Option("--time-limit", help="Stop after this time: 90, 90s, 10m or 2h.")
]
TuningLimit = Annotated[
    str | None,
    typer.Option("--time-limit", help="Stop each tuning after this time: 90, 90s, 10m or 2h."),
]
Folder = Annotated[
    Path,
    typer.Option(
        parser=lambda given: Path(str(output_folder(str(given)))),
        metavar="FOLDER",
        help="The folder to write the files to.",
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace the files of an earlier run or export.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show no progress.")]
SharedWeight = Annotated[
    float | None,
    typer.Option(help="The shared weight. Default: the one in the network file."),
]
ScaleOption = Annotated[
    Literal["none", "bounds", "auto"] | None,
    typer.Option(
        "--scale",
        help="How the observations and actions of a gymnasium environment are scaled: none, "
        "bounds (finite bounds become -1 and 1) or auto (also the other observations, by mean and "
        "standard deviation in episodes of random actions). Default: bounds.",
    ),
]
EnvArgs = Annotated[
    list[str] | None,
    typer.Option(
        "--env-arg",
        metavar="KEY=VALUE",
        help="A keyword argument of the gymnasium environment, such as gravity=-5.0; can be "
        "repeated. The value is read as JSON where possible, otherwise as text.",
    ),
]
PeriodOption = Annotated[
    float | None,
    typer.Option(
        "--dt",
        metavar="SECONDS",
        help="The control period of the gymnasium environment. Default: its dt, else 1 / "
        "render_fps, else its tau.",
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        parser=controller_file,
        help="A second network file to compare with, such as one that wann-edge baseline wrote.",
    ),
]
Disturb = Annotated[
    str | None,
    typer.Option(
        metavar="NAME=STRENGTH,...",
        help="Disturbances of a real machine: vary=20% (masses, lengths, friction), noise=1% and "
        "adc=10 (bits of the converter) of observations, limit=80% and dead=5% of the range of "
        "actions, latency=1 (control periods), jitter=20% and drop=10% (how often). "
        "docs/validate.md explains each.",
    ),
]
# At one microsecond a step, this many episodes of a thousand steps take two minutes.
MAX_EPISODES = 100_000
DTYPE_HELP = (
    f"Number format: {listed(DTYPES)}. q15 and q31 are fixed point in words of 16 and 32 bits; "
    "auto takes the narrowest that loses at most 2 % of the reward."
)
Dtype = Annotated[str, typer.Option(help=DTYPE_HELP)]
OptimizeFor = Annotated[
    Literal["size", "speed"],
    typer.Option(
        help="For a C header in floats: size makes an activation that is used often a function; "
        "speed inlines it."
    ),
]
