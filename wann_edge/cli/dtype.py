"""The option ``--dtype``: convert a network to fixed point, and measure what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wann_edge.cli.arguments import task_in_file
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.fixed_point.precision import Precision
    from wann_edge.network import Network
    from wann_edge.network.fixed_network import FixedNetwork
    from wann_edge.task import Task

# Episodes over which --dtype auto measures the reward, where a command has no option for it.
EPISODES = 100


def fixed_point(
    network: Network,
    dtype: str,
    task: Task | None,
    *,
    episodes: int = EPISODES,
    seed: int = 0,
    max_loss: float | None = None,
) -> tuple[FixedNetwork, Precision] | None:
    """Convert a network to fixed point.

    Args:
        network: the network in floats.
        dtype: "float", "q15", "q31" or "auto".
        task: where the reward is measured; None to compare actions instead.
        episodes: how many are measured.
        seed: determines the episodes.
        max_loss: the share of the reward that may be lost; None for the default, 0.02.

    Returns:
        The network in fixed point and what that costs; None for "float".

    Raises:
        SettingsError: the dtype is unknown, or "auto" has no task to measure.
    """
    from wann_edge.fixed_point.precision import MAX_LOSS, in_fixed_point

    if dtype == "float":
        return None
    limit = MAX_LOSS if max_loss is None else max_loss
    return in_fixed_point(network, dtype, task, episodes=episodes, seed=seed, max_loss=limit)


def converted(network: Network, dtype: str) -> tuple[Network, str]:
    """Convert a network that is to be exported, and check that "auto" loses little enough.

    Args:
        network: the network in floats.
        dtype: "float", "q15", "q31" or "auto".

    Returns:
        The network, and for "auto" a line that states the loss, else "".

    Raises:
        SettingsError: "auto" loses more of the reward than is allowed.
    """
    task = None
    if dtype != "float" and network.task is not None:
        task = task_in_file(network.task, network.provenance, "network file")
    fixed = fixed_point(network, dtype, task)
    if fixed is None:
        return network, ""
    chosen, cost = fixed
    if dtype != "auto":
        return chosen, ""
    if not cost.ok:
        raise SettingsError(
            f"fixed point loses {cost.loss:.1%} of the reward, more than {cost.max_loss:.1%}",
            where="--dtype auto",
            remedy="use --dtype float, or name q15 or q31 to export it all the same",
        )
    lost = f"{round(cost.loss, 4) + 0.0:.2%} lost of {cost.max_loss:.0%} allowed"
    return chosen, f"{cost.dtype}: {lost}\n"
