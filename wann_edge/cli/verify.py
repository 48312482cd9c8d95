"""The command ``wann-edge verify``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.arguments import task_if_named
from wann_edge.cli.choices import CORES
from wann_edge.cli.exit_codes import verdict_code
from wann_edge.cli.options import (
    MAX_EPISODES,
    AcceptContract,
    Dtype,
    Json,
    NetworkFile,
    OptimizeFor,
    Seed,
    TaskName,
)
from wann_edge.cli.tables import (
    console,
    print_json,
    print_precision,
    print_verification,
    say,
    status_line,
)
from wann_edge.errors import UntrustedTaskError

if TYPE_CHECKING:
    from wann_edge.exporters import Optimize
    from wann_edge.network import Network
    from wann_edge.task import Task
    from wann_edge.verify import Verification

EXAMPLE = "my-run/champion.json"


_Target = Annotated[
    str,
    typer.Option(
        help="Where to run the exports: host (gcc, clang), onnxruntime, an emulated core "
        f"({', '.join(CORES)}), several of these separated by commas, or all that are "
        "installed."
    ),
]
_Require = Annotated[
    bool,
    typer.Option("--require", help="With --target all: fail where a part is not installed."),
]
_Episodes = Annotated[
    int, typer.Option(min=2, max=MAX_EPISODES, help="Episodes that the exported code controls.")
]
_MaxLoss = Annotated[
    float,
    typer.Option(min=0, help="The share of the reward that fixed point may lose."),
]


def command(
    file: NetworkFile,
    target: _Target = "all",
    require: _Require = False,
    task: TaskName = None,
    accept_contract: AcceptContract = False,
    episodes: _Episodes = 100,
    seed: Seed = 0,
    dtype: Dtype = "float",
    max_loss: _MaxLoss = 0.02,
    optimize: OptimizeFor = "size",
    as_json: Json = False,
) -> int:
    """Prove the exports: compile them, run them, and compare with the search's kernel.

    The C header must give the same bits as the kernel for 2300 inputs and in whole episodes,
    here and on each emulated core (pip install "wann-edge[emu]"). The ONNX graph must give
    the same values within a stated tolerance. The exit code is 1 if anything differs, and 2
    if something could not be tried, for instance because a compiler is missing.

    With --dtype the header is in fixed point, and its reward is compared with that in floats.
    """
    from wann_edge.cli.dtype import fixed_point
    from wann_edge.network import file as network_file

    network = network_file.load(file)
    world = _world(
        task, network, str(file), accept_contract=accept_contract, needed=dtype != "float"
    )
    fixed = fixed_point(network, dtype, world, episodes=episodes, seed=seed, max_loss=max_loss)
    network, cost = fixed or (network, None)
    if cost is not None and not as_json:
        print_precision(cost)
    found = prove_with_status(
        network,
        _targets(target, in_floats=cost is None),
        task=world,
        episodes=episodes,
        seed=seed,
        optimize=optimize,
        require=require or target != "all",
        quiet=as_json,
    )
    ok = found.ok and (cost is None or cost.ok)
    if as_json:
        costs = {} if cost is None else {"fixed_point": {**asdict(cost), "ok": cost.ok}}
        print_json({**found.to_document(), **costs, "ok": ok})
    else:
        print_verification(found)
        if world is None:
            console.print("No task was loaded, so no closed loop was run: add --task.")
    is_worse = cost is not None and not cost.ok
    return verdict_code(ok, tried=found.found_fault or is_worse)


def _world(
    name: str | None, network: Network, where: str, *, accept_contract: bool, needed: bool
) -> Task | None:
    """Load the task; unless it is needed, go on without one whose code may not be run."""
    try:
        return task_if_named(name, network, where=where, accept_contract=accept_contract)
    except UntrustedTaskError as error:
        if needed:
            raise
        say(f"wann-edge: no closed loop: {error}", file=sys.stderr)
        return None


def _targets(target: str, *, in_floats: bool) -> list[str]:
    """The targets that were named, or all; onnxruntime runs no fixed point."""
    from wann_edge.registry import registered

    if target != "all":
        return target.split(",")
    return [name for name in registered("targets") if in_floats or name != "onnxruntime"]


def prove_with_status(
    network: Network,
    targets: Sequence[str],
    *,
    task: Task | None,
    episodes: int,
    seed: int,
    optimize: Optimize = "size",
    require: bool = True,
    quiet: bool = False,
) -> Verification:
    """Verify a network, and show the target that runs.

    Args:
        quiet: show nothing. The other arguments are those of ``verify.prove``.
    """
    from wann_edge.verify import prove

    with status_line("verifying", quiet=quiet) as status:
        return prove(
            network,
            targets,
            task=task,
            episodes=episodes,
            seed=seed,
            require=require,
            on_check=lambda name: status.update(f"verifying on {name}"),
            optimize=optimize,
        )
