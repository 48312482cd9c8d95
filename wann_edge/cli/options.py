"""Options of commands: those that several share, and those of search and show."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

TASK = typer.Argument(
    help="The task's name, such as swingup or gymnasium:LunarLanderContinuous-v3, "
    "or a plant's C file."
)
NetworkFile = Annotated[Path, typer.Argument(metavar="FILE", help="A network file (JSON).")]
TaskName = Annotated[
    str | None,
    typer.Option("--task", help="The task, or a plant's C file, if not the one the file names."),
]
Preset = Annotated[
    str | None,
    typer.Option(
        help="Settings to start from: fast, slow, diverse or paper. Default: fast, or slow for a "
        "task that the kernel does not simulate itself."
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="Every random number comes from this seed.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; default: all cores.")]
TimeLimit = Annotated[str | None, typer.Option(help="Stop after this time: 90, 90s, 10m, 2h.")]
TuningLimit = Annotated[
    str | None, typer.Option("--time-limit", help="Stop each tuning after this time: 90, 90s, 10m.")
]
Folder = Annotated[Path, typer.Option(help="The folder for all files.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of a table.")]
DTYPE_HELP = (
    "float; fixed point in words of 16 bits (q15) or 32 (q31); or auto: the narrowest "
    "that costs no more than 2 % of the reward."
)
Dtype = Annotated[str, typer.Option(help=DTYPE_HELP)]
ExportDtype = Annotated[
    str | None, typer.Option(help=f"{DTYPE_HELP} Default: float; of c-fixed, auto.")
]
OptimizeFor = Annotated[
    Literal["size", "speed"],
    typer.Option(
        help="For a C header in floats: activations that are used often are functions of their "
        "own (size), or their code is put where they are used (speed)."
    ),
]
MaxLoss = Annotated[
    float, typer.Option(min=0, help="The share of the reward that fixed point may cost.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Overwrite what an earlier run or export left there.")
]
Complexity = Annotated[
    str | None,
    typer.Option(
        help="What the front trades reward against: connections (default), nodes, "
        "instructions:CORE or flash_bytes:CORE."
    ),
]
ScoringWeights = Annotated[
    str | None,
    typer.Option(
        help="Weights to score with: a list such as -2,-1,1,2, or draws from uniform:-2,2, "
        "normal:0,1 (mean, sd) or log-uniform:0.1,3 (of either sign). Default: the paper's six."
    ),
]
WeightsPer = Annotated[
    Literal["rollout", "generation"] | None,
    typer.Option(
        help="Draw for each weight and episode anew, or keep each for all episodes of a "
        "generation. Default: rollout."
    ),
]
Sampling = Annotated[
    Literal["shared", "per-connection"] | None,
    typer.Option(help="One weight for all connections, or a draw for each. Default: shared."),
]
Draws = Annotated[
    int | None, typer.Option(min=1, max=1000, help="How many weights to draw. Default: 6.")
]
ScoringEpisodes = Annotated[
    int | None,
    typer.Option(min=1, help="Episodes for each weight. Default: the preset's, 8 of fast."),
]
Islands = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Populations that race, of a preset with fixed episodes; as many as workers where "
        "a search starts from good networks. Default: the preset's, 8 of fast.",
    ),
]
FirstHeat = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="With preset diverse: run so many episodes of a network first, then twice as many "
        "in all, and so on, as long as it is not behind all others of its size.",
    ),
]
Finalists = Annotated[
    str | None,
    typer.Option(
        metavar="COUNT:EPISODES",
        help="Let the best of each generation run more episodes: 32:3. For tasks whose "
        "episodes are costly and differ much.",
    ),
]
Patience = Annotated[
    str | None,
    typer.Option(
        metavar="STEPS:REWARD",
        help="While searching, give an episode up when so many steps bring less: 150:3.",
    ),
]
RewardFloor = Annotated[
    float | None,
    typer.Option(help="While searching, count no step's reward as less: -1 for one of -100."),
]
Baseline = Annotated[
    Path | None,
    typer.Option(help="Another network file to put beside it, such as one of baseline."),
]
Disturb = Annotated[
    str | None,
    typer.Option(
        metavar="NAME=STRENGTH,...",
        help="What a real machine adds: vary=20% (masses, lengths, friction), noise=1% and adc=10 "
        "(bits) on observations, limit=80% and dead=5% of actions, latency=1 and jitter=20% "
        "(control periods), drop=10% of samples. docs/validate.md explains each.",
    ),
]
Start = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="Begin with the front of this search's folder, or with this network file, and with "
        "mutants of it, instead of random networks.",
    ),
]
Resume = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Go on with the run in this folder, to its own end or a new one."
    ),
]
RunOrFile = Annotated[
    Path, typer.Argument(metavar="PATH", help="The folder of a search, or a network file.")
]
Picked = Annotated[int | None, typer.Option(min=0, help="The front's best network with so many.")]
PickedFile = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write that network to this file.")
]
