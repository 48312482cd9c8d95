"""The command ``wann-edge tune``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from wann_edge.cli.arguments import front_in, task_of
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.held_report import fresh_document, held_line
from wann_edge.cli.options import (
    AcceptContract,
    Disturb,
    Json,
    Quiet,
    RunOrFile,
    Seed,
    TaskName,
    TimeLimit,
)
from wann_edge.cli.output_file import OutputFile, file_option
from wann_edge.cli.parsing import parse_time_limit_s
from wann_edge.cli.tables import fresh_cells, print_json, print_table, say, table
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.network import Network
    from wann_edge.robustness.fresh import Fresh
    from wann_edge.task import Task
    from wann_edge.task.held import Held
    from wann_edge.tune.core import Tuned

EXAMPLE = "my-run/champion.json --mode weights -o tuned.json"

# Fresh episodes on which the result is measured.
EPISODES = 100


_Output = Annotated[
    OutputFile,
    file_option("--output", "-o", help="The network file to write."),
]
_Mode = Annotated[
    str,
    typer.Option(
        help="What to tune: shared, the one weight of all connections, from -3 to 3; or "
        "weights, a single weight for each connection."
    ),
]
_Evaluations = Annotated[
    int | None, typer.Option(min=1, max=10**9, help="Try at most this many candidates.")
]
_Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=1024,
        help="Number of processes, for a run folder or with --redraw. Default: one per core.",
    ),
]
_Redraw = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=10_000,
        help="Draw this many new episodes for each generation of CMA-ES. For tasks where a "
        "controller may fall, such as walking.",
    ),
]
_WireIdle = Annotated[
    bool,
    typer.Option(
        "--wire-idle",
        help="With --redraw: first connect each output without connections to all inputs.",
    ),
]


def command(
    path: RunOrFile,
    output: _Output,
    mode: _Mode = "weights",
    task: TaskName = None,
    accept_contract: AcceptContract = False,
    evaluations: _Evaluations = None,
    time_limit: TimeLimit = None,
    seed: Seed = 0,
    workers: _Workers = None,
    disturb: Disturb = None,
    redraw: _Redraw = None,
    wire_idle: _WireIdle = False,
    quiet: Quiet = False,
    as_json: Json = False,
) -> int:
    """Tune the weights of a network: the shared weight, or single weights by CMA-ES.

    Given a run folder, it tunes all networks of the front in a race of some minutes and
    writes the one that tunes best. Candidates are scored on training episodes, the result
    on fresh ones. Ctrl-C stops the tuning and keeps the best candidate so far.
    """
    from wann_edge.network import file as network_file
    from wann_edge.system.files import check_writable
    from wann_edge.task import final_task
    from wann_edge.task.disturbances import NONE, parse
    from wann_edge.task.disturbed import disturbed
    from wann_edge.task.held import held_rule

    limit_s = parse_time_limit_s(time_limit)
    _check_options(path, mode, evaluations, redraw, wire_idle=wire_idle)
    if path.is_dir():
        networks = [entry.network for entry in front_in(path).entries]
    else:
        networks = [network_file.load(path)]
    given = NONE if disturb is None else parse(disturb)
    world = task_of(task, networks[-1], where=str(path), accept_contract=accept_contract)
    if given != NONE:
        world = disturbed(final_task(world), given)
    check_writable(output.path)
    tuned = _tuned(
        networks,
        world,
        mode,
        is_front=path.is_dir(),
        evaluations=evaluations,
        limit_s=limit_s,
        seed=seed,
        workers=workers,
        redraw=redraw,
        wire_idle=wire_idle,
        quiet=quiet or as_json,
    )
    if given != NONE:
        provenance = {**tuned.network.provenance, "disturbances": str(given)}
        tuned = replace(tuned, network=replace(tuned.network, provenance=provenance))
    found = _saved(networks[-1], tuned, world, seed, output.path)
    told = networks[-1], tuned, found, held_rule(final_task(world)), output
    if as_json:
        print_json(_document(*told))
    else:
        _print(*told)
    return ExitCode.INTERRUPTED if tuned.stopped == "interrupted" else ExitCode.OK


def _check_options(
    path: Path, mode: str, evaluations: int | None, redraw: int | None, *, wire_idle: bool
) -> None:
    if redraw is not None and (path.is_dir() or mode != "weights"):
        raise SettingsError(
            "--redraw is for the single weights of one network",
            where=str(path),
            remedy="name a network file, and use --mode weights",
        )
    if wire_idle and redraw is None:
        raise SettingsError(
            "needs --redraw", where="--wire-idle", remedy="give both: --wire-idle --redraw 16"
        )
    if path.is_dir() and (mode != "weights" or evaluations is not None):
        raise SettingsError(
            "a front is tuned with --mode weights and without --evaluations",
            where=str(path),
            remedy="limit it with --time-limit, or name a network file",
        )


def _tuned(
    networks: list[Network],
    task: Task,
    mode: str,
    *,
    is_front: bool,
    evaluations: int | None,
    limit_s: float | None,
    seed: int,
    workers: int | None,
    redraw: int | None,
    wire_idle: bool,
    quiet: bool,
) -> Tuned:
    from wann_edge.cli.progress_lines import tuning_line
    from wann_edge.parallel.engine import Engine, cores
    from wann_edge.tune.front_race import tune_front
    from wann_edge.tune.one_network import tune
    from wann_edge.tune.redrawn_episodes import tune_redrawn

    line = tuning_line("tune", quiet=quiet)
    with line as on_progress, Engine(task, workers or cores()) as engine:
        if is_front:
            return tune_front(
                networks, engine, seed=seed, time_limit_s=limit_s, on_progress=on_progress
            )
        if redraw is not None:
            return tune_redrawn(
                networks[0],
                engine,
                episodes=redraw,
                wire_idle=wire_idle,
                seed=seed,
                evaluations=evaluations,
                time_limit_s=limit_s,
                on_progress=on_progress,
            )
        return tune(
            networks[0],
            task,
            mode,
            seed=seed,
            evaluations=evaluations,
            time_limit_s=limit_s,
            on_progress=on_progress,
        )


class _BeforeAndAfter(NamedTuple):
    """Both networks on the same fresh episodes."""

    before: Fresh
    after: Fresh


def _saved(network: Network, tuned: Tuned, world: Task, seed: int, path: Path) -> _BeforeAndAfter:
    """Measure both networks on fresh episodes, and write the tuned one."""
    from wann_edge.network import file as network_file
    from wann_edge.task.fingerprint import stamped

    found = _BeforeAndAfter(_fresh(network, world, seed), _fresh(tuned.network, world, seed))
    scores = {"episodes": EPISODES, "mean": found.after.mean, "sd": found.after.sd}
    provenance = {**tuned.network.provenance, "fresh": scores}
    network_file.save(stamped(replace(tuned.network, provenance=provenance), world), path)
    return found


def _print(
    network: Network, tuned: Tuned, found: _BeforeAndAfter, rule: Held | None, output: OutputFile
) -> None:
    columns = "connections", "mean reward", "sd", "worst", "its seed", "held"
    made = table(f"{EPISODES} fresh episodes", *columns)
    rows = zip(("before", "tuned"), (network, tuned.network), found, strict=True)
    for name, one, measured in rows:
        row = f"{measured.mean:.1f}", f"{measured.sd:.1f}", *fresh_cells(measured)
        made.add_row(name, str(len(one.edges)), *row)
    print_table(made)
    say(held_line(rule))
    say(f"stopped by: {tuned.stopped}, after {tuned.evaluations} evaluations")
    say(f"file: {output}{output.note}")


def _document(
    network: Network, tuned: Tuned, found: _BeforeAndAfter, rule: Held | None, output: OutputFile
) -> dict[str, object]:
    rows = zip(("before", "tuned"), (network, tuned.network), found, strict=True)
    return {
        "file": str(output),
        "stopped": tuned.stopped,
        "evaluations": tuned.evaluations,
        "episodes": EPISODES,
        "held_when": None if rule is None else rule.when,
        **{
            name: {
                "connections": len(one.edges),
                "mean": measured.mean,
                "sd": measured.sd,
                **fresh_document(measured),
            }
            for name, one, measured in rows
        },
    }


def _fresh(network: Network, task: Task, seed: int) -> Fresh:
    """Measure a network with its own weights over fresh episodes."""
    from wann_edge.robustness.fresh import fresh_episodes

    return fresh_episodes(network, task, (network.shared_weight,), EPISODES, seed)[0]
