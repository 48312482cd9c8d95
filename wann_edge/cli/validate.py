"""``wann-edge validate``: a controller in another world, under what real machines add."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from wann_edge.cli.search import INTERRUPTED
from wann_edge.cli.show import console, counting_bar, table, task_of
from wann_edge.evaluate import episode_seeds
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.parallel.engine import Engine, cores
from wann_edge.pictures.film import check_film, film
from wann_edge.robustness.validation import (
    USUAL,
    Controller,
    Row,
    cases,
    least_reward,
    possible,
    returns_of,
    row,
)
from wann_edge.system.files import check_writable
from wann_edge.task import Task, check_fit, final_task
from wann_edge.task.disturbances import NONE, Disturbances, parse
from wann_edge.task.disturbed import disturbed
from wann_edge.verify.policies import policy


class Asked(NamedTuple):
    """The options that say how to run. success: the least reward, if not by the home task."""

    engine: str
    weight: float | None
    success: float | None
    episodes: int
    seed: int
    workers: int | None


class Found(NamedTuple):
    """The rows of each network, as many as were done before Ctrl-C. is_whole: all of them."""

    rows: list[list[Row]]
    is_whole: bool


def run_validate(
    files: Sequence[Path],
    sim: str | None,
    disturb: str | None,
    asked: Asked,
    video: Path | None,
    *,
    as_json: bool,
) -> int:
    """Prints a row a disturbance, for each file; what was measured so far after Ctrl-C."""
    networks = [network_file.load(path) for path in files]
    task = final_task(task_of(sim, networks[0]))
    check_film(video, None)
    if video is not None:
        check_writable(video)
    for network in networks:
        check_fit(network, task.spec)
    controllers = [_controller(network, asked) for network in networks]
    policy(*_arguments(controllers[0]))  # What is missing is told before an hour has passed.
    given, impossible = _disturbances(task, disturb)
    least = _least(networks[0], task, asked)
    found = _measured(task, controllers, given, least, asked)
    if as_json:
        print(json.dumps(_document(files, task, given, impossible, least, asked, found), indent=2))
    else:
        _print(files, task, networks[0].task or task.spec.name, least, asked, found)
        for name, why in impossible.items():
            print(f"left out {name}: {why}")
    if not found.is_whole:
        return INTERRUPTED
    if video is not None:
        world = disturbed(task, given)
        film(policy(*_arguments(controllers[0])), world, _seeds(asked)[:1], video, None)
        if not as_json:
            print(f"video: {video}, an episode with {given or 'no disturbances'}")
    return 0


def _controller(network: Network, asked: Asked) -> Controller:
    weight = network.shared_weight if asked.weight is None else asked.weight
    return Controller(network, weight, asked.engine)


def _arguments(controller: Controller) -> tuple[Network, str, float]:
    return controller.network, controller.engine, controller.weight


def _seeds(asked: Asked) -> list[int]:
    return episode_seeds(asked.seed, asked.episodes)


def _disturbances(task: Task, text: str | None) -> tuple[Disturbances, dict[str, str]]:
    """What was asked for; or of the usual ones what the task can have, and why not the others."""
    return possible(task, USUAL) if text is None else (parse(text), {})


def _least(network: Network, task: Task, asked: Asked) -> float:
    """What a success must reach: as asked, or by the network's own task in the kernel."""
    if asked.success is not None:
        return asked.success
    home = final_task(task_of(None, network)) if network.task else task
    controller = _controller(network, asked)._replace(engine="kernel")
    with Engine(home, asked.workers or cores()) as engine:
        return least_reward(returns_of(engine, controller, NONE, _seeds(asked)))


def _measured(
    task: Task,
    controllers: Sequence[Controller],
    given: Disturbances,
    least: float,
    asked: Asked,
) -> Found:
    every = cases(task, given)
    rows: list[list[Row]] = [[] for _ in controllers]
    with (
        Engine(task, asked.workers or cores()) as engine,
        counting_bar() as bar,
    ):
        line = bar.add_task("", total=len(every) * len(controllers))
        try:
            for case, disturbances in every:
                bar.update(line, description=f"{case:<12}")
                for controller, kept in zip(controllers, rows, strict=True):
                    returns = returns_of(engine, controller, disturbances, _seeds(asked))
                    kept.append(row(case, returns, least))
                    bar.advance(line)
        except KeyboardInterrupt:
            return Found(rows, is_whole=False)
    return Found(rows, is_whole=True)


def _document(
    files: Sequence[Path],
    task: Task,
    given: Disturbances,
    impossible: dict[str, str],
    least: float,
    asked: Asked,
    found: Found,
) -> dict[str, object]:
    return {
        "sim": task.spec.name,
        "engine": asked.engine,
        "episodes": asked.episodes,
        "seed": asked.seed,
        "disturbances": asdict(given),
        "left_out": impossible,
        "success_reward": least,
        "complete": found.is_whole,
        "networks": [
            {"network": str(path), "rows": [asdict(one) for one in rows]}
            for path, rows in zip(files, found.rows, strict=True)
        ],
    }


def _print(
    files: Sequence[Path], task: Task, home: str, least: float, asked: Asked, found: Found
) -> None:
    console.print(
        f"{files[0]}: {task.spec.name}, {asked.engine}, {asked.episodes} episodes, "
        f"seed {asked.seed}",
        style="bold",
        markup=False,
    )
    names = [path.stem[:16] for path in files]
    made = table("disturbance", *(["network"] if len(files) > 1 else []), "reward", "sd", "worst")
    made.add_column("success", justify="right")
    made.add_column("95 %", justify="right")
    for place, first in enumerate(found.rows[0]):
        for name, rows in zip(names, found.rows, strict=True):
            if place < len(rows):
                label = first.case if rows is found.rows[0] else ""
                made.add_row(label, *([name] if len(files) > 1 else []), *_cells(rows[place]))
    console.print(made)
    print(f"success: an episode with a reward of at least {least:.1f}")
    if len(files) == 1:
        print(f"beside a dense network: wann-edge baseline {home} -o baseline.json,")
        print("then --baseline baseline.json")


def _cells(one: Row) -> tuple[str, ...]:
    return (
        f"{one.mean:.1f}",
        f"{one.sd:.1f}",
        f"{one.worst:.1f}",
        f"{one.success:.0%}",
        f"{one.low:.0%} to {one.high:.0%}",
    )
