"""Tune baselines of several kinds, and print them in one table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.held_report import held_line, measured_document, rule_of
from wann_edge.cli.output_file import OutputFile
from wann_edge.cli.tables import fresh_cells, print_json, print_table, print_title, say, table
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.baselines.kinds import Choices, Pair, Plan
    from wann_edge.robustness.fresh import Fresh
    from wann_edge.task import Task
    from wann_edge.task.disturbances import Disturbances
    from wann_edge.tune.core import Tuned


@dataclass(frozen=True)
class TuningOrder:
    """How to tune baselines, and where to write them.

    Attributes:
        seed: every random number derives from it.
        disturb: disturbances of the training episodes as ``--disturb`` names them, or None.
        evaluations: candidates of each kind at most, or None.
        time_limit_s: seconds of each kind at most, or None.
        held: an episode is held from this reward on; None for the task's own rule.
        output: the file for the network of a single kind, or None.
        folder: the folder for a file of each kind, or None.
    """

    seed: int
    disturb: str | None
    evaluations: int | None
    time_limit_s: float | None
    held: float | None
    output: OutputFile | None
    folder: Path | None

    def paths(self, kinds: list[str]) -> list[Path | None]:
        """Return where the network of each kind goes. Raises SettingsError for one for several."""
        if self.folder is not None:
            return [self.folder / f"{kind}.json" for kind in kinds]
        if self.output is None:
            return [None] * len(kinds)
        if len(kinds) > 1:
            raise SettingsError(
                f"one file for {len(kinds)} kinds",
                where="--output",
                remedy="name a folder with --out; it gets a file of each kind",
            )
        return [self.output.path]


class Row(NamedTuple):
    """A tuned baseline.

    Attributes:
        kind: its registered name.
        plan: what was tuned.
        tuned: the result.
        fresh: its fresh episodes.
        disturbed: the same episodes with the disturbances of the training; None without any.
        path: the file that it was written to, or None.
    """

    kind: str
    plan: Plan
    tuned: Tuned
    fresh: Fresh
    disturbed: Fresh | None
    path: Path | None


def parse_kinds(text: str) -> list[str]:
    """Parse the value of --kind. Raises SettingsError for an unknown kind."""
    from wann_edge.registry import registered

    kinds, known = [kind.strip() for kind in text.split(",")], registered("baselines")
    for kind in kinds:
        if kind not in known:
            raise SettingsError(
                f"unknown kind {kind!r}", where="--kind", remedy=f"use some of {', '.join(known)}"
            )
    return list(dict.fromkeys(kinds))


def parse_pair(text: str) -> Pair:
    """Parse a pair such as "gap,gap_rate:coil". Raises SettingsError for another form."""
    from wann_edge.baselines.kinds import Pair

    before, colon, output = (part.strip() for part in text.partition(":"))
    inputs = tuple(name.strip() for name in before.split(","))
    if not colon or not output or not all(inputs) or len(inputs) > 3:
        raise SettingsError(
            f"{text!r} is not a pair",
            where="--pair",
            remedy="write INPUT:OUTPUT, or INPUT,DERIVATIVE,INTEGRAL:OUTPUT",
        )
    return Pair(inputs, output)


def run_kinds(
    world: Task,
    kinds: list[str],
    choices: Choices,
    order: TuningOrder,
    *,
    quiet: bool,
    as_json: bool,
) -> ExitCode:
    """Tune a baseline of each kind, write them, and print a table or JSON."""
    from wann_edge.baselines.kinds import plan_of
    from wann_edge.system.files import check_writable
    from wann_edge.task.disturbances import NONE, parse

    given = NONE if order.disturb is None else parse(order.disturb)
    paths = order.paths(kinds)
    if order.folder is not None:
        order.folder.mkdir(parents=True, exist_ok=True)
    for place in filter(None, paths):
        check_writable(place)
    # Every plan before the first tuning: a choice that does not suit shows at once.
    plans = [plan_of(kind, world, choices) for kind in kinds]
    rows: list[Row] = []
    for kind, plan, path in zip(kinds, plans, paths, strict=True):
        rows.append(_row(kind, plan, world, order, given, path, quiet=quiet or as_json))
        if rows[-1].tuned.stopped == "interrupted":
            break
    if as_json:
        print_json(_document(world, rows, order, given))
    else:
        _print(world, rows, order, given)
    is_whole = rows[-1].tuned.stopped != "interrupted"
    return ExitCode.OK if is_whole else ExitCode.INTERRUPTED


def _row(
    kind: str,
    plan: Plan,
    world: Task,
    order: TuningOrder,
    given: Disturbances,
    path: Path | None,
    *,
    quiet: bool,
) -> Row:
    """Tune a plan, measure its network on fresh episodes, and write it."""
    from wann_edge.network import file as network_file
    from wann_edge.task import final_task
    from wann_edge.task.disturbances import NONE
    from wann_edge.task.disturbed import disturbed
    from wann_edge.task.fingerprint import stamped

    tuned = _tuned(kind, plan, world, order, given, quiet=quiet)
    final = final_task(world)
    fresh = _fresh(tuned, final, order)
    under = None if given == NONE else _fresh(tuned, disturbed(final, given), order)
    if path is not None:
        network_file.save(stamped(tuned.network, final), path)
    return Row(kind=kind, plan=plan, tuned=tuned, fresh=fresh, disturbed=under, path=path)


def _tuned(
    kind: str, plan: Plan, world: Task, order: TuningOrder, given: Disturbances, *, quiet: bool
) -> Tuned:
    from wann_edge.baselines.kinds import tuned_baseline
    from wann_edge.cli.progress_lines import tuning_line

    with tuning_line(kind, quiet=quiet) as on_progress:
        return tuned_baseline(
            kind,
            plan,
            world,
            seed=order.seed,
            disturbances=given,
            evaluations=order.evaluations,
            time_limit_s=order.time_limit_s,
            on_progress=on_progress,
        )


def _fresh(tuned: Tuned, task: Task, order: TuningOrder) -> Fresh:
    from wann_edge.robustness.fresh import fresh_episodes, usual_episodes

    given = usual_episodes(task), order.seed, rule_of(task, order.held)
    (found,) = fresh_episodes(tuned.network, task, (1.0,), *given)
    return found


def _document(
    world: Task, rows: list[Row], order: TuningOrder, given: Disturbances
) -> dict[str, object]:
    from wann_edge.task import final_task

    rule = rule_of(final_task(world), order.held)
    return {
        "task": world.spec.name,
        "seed": order.seed,
        "episodes": len(rows[0].fresh.returns),
        "disturbances": asdict(given),
        "held_when": None if rule is None else rule.when,
        "baselines": [_row_document(row) for row in rows],
    }


def _row_document(row: Row) -> dict[str, object]:
    return {
        "kind": row.kind,
        "numbers": row.plan.numbers,
        "connections": len(row.tuned.network.edges),
        "note": row.plan.note,
        "evaluations": row.tuned.evaluations,
        "stopped": row.tuned.stopped,
        "file": None if row.path is None else str(row.path),
        **measured_document(row.fresh),
        "disturbed": None if row.disturbed is None else measured_document(row.disturbed),
    }


def _print(world: Task, rows: list[Row], order: TuningOrder, given: Disturbances) -> None:
    from wann_edge.task import final_task

    episodes = len(rows[0].fresh.returns)
    print_title(f"baselines: {world.spec.name}, {episodes} fresh episodes, seed {order.seed}")
    under = () if rows[0].disturbed is None else ("disturbed", "its worst")
    made = table("kind", "numbers", "mean reward", "sd", "worst", "its seed", "held", *under)
    for row in rows:
        one, far = row.fresh, row.disturbed
        cells = f"{one.mean:.1f}", f"{one.sd:.1f}", *fresh_cells(one)
        more = () if far is None else (f"{far.mean:.1f}", f"{far.returns.min():.1f}")
        made.add_row(row.kind, str(row.plan.numbers), *cells, *more)
    print_table(made)
    say(held_line(rule_of(final_task(world), order.held)))
    if under:
        say(f"disturbed: the mean reward of the same episodes with {given}")
    for row in rows:
        _say_row(row)


def _say_row(row: Row) -> None:
    tuned = row.tuned
    note = f"; {row.plan.note}" if row.plan.note else ""
    say(f"{row.kind}: stopped by {tuned.stopped} after {tuned.evaluations} evaluations{note}")
    if row.path is not None:
        say(f"{row.kind}: file {row.path}")
