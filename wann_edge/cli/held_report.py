"""What commands print about held episodes, and the option ``--held``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from wann_edge.network import Network
    from wann_edge.robustness.fresh import Fresh
    from wann_edge.task import Task
    from wann_edge.task.held import Held

HeldReward = Annotated[
    float | None,
    typer.Option(
        "--held",
        metavar="REWARD",
        help="Count an episode as held from this reward on. Default: the task's own rule, such "
        "as the pole standing at the end; of a gymnasium environment its reward_threshold.",
    ),
]


def rule_of(task: Task, reward: float | None) -> Held | None:
    """Return when an episode is held: from this reward on, or by the task's rule for None."""
    from wann_edge.task.held import held_rule, of_reward

    return held_rule(task) if reward is None else of_reward(reward)


def held_line(rule: Held | None) -> str:
    """Return the line that explains what counts as held."""
    if rule is None:
        return "held: the task does not say when; evaluate and validate take --held REWARD"
    return f"held: {rule.when}; in brackets the 95 % interval"


def fresh_document(fresh: Fresh) -> dict[str, object]:
    """Return the worst episode and the held ones, as JSON."""
    share = fresh.held_share
    return {
        "worst": float(fresh.returns.min()),
        "worst_seed": fresh.worst_seed,
        "held": None if share is None else share.held,
        "held_interval": None if share is None else [*share.interval],
    }


def print_held(network: Network, task: Task, seed: int) -> None:
    """Run a network on fresh episodes, and print how many are held and which is the worst."""
    from wann_edge.cli.tables import say
    from wann_edge.robustness.fresh import fresh_episodes, usual_episodes
    from wann_edge.task.held import held_rule

    episodes, rule = usual_episodes(task), held_rule(task)
    (fresh,) = fresh_episodes(network, task, (network.shared_weight,), episodes, seed)
    share = fresh.held_share
    say(f"worst: {fresh.returns.min():.1f} in {episodes} fresh episodes (seed {fresh.worst_seed})")
    if share is None or rule is None:
        say(held_line(None))
    else:
        say(f"held: {share}: {rule.when}")
