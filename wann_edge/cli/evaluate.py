"""The command ``wann-edge evaluate``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from wann_edge.cli.arguments import task_of
from wann_edge.cli.choices import MODES, listed
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.held_report import HeldReward, fresh_document, held_line, rule_of
from wann_edge.cli.options import (
    MAX_EPISODES,
    AcceptContract,
    Json,
    NetworkFile,
    Seed,
    TaskName,
    TuningLimit,
)
from wann_edge.cli.parsing import parse_time_limit_s, parse_weight_list
from wann_edge.cli.tables import (
    print_json,
    print_scores,
    print_table,
    print_title,
    say,
    status_line,
    table,
)
from wann_edge.errors import SettingsError

EXAMPLE = "my-run/champion.json --episodes 100"


_Episodes = Annotated[int, typer.Option(min=1, max=MAX_EPISODES, help="Episodes for each weight.")]
_Weights = Annotated[
    str | None,
    typer.Option(
        help="A list of shared weights, such as -2,-1,0.5. Default: the paper's six, "
        "-2,-1,-0.5,0.5,1,2, or the network's own if it has single weights."
    ),
]
_Mode = Annotated[
    str | None,
    typer.Option(
        help=f"Set the weights in one of the paper's ways: {listed(MODES)}. Replaces --weights "
        "and the weights in the file."
    ),
]


def command(
    file: NetworkFile,
    task: TaskName = None,
    accept_contract: AcceptContract = False,
    episodes: _Episodes = 100,
    seed: Seed = 0,
    weights: _Weights = None,
    mode: _Mode = None,
    time_limit: TuningLimit = None,
    held: HeldReward = None,
    as_json: Json = False,
) -> int:
    """Measure the reward of a network for each shared weight, over fresh episodes.

    The table also shows the worst episode with its seed, and how many episodes are held, such
    as those in which the pole stands at the end.

    With --mode it measures one column of the paper's table: weights drawn from -2 to 2 for
    each episode, single or shared, or tuned on training episodes.
    """
    if mode is not None:
        return _evaluate_mode(
            file,
            task,
            mode,
            accept_contract=accept_contract,
            episodes=episodes,
            seed=seed,
            weights=weights,
            time_limit=time_limit,
            as_json=as_json,
        )
    if time_limit is not None:
        raise typer.BadParameter("--time-limit is for --mode tuned-shared or tuned-weights")
    return _evaluate_weights(
        file,
        task,
        weights,
        accept_contract=accept_contract,
        episodes=episodes,
        seed=seed,
        held=held,
        as_json=as_json,
    )


def _evaluate_weights(
    file: Path,
    task: str | None,
    weights: str | None,
    *,
    accept_contract: bool,
    episodes: int,
    seed: int,
    held: float | None,
    as_json: bool,
) -> ExitCode:
    from wann_edge.evaluate import PAPER_WEIGHTS
    from wann_edge.network import file as network_file
    from wann_edge.robustness.fresh import fresh_episodes, scores_of_fresh
    from wann_edge.task import final_task

    network = network_file.load(file)
    world = task_of(task, network, where=str(file), accept_contract=accept_contract)
    rule = rule_of(final_task(world), held)
    usual = PAPER_WEIGHTS if network.weights is None else (network.shared_weight,)
    chosen = usual if weights is None else parse_weight_list(weights)
    with status_line(f"running {episodes} episodes for each weight", quiet=as_json):
        found = fresh_episodes(network, world, chosen, episodes, seed, rule)
    scores = scores_of_fresh(found, chosen)
    if as_json:
        document = {
            "network": str(file),
            "task": world.spec.name,
            "episodes": episodes,
            "seed": seed,
            "held_when": None if rule is None else rule.when,
            "per_weight": [
                asdict(score) | fresh_document(one)
                for score, one in zip(scores.per_weight, found, strict=True)
            ],
            "mean_of_weights": scores.mean_of_weights,
        }
        print_json(document)
    else:
        title = f"{file}: {world.spec.name}, {episodes} episodes, seed {seed}"
        print_scores(scores, title, fresh=found)
        say(held_line(rule))
    return ExitCode.OK


def _evaluate_mode(
    file: Path,
    task: str | None,
    mode: str,
    *,
    accept_contract: bool,
    episodes: int,
    seed: int,
    weights: str | None,
    time_limit: str | None,
    as_json: bool,
) -> ExitCode:
    from wann_edge.baselines.paper import score_mode
    from wann_edge.cli.progress_lines import tuning_line
    from wann_edge.network import file as network_file

    if weights is not None:
        raise SettingsError(
            "--mode and --weights exclude each other", where="--mode", remedy="give one of them"
        )
    limit_s = parse_time_limit_s(time_limit)
    if limit_s is not None and not mode.startswith("tuned-"):
        raise SettingsError(
            f"the mode {mode} does not tune",
            where="--time-limit",
            remedy="use it with --mode tuned-shared or tuned-weights",
        )
    network = network_file.load(file)
    world = task_of(task, network, where=str(file), accept_contract=accept_contract)
    if as_json:
        found = score_mode(network, world, mode, episodes, seed, time_limit_s=limit_s)
        named = {"network": str(file), "task": world.spec.name}
        print_json({**named, **found.to_document()})
        return ExitCode.OK
    with tuning_line(mode) as on_progress:
        found = score_mode(network, world, mode, episodes, seed, on_progress, limit_s)
    print_title(f"{file}: {world.spec.name}, {episodes} episodes, seed {seed}")
    made = table("weights", "mean reward", "sd")
    made.add_row(mode, f"{found.mean:.1f}", f"{found.sd:.1f}")
    print_table(made)
    return ExitCode.OK
