"""The command ``wann-edge compare``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.arguments import check_contract, controller_file, task_of
from wann_edge.cli.choices import CORES
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.held_report import HeldReward, held_line, measured_document, rule_of
from wann_edge.cli.options import MAX_EPISODES, AcceptContract, Disturb, Json, Seed, TaskName
from wann_edge.cli.output_file import OutputFile, file_option
from wann_edge.cli.tables import fresh_cells, print_json, print_table, print_title, say, table

if TYPE_CHECKING:
    from wann_edge.network import Network
    from wann_edge.robustness.comparison import Compared
    from wann_edge.robustness.margins import Margins
    from wann_edge.task import Task
    from wann_edge.task.disturbances import Disturbances
    from wann_edge.task.held import Held

EXAMPLE = "my-run baselines/linear.json baselines/dense.json"


_Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...",
        parser=controller_file,
        help="Network files, or run folders: the controller.json of each, else its champion.json.",
    ),
]
_Core = Annotated[
    str, typer.Option("--core", help=f"The core of the estimated costs: {', '.join(CORES)}.")
]
_Episodes = Annotated[
    int | None,
    typer.Option(
        min=2,
        max=MAX_EPISODES,
        help="Fresh episodes of each measurement. Default: 100; 20 where they run step by step.",
    ),
]
_Picture = Annotated[
    OutputFile | None,
    file_option(
        help="Draw the first episode of all controllers, without and with disturbances, to this "
        ".png or .jpg file."
    ),
]


def command(
    paths: _Paths,
    task: TaskName = None,
    accept_contract: AcceptContract = False,
    disturb: Disturb = None,
    held: HeldReward = None,
    core: _Core = "cortex-m4f",
    episodes: _Episodes = None,
    seed: Seed = 0,
    picture: _Picture = None,
    as_json: Json = False,
) -> int:
    """Compare controllers of a task in one table: reward, robustness, size and cost.

    Each runs with its own weights on the same fresh episodes, without disturbances and with all
    of them. Without --disturb these are the usual ones of wann-edge validate. Flash and
    instructions are estimates for the C header in floats on one core. The gain margin is the
    range of factors on all actions that the controller stands, the delay margin the greatest
    latency.
    """
    from wann_edge.network import file as network_file
    from wann_edge.pictures.film import check_film
    from wann_edge.robustness.fresh import usual_episodes
    from wann_edge.robustness.validate import cases, possible
    from wann_edge.system.files import check_writable
    from wann_edge.task import final_task
    from wann_edge.task.disturbances import USUAL, parse

    if picture is not None:
        check_film(None, picture.path)
        check_writable(picture.path)
    networks = [network_file.load(path) for path in paths]
    world = final_task(
        task_of(task, networks[0], where=str(paths[0]), accept_contract=accept_contract)
    )
    for path, network in zip(paths[1:], networks[1:], strict=True):
        check_contract(network, world, str(path), accept=accept_contract)
    given = possible(world, USUAL)[0] if disturb is None else parse(disturb)
    cases(world, given)  # Raises where the task does not support a disturbance.
    count = episodes or usual_episodes(world)
    rule = rule_of(world, held)
    rows = _measured(networks, world, given, count, seed, core, rule)
    names = names_of(paths)
    if picture is not None:
        _draw(names, networks, world, given, seed, picture.path)
    if as_json:
        shared = _document(world, given, count, seed, core, rule)
        listed = [
            {"network": str(path), **_row_document(row, world)}
            for path, row in zip(paths, rows, strict=True)
        ]
        print_json({**shared, "controllers": listed})
        return ExitCode.OK
    print_title(f"{world.spec.name}, {count} fresh episodes, seed {seed}")
    _print(names, rows, world, core)
    _print_legend(rule, given)
    if picture is not None:
        say(f"picture: {picture}{picture.note}")
    return ExitCode.OK


def names_of(paths: list[Path]) -> list[str]:
    """Return a short name of each file: its stem, of a run its folder; paths if two are equal."""
    short = [
        path.parent.name if path.stem in ("controller", "champion") else path.stem
        for path in map(Path.absolute, paths)
    ]
    return short if len({*short}) == len(short) else [str(path) for path in paths]


def _measured(
    networks: list[Network],
    world: Task,
    given: Disturbances,
    episodes: int,
    seed: int,
    core: str,
    rule: Held | None,
) -> list[Compared]:
    from wann_edge.cli.progress_lines import counting_bar
    from wann_edge.exporters.cost.estimator import estimate
    from wann_edge.robustness.comparison import compared

    rows, costs = [], [estimate(network, core) for network in networks]
    with counting_bar() as bar:
        line = bar.add_task("", total=len(networks))
        for network, cost in zip(networks, costs, strict=True):
            rows.append(
                compared(network, world, given, cost, episodes=episodes, seed=seed, rule=rule)
            )
            bar.advance(line)
    return rows


def _draw(
    names: list[str],
    networks: list[Network],
    world: Task,
    given: Disturbances,
    seed: int,
    path: Path,
) -> None:
    """Draw the first episode of all controllers, without and with disturbances."""
    from wann_edge.evaluate import episode_seeds
    from wann_edge.pictures.film import write_picture
    from wann_edge.pictures.overlay import Panel, overlay, trace_of
    from wann_edge.task.disturbed import disturbed
    from wann_edge.verify.policies import policy

    (episode,) = episode_seeds(seed, 1)
    policies = [policy(network, "kernel", network.shared_weight) for network in networks]
    panels = [
        Panel(title, [trace_of(drives, task, episode) for drives in policies])
        for title, task in (
            (f"{world.spec.name}, episode {episode}", world),
            ("with disturbances", disturbed(world, given)),
        )
    ]
    write_picture(overlay(world.spec, names, panels), path)


def _document(
    world: Task, given: Disturbances, episodes: int, seed: int, core: str, rule: Held | None
) -> dict[str, object]:
    return {
        "task": world.spec.name,
        "episodes": episodes,
        "seed": seed,
        "core": core,
        "disturbances": asdict(given),
        "held_when": None if rule is None else rule.when,
    }


def _row_document(row: Compared, world: Task) -> dict[str, object]:
    margins = None
    if row.margins is not None:
        margins = row.margins._asdict() | {"delay_s": row.margins.delay_periods * world.spec.dt_s}
    return {
        **measured_document(row.fresh),
        "disturbed": measured_document(row.disturbed),
        "numbers": row.numbers,
        "connections": len(row.network.edges),
        "flash_bytes": row.cost.flash_bytes,
        "instructions": row.cost.instructions,
        "margins": margins,
    }


def _print(names: list[str], rows: list[Compared], world: Task, core: str) -> None:
    """Print a column for each controller, which fit more of them than rows do."""
    made = table("", *names)
    columns = [_cells(row, world, core) for row in rows]
    for label in columns[0]:
        made.add_row(label, *(column[label] for column in columns))
    print_table(made)


def _cells(row: Compared, world: Task, core: str) -> dict[str, str]:
    """Return the cells of a controller by the label of their row."""
    calm, rough = row.fresh, row.disturbed
    gain, delay = margin_cells(row.margins, world.spec.dt_s)
    worst, worst_seed, held = fresh_cells(calm)
    rough_worst, _, rough_held = fresh_cells(rough)
    return {
        "reward": f"{calm.mean:.1f}",
        "worst": worst,
        "its seed": worst_seed,
        "held": held,
        "disturbed reward": f"{rough.mean:.1f}",
        "disturbed worst": rough_worst,
        "disturbed held": rough_held,
        "numbers": str(row.numbers),
        "connections": str(len(row.network.edges)),
        f"flash, bytes, {core}": f"{row.cost.flash_bytes:.0f}",
        "instructions a step": f"{row.cost.instructions:.0f}",
        "gain margin": gain,
        "delay margin": delay,
    }


def margin_cells(margins: Margins | None, dt_s: float) -> tuple[str, str]:
    """Return the text of the gain margin and of the delay margin."""
    from wann_edge.robustness.margins import MOST_GAIN
    from wann_edge.task.disturbances import MOST_LATENCY

    if margins is None:
        return "-", "-"
    periods = margins.delay_periods
    more = "≥ " if periods == MOST_LATENCY else ""
    delay = f"{more}{1000 * periods * dt_s:g} ms" if dt_s else f"{more}{periods} periods"
    if margins.low_gain is None or margins.high_gain is None:
        return "-", delay
    low = f"{margins.low_gain:.2f}" if margins.low_gain > 1 / MOST_GAIN else "≤ 0.03"
    high = f"{margins.high_gain:.2f}" if margins.high_gain < MOST_GAIN else f"≥ {MOST_GAIN:.0f}"
    return f"{low} to {high}", delay


def _print_legend(rule: Held | None, given: Disturbances) -> None:
    from wann_edge.confidence import KEPT

    kept = "of the episodes are held" if rule else "of the reward remain"
    say(held_line(rule))
    say(f"disturbed: the same episodes with {given}")
    say("numbers: the weights that a device stores. flash, instructions: estimated, in floats")
    say(
        "gain margin, delay margin: the factors on all actions, and the latency, at which\n"
        f"{KEPT:.0%} {kept}; -: not even without a change, or discrete actions"
    )
