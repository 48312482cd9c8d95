"""What commands print about held episodes, and the option ``--held``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

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
        return "held: the task does not say when; give --held REWARD"
    return f"held: {rule.when}; in brackets the 95 % interval"


def fresh_document(fresh: Fresh | None) -> dict[str, object]:
    """Return the worst episode and the held ones, as JSON; all null where none was run."""
    if fresh is None:
        return dict.fromkeys(("worst", "worst_seed", "held", "held_interval"))
    share = fresh.held_share
    return {
        "worst": float(fresh.returns.min()),
        "worst_seed": fresh.worst_seed,
        "held": None if share is None else share.held,
        "held_interval": None if share is None else [*share.interval],
    }


def measured_document(fresh: Fresh) -> dict[str, object]:
    """Return the mean return, the worst episode and the held ones, as JSON."""
    return {"mean": fresh.mean, "sd": fresh.sd, **fresh_document(fresh)}


class CountedEpisodes(NamedTuple):
    """The fresh episodes of several networks, each with its own weight.

    Attributes:
        fresh: one for each network; None where they were not run.
        line: what counts as held, or why the episodes were not run.
        when: the rule in words; None without one.
    """

    fresh: Sequence[Fresh | None]
    line: str
    when: str | None = None


def counted(
    networks: Sequence[Network],
    name: str | None,
    reward: float | None,
    episodes: int | None,
    seed: int,
) -> CountedEpisodes:
    """Run networks on fresh episodes where that takes no time, or where it was asked for.

    Args:
        networks: of one task.
        name: the value of ``--task``.
        reward: the value of ``--held``.
        episodes: how many; None for the usual number where the task runs whole batches.
        seed: of the episodes.
    """
    from wann_edge.cli.arguments import task_of
    from wann_edge.errors import WannError
    from wann_edge.robustness.fresh import fresh_episodes, usual_episodes
    from wann_edge.task import final_task, is_batch

    def uncounted(why: str) -> CountedEpisodes:
        return CountedEpisodes([None] * len(networks), f"held: not counted: {why}")

    try:
        task = final_task(task_of(name, networks[-1], accept_contract=True, may_ask=False))
        if episodes is None and not is_batch(task):
            return uncounted(f"episodes run step by step; --episodes {usual_episodes(task)} counts")
        rule, count = rule_of(task, reward), episodes or usual_episodes(task)
        fresh = [
            fresh_episodes(network, task, (network.shared_weight,), count, seed, rule)[0]
            for network in networks
        ]
    except WannError as error:
        if (name, reward, episodes) != (None, None, None):
            raise
        return uncounted(str(error))
    return CountedEpisodes(fresh, held_line(rule), None if rule is None else rule.when)


def fresh_of(
    network: Network, task: Task, seed: int, reward: float | None
) -> tuple[Fresh, Held | None]:
    """Run a network on the usual number of fresh episodes; also return what counts as held."""
    from wann_edge.robustness.fresh import fresh_episodes, usual_episodes
    from wann_edge.task import final_task

    rule, weights = rule_of(final_task(task), reward), (network.shared_weight,)
    (fresh,) = fresh_episodes(network, task, weights, usual_episodes(task), seed, rule)
    return fresh, rule


def print_held(network: Network, task: Task, seed: int, reward: float | None = None) -> None:
    """Run a network on fresh episodes, and print how many are held and which is the worst."""
    from wann_edge.cli.tables import say

    fresh, rule = fresh_of(network, task, seed, reward)
    count, share = len(fresh.returns), fresh.held_share
    say(f"worst: {fresh.returns.min():.1f} in {count} fresh episodes (seed {fresh.worst_seed})")
    if share is None or rule is None:
        say(held_line(None))
    else:
        say(f"held: {share}: {rule.when}")
