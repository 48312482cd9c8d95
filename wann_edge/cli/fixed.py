"""``--dtype``: the network in fixed point, and what that costs."""

from __future__ import annotations

from wann_edge.cli.show import console, table
from wann_edge.errors import SettingsError
from wann_edge.fixed import FixedNetwork
from wann_edge.network import Network
from wann_edge.precision import DTYPES, Precision, in_fixed_point
from wann_edge.task import Task


def fixed_network(
    network: Network, dtype: str, task: Task | None, episodes: int, seed: int, max_loss: float
) -> tuple[FixedNetwork, Precision] | None:
    """The network as --dtype says, or None for floats. Raises SettingsError."""
    if dtype not in DTYPES:
        raise SettingsError(
            f"{dtype!r} is no type of numbers",
            where="--dtype",
            remedy=f"use one of {', '.join(DTYPES)}",
        )
    if dtype == "float":
        return None
    return in_fixed_point(network, dtype, task, episodes=episodes, seed=seed, max_loss=max_loss)


def print_precision(cost: Precision) -> None:
    """A row: rewards in floats and in fixed point, or without a task the actions' difference."""
    verdict = "[green]within[/]" if cost.ok else "[red]FAILED[/]"
    bound = f"{cost.max_loss:.2%}"
    if cost.interval is None:
        made = table("fixed point", "mean difference of actions", "bound", "verdict")
        made.add_row(cost.dtype, f"{cost.loss:.3%}", bound, verdict)
    else:
        columns = ("fixed point", "reward in floats", "fixed", "difference", "95 % interval")
        made = table(*columns, "loss", "bound", "verdict")
        low, high = cost.interval
        made.add_row(
            cost.dtype,
            f"{cost.float_reward:.2f}",
            f"{cost.fixed_reward:.2f}",
            f"{cost.difference:+.2f}",
            f"{low:+.2f}..{high:+.2f}",
            f"{cost.loss:.2%}",
            bound,
            verdict,
        )
    console.print(made)
