"""The command ``wann-edge tune``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from wann_edge.cli import tune_options
from wann_edge.cli.arguments import front_in, task_of
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.held_report import held_line, measured_document
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
from wann_edge.cli.output_file import OutputFile
from wann_edge.cli.parsing import parse_time_limit_s
from wann_edge.cli.tables import fresh_cells, print_json, print_table, say, table
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.network import Network
    from wann_edge.robustness.fresh import Fresh
    from wann_edge.task import Task
    from wann_edge.task.held import Held
    from wann_edge.tune.core import OnTuningProgress, Tuned
    from wann_edge.tune.prune import Pruning

EXAMPLE = "my-run/champion.json --mode weights -o tuned.json"

# Fresh episodes on which the result is measured.
EPISODES = 100


def command(
    path: RunOrFile,
    output: tune_options.Output,
    mode: tune_options.Mode = "weights",
    task: TaskName = None,
    accept_contract: AcceptContract = False,
    evaluations: tune_options.Evaluations = None,
    time_limit: TimeLimit = None,
    seed: Seed = 0,
    workers: tune_options.Workers = None,
    disturb: Disturb = None,
    redraw: tune_options.Redraw = None,
    wire_idle: tune_options.WireIdle = False,
    prune: tune_options.Prune = False,
    loss: tune_options.Loss = 0.03,
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
    from wann_edge.tune.prune import Pruning

    given = NONE if disturb is None else parse(disturb)
    options = _Options(
        mode=mode,
        is_front=path.is_dir(),
        evaluations=evaluations,
        limit_s=parse_time_limit_s(time_limit),
        seed=seed,
        workers=workers,
        redraw=redraw,
        wire_idle=wire_idle,
        pruning=Pruning(loss, given) if prune else None,
        quiet=quiet or as_json,
    )
    _check_options(path, options)
    if path.is_dir():
        networks = [entry.network for entry in front_in(path).entries]
    else:
        networks = [network_file.load(path)]
    world = task_of(task, networks[-1], where=str(path), accept_contract=accept_contract)
    if given != NONE:
        world = final_task(world) if prune else disturbed(final_task(world), given)
    check_writable(output.path)
    tuned = _tuned(networks, world, options)
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


class _Options(NamedTuple):
    """What to tune, and how far.

    Attributes:
        mode: the value of ``--mode``.
        is_front: whether a front is tuned.
        evaluations: the most candidates, or None.
        limit_s: the most seconds, or None.
        seed: every random number derives from it.
        workers: processes; None for one per core.
        redraw: the value of ``--redraw``.
        wire_idle: the value of ``--wire-idle``.
        pruning: how to prune; None to keep all connections.
        quiet: show no progress.
    """

    mode: str
    is_front: bool
    evaluations: int | None
    limit_s: float | None
    seed: int
    workers: int | None
    redraw: int | None
    wire_idle: bool
    pruning: Pruning | None
    quiet: bool


def _check_options(path: Path, options: _Options) -> None:
    is_single = not options.is_front and options.mode == "weights"
    if options.redraw is not None and not is_single:
        raise SettingsError(
            "--redraw is for the single weights of one network",
            where=str(path),
            remedy="name a network file, and use --mode weights",
        )
    if options.wire_idle and options.redraw is None:
        raise SettingsError(
            "needs --redraw", where="--wire-idle", remedy="give both: --wire-idle --redraw 16"
        )
    if options.pruning is not None and (options.redraw is not None or not is_single):
        raise SettingsError(
            "--prune is for the single weights of one network, without --redraw",
            where=str(path),
            remedy="name a network file, and use --mode weights",
        )
    if options.is_front and (options.mode != "weights" or options.evaluations is not None):
        raise SettingsError(
            "a front is tuned with --mode weights and without --evaluations",
            where=str(path),
            remedy="limit it with --time-limit, or name a network file",
        )


def _tuned(networks: Sequence[Network], task: Task, options: _Options) -> Tuned:
    from wann_edge.cli.progress_lines import tuning_line
    from wann_edge.parallel.engine import Engine, cores
    from wann_edge.tune.front_race import tune_front
    from wann_edge.tune.one_network import tune
    from wann_edge.tune.prune import prune_within
    from wann_edge.tune.redrawn_episodes import tune_redrawn

    line = tuning_line("tune" if options.pruning is None else "prune", quiet=options.quiet)
    with line as on_progress, Engine(task, options.workers or cores()) as engine:
        limits: _Limits = {
            "seed": options.seed,
            "time_limit_s": options.limit_s,
            "on_progress": on_progress,
        }
        if options.is_front:
            return tune_front(networks, engine, **limits)
        most, network = options.evaluations, networks[0]
        if options.pruning is not None:
            return prune_within(network, engine, options.pruning, evaluations=most, **limits)
        if options.redraw is not None:
            return tune_redrawn(
                network,
                engine,
                episodes=options.redraw,
                wire_idle=options.wire_idle,
                evaluations=most,
                **limits,
            )
        return tune(network, task, options.mode, evaluations=most, **limits)


class _Limits(TypedDict):
    """What all ways to tune take."""

    seed: int
    time_limit_s: float | None
    on_progress: OnTuningProgress


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
            name: {"connections": len(one.edges), **measured_document(measured)}
            for name, one, measured in rows
        },
    }


def _fresh(network: Network, task: Task, seed: int) -> Fresh:
    """Measure a network with its own weights over fresh episodes."""
    from wann_edge.robustness.fresh import fresh_episodes

    return fresh_episodes(network, task, (network.shared_weight,), EPISODES, seed)[0]
