"""``--dtype``: the network in fixed point, and what that costs."""

from __future__ import annotations

from wann_edge.cli.show import console, table
from wann_edge.fixed_point.precision import Precision, in_fixed_point
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.task import Task

# Over which --dtype auto measures the reward, where a command has no option for it.
EPISODES = 100


def fixed_network(
    network: Network, dtype: str, task: Task | None, episodes: int, seed: int, max_loss: float
) -> tuple[FixedNetwork, Precision] | None:
    """The network as --dtype says, or None for floats. Raises SettingsError."""
    if dtype == "float":
        return None
    return in_fixed_point(network, dtype, task, episodes=episodes, seed=seed, max_loss=max_loss)


def print_precision(cost: Precision) -> None:
    """Rewards in floats and in fixed point, or without a task the actions' difference."""
    made = table(f"fixed point, {cost.dtype}", "")
    if cost.interval is None:
        made.add_row("mean difference of actions, of their range", f"{cost.loss:.3%}")
    else:
        low, high = cost.interval
        made.add_row("reward in floats", f"{cost.float_reward:.2f}")
        made.add_row("reward in fixed point", f"{cost.fixed_reward:.2f}")
        made.add_row("difference", f"{cost.difference:+.2f}")
        made.add_row("95 % interval", f"{low:+.2f} to {high:+.2f}")
        made.add_row("loss", f"{round(cost.loss, 4) + 0.0:.2%}")
    verdict = "[green]within[/]" if cost.ok else "[red]FAILED[/]"
    made.add_row("allowed", f"{cost.max_loss:.2%}")
    made.add_row("verdict", verdict)
    console.print(made)
