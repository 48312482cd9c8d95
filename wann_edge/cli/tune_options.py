"""The options of ``wann-edge tune``."""

from __future__ import annotations

from typing import Annotated

import typer

from wann_edge.cli.output_file import OutputFile, file_option

Output = Annotated[
    OutputFile,
    file_option("--output", "-o", help="The network file to write."),
]
Mode = Annotated[
    str,
    typer.Option(
        help="What to tune: shared, the one weight of all connections, from -3 to 3; or "
        "weights, a single weight for each connection."
    ),
]
Evaluations = Annotated[
    int | None, typer.Option(min=1, max=10**9, help="Try at most this many candidates.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=1024,
        help="Number of processes, for a run folder or with --redraw. Default: one per core.",
    ),
]
Redraw = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=10_000,
        help="Draw this many new episodes for each generation of CMA-ES. For tasks where a "
        "controller may fall, such as walking.",
    ),
]
WireIdle = Annotated[
    bool,
    typer.Option(
        "--wire-idle",
        help="With --redraw: first connect each output without connections to all inputs.",
    ),
]
Prune = Annotated[
    bool,
    typer.Option(
        "--prune",
        help="Remove connections one by one and tune the others again, while the reward stays. "
        "With --disturb, the reward as it is and with these disturbances.",
    ),
]
Loss = Annotated[
    float,
    typer.Option(
        min=0,
        max=0.5,
        metavar="SHARE",
        help="With --prune: the share of the reward that a smaller network may lose.",
    ),
]
