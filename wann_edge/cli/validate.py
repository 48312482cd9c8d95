"""The command ``wann-edge validate``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from wann_edge.cli.arguments import check_contract, task_of
from wann_edge.cli.choices import ENGINES, listed
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.held_report import HeldReward, held_line, rule_of
from wann_edge.cli.options import (
    MAX_EPISODES,
    AcceptContract,
    Baseline,
    Disturb,
    Json,
    NetworkFile,
    Seed,
    SharedWeight,
    Workers,
)
from wann_edge.cli.output_file import OutputFile, file_option
from wann_edge.cli.tables import print_json, print_table, print_title, say, table

if TYPE_CHECKING:
    from wann_edge.network import Network
    from wann_edge.robustness.validate import CaseResult, Controller
    from wann_edge.task import Task
    from wann_edge.task.disturbances import Disturbances
    from wann_edge.task.held import Held

EXAMPLE = "my-run/champion.json --sim bullet/swingup --video out.mp4"


@dataclass(frozen=True)
class Trial:
    """How to run a validate.

    Attributes:
        engine: what computes the actions, of ``verify.policies.ENGINES``.
        weight: the shared weight; None for the network's own.
        held: an episode is held from this reward on; None for the simulator's own rule.
        episodes: episodes for each row.
        seed: determines the episodes.
        workers: number of processes; None for one per core.
        accept_contract: go on where the contracts of network and simulator differ.
    """

    engine: str = "kernel"
    weight: float | None = None
    held: float | None = None
    episodes: int = 100
    seed: int = 0
    workers: int | None = None
    accept_contract: bool = False

    @property
    def seeds(self) -> list[int]:
        """The seed of each episode."""
        from wann_edge.evaluate import episode_seeds

        return episode_seeds(self.seed, self.episodes)

    @property
    def processes(self) -> int:
        """The number of worker processes."""
        from wann_edge.parallel.engine import cores

        return self.workers or cores()

    def controller(self, network: Network) -> Controller:
        """A network with the engine and the weight of the trial."""
        from wann_edge.robustness.validate import Controller

        weight = network.shared_weight if self.weight is None else self.weight
        return Controller(network, weight, self.engine)


class Measured(NamedTuple):
    """The rows of each network; after Ctrl-C those that were done, and ``is_whole`` is False."""

    rows: list[list[CaseResult]]
    is_whole: bool


_Sim = Annotated[
    str | None,
    typer.Option(
        help="The simulator: any task with the same inputs and outputs, such as "
        "bullet/swingup. Default: the task that the network file names."
    ),
]
_Engine = Annotated[
    str,
    typer.Option(
        help=f"What computes the actions: {listed(ENGINES)} (the exported header, compiled)."
    ),
]
_Episodes = Annotated[int, typer.Option(min=2, max=MAX_EPISODES, help="Episodes for each row.")]
_Video = Annotated[
    OutputFile | None,
    file_option(help="Write a video of one episode with all disturbances: .mp4 or .gif."),
]


def command(
    file: NetworkFile,
    sim: _Sim = None,
    accept_contract: AcceptContract = False,
    engine: _Engine = "kernel",
    disturb: Disturb = None,
    baseline: Baseline = None,
    weight: SharedWeight = None,
    held: HeldReward = None,
    episodes: _Episodes = 100,
    seed: Seed = 0,
    workers: Workers = None,
    video: _Video = None,
    as_json: Json = False,
) -> int:
    """Test a controller in another simulator, under the disturbances of a real machine.

    Prints a row without disturbances, a row with each alone, and a row with all together.
    Without --disturb these are vary=20%,noise=1%,adc=10,limit=80%,dead=5%,latency=1,
    jitter=20%,drop=10%, as far as the simulator supports them. Ctrl-C prints the rows so far.
    """
    trial = Trial(
        accept_contract=accept_contract,
        engine=engine,
        weight=weight,
        held=held,
        episodes=episodes,
        seed=seed,
        workers=workers,
    )
    files = [file] if baseline is None else [file, baseline]
    return run_validate(files, sim, disturb, trial, video, as_json=as_json)


def run_validate(
    files: Sequence[Path],
    sim: str | None,
    disturb: str | None,
    trial: Trial,
    video: OutputFile | None,
    *,
    as_json: bool,
) -> ExitCode:
    """Validate networks and print a row for each disturbance and network.

    Args:
        files: the network files; the first determines task and video.
        sim: the task to run, or None for the first network's own.
        disturb: the disturbances as --disturb names them; None for the usual ones.
        trial: how to run.
        video: where to write an episode of the first network, or None.
        as_json: print JSON instead of a table.
    """
    from wann_edge.network import file as network_file
    from wann_edge.pictures.film import check_film, film
    from wann_edge.robustness.validate import possible
    from wann_edge.system.files import check_writable
    from wann_edge.task import final_task
    from wann_edge.task.disturbances import USUAL, parse
    from wann_edge.task.disturbed import disturbed
    from wann_edge.verify.policies import policy

    accept = trial.accept_contract
    networks = [network_file.load(path) for path in files]
    task = final_task(task_of(sim, networks[0], where=str(files[0]), accept_contract=accept))
    if video is not None:
        check_film(video.path, None)
        check_writable(video.path)
    for path, network in zip(files[1:], networks[1:], strict=True):
        check_contract(network, task, str(path), accept=accept)
    controllers = [trial.controller(network) for network in networks]
    network, weight, engine = controllers[0]
    first = policy(network, engine, weight)  # A missing part shows before hours of work.
    given, impossible = possible(task, USUAL) if disturb is None else (parse(disturb), {})
    rule = rule_of(task, trial.held)
    found = _measured(task, controllers, given, rule, trial)
    if as_json:
        shared = _document(task, given, impossible, rule, trial)
        print_json({**shared, **_rows_document(files, found)})
    else:
        _print(files, task, network.task or task.spec.name, rule, trial, found)
        for name, why in impossible.items():
            say(f"left out {name}: {why}")
    if not found.is_whole:
        return ExitCode.INTERRUPTED
    if video is not None:
        film(first, disturbed(task, given), trial.seeds[:1], video.path, None)
        if not as_json:
            say(f"video: {video}{video.note}, an episode with {given or 'no disturbances'}")
    return ExitCode.OK


def _measured(
    task: Task,
    controllers: Sequence[Controller],
    given: Disturbances,
    rule: Held | None,
    trial: Trial,
) -> Measured:
    from wann_edge.cli.progress_lines import counting_bar
    from wann_edge.parallel.engine import Engine
    from wann_edge.robustness import validate

    every = validate.cases(task, given)
    rows: list[list[CaseResult]] = [[] for _ in controllers]
    with Engine(task, trial.processes) as engine, counting_bar() as bar:
        line = bar.add_task("", total=len(every) * len(controllers))
        try:
            for case, disturbances in every:
                bar.update(line, description=f"{case:<12}")
                for controller, kept in zip(controllers, rows, strict=True):
                    fresh = validate.fresh_of(engine, controller, disturbances, trial.seeds, rule)
                    kept.append(validate.case_result(case, fresh))
                    bar.advance(line)
        except KeyboardInterrupt:
            return Measured(rows, is_whole=False)
    return Measured(rows, is_whole=True)


def _document(
    task: Task, given: Disturbances, impossible: dict[str, str], rule: Held | None, trial: Trial
) -> dict[str, object]:
    return {
        "sim": task.spec.name,
        "engine": trial.engine,
        "episodes": trial.episodes,
        "seed": trial.seed,
        "disturbances": asdict(given),
        "left_out": impossible,
        "held_when": None if rule is None else rule.when,
    }


def _rows_document(files: Sequence[Path], found: Measured) -> dict[str, object]:
    return {
        "complete": found.is_whole,
        "networks": [
            {"network": str(path), "rows": [_row_document(one) for one in rows]}
            for path, rows in zip(files, found.rows, strict=True)
        ],
    }


def _row_document(one: CaseResult) -> dict[str, object]:
    held = one.held
    return asdict(one) | {
        "held": None if held is None else held.held,
        "held_interval": None if held is None else [*held.interval],
    }


def _print(
    files: Sequence[Path], task: Task, home: str, rule: Held | None, trial: Trial, found: Measured
) -> None:
    print_title(
        f"{files[0]}: {task.spec.name}, {trial.engine}, {trial.episodes} episodes, "
        f"seed {trial.seed}"
    )
    several = len(files) > 1
    names = [path.stem[:16] for path in files]
    columns = "reward", "sd", "worst", "its seed", "held"
    made = table("disturbance", *(["network"] if several else []), *columns)
    for place, first in enumerate(found.rows[0]):
        for name, rows in zip(names, found.rows, strict=True):
            if place < len(rows):
                label = first.case if rows is found.rows[0] else ""
                made.add_row(label, *([name] if several else []), *_cells(rows[place]))
    print_table(made)
    say(held_line(rule))
    if not several:
        say(f"to compare with a dense network: wann-edge baseline {home} -o baseline.json,")
        say("then --baseline baseline.json")


def _cells(one: CaseResult) -> tuple[str, ...]:
    return (
        f"{one.mean:.1f}",
        f"{one.sd:.1f}",
        f"{one.worst:.1f}",
        str(one.worst_seed),
        "-" if one.held is None else str(one.held),
    )
