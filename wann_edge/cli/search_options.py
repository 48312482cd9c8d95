"""The options of ``wann-edge search``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from wann_edge.cli.choices import COMPLEXITIES, PRESETS, listed

Preset = Annotated[
    str | None,
    typer.Option(
        help=f"The settings to start from: {listed(PRESETS)}. Default: fast for a task that "
        "the kernel simulates, else slow."
    ),
]
Population = Annotated[int | None, typer.Option(min=2, help="Networks in a generation.")]
Islands = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Independent populations, the worse of which are eliminated round by round. "
        "Needs a preset with fixed episodes (fast or diverse). With --start, one per worker "
        "is a good number. Default: the preset's; fast has 8.",
    ),
]
Complexity = Annotated[
    str | None,
    typer.Option(
        help=f"What the front weighs against reward: {listed(COMPLEXITIES)}. Default: connections."
    ),
]
Generations = Annotated[int | None, typer.Option(min=1, help="Stop after this many generations.")]
Weights = Annotated[
    str | None,
    typer.Option(
        help="Weights to score with: a list such as -2,-1,1,2, or a distribution to draw from: "
        "uniform:-2,2, normal:0,1 (mean, standard deviation) or log-uniform:0.1,3 (magnitude; "
        "either sign). Default: the paper's six, -2,-1,-0.5,0.5,1,2."
    ),
]
WeightsPer = Annotated[
    Literal["rollout", "generation"] | None,
    typer.Option(
        help="Draw a weight for each rollout, or keep each for all episodes of a generation. "
        "Default: rollout."
    ),
]
Sampling = Annotated[
    Literal["shared", "per-connection"] | None,
    typer.Option(
        help="Draw one weight for all connections, or one for each connection. Default: shared."
    ),
]
Draws = Annotated[
    int | None,
    typer.Option(min=1, max=1000, help="How many weights to draw. Default: 6."),
]
Episodes = Annotated[
    int | None,
    typer.Option(min=1, help="Episodes for each weight. Default: the preset's; fast has 8."),
]
FirstHeat = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="For preset diverse: run this many episodes of a candidate first, then double "
        "the number as long as it keeps up with its niche. Default: all episodes at once.",
    ),
]
Finalists = Annotated[
    str | None,
    typer.Option(
        metavar="COUNT:EPISODES",
        help="Run more episodes of the best candidates of each generation, such as 32:3. For "
        "tasks whose episodes are slow and differ much.",
    ),
]
Patience = Annotated[
    str | None,
    typer.Option(
        metavar="STEPS:REWARD",
        help="While searching, end an episode when this many steps earn less than this "
        "reward, such as 150:3.",
    ),
]
RewardFloor = Annotated[
    float | None,
    typer.Option(
        help="While searching, clamp each step's reward from below: with -1, a step that "
        "earns -100 counts as -1."
    ),
]
Start = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="Start from the front of this run folder, or from this network file, instead of "
        "random networks.",
    ),
]
Tensorboard = Annotated[
    bool, typer.Option("--tensorboard", help="Also write the history for TensorBoard.")
]
Resume = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Continue the run in this folder, to its own limit or to a new one.",
    ),
]
