"""What a controller is worth on its task: reward, held episodes, size, cost and margins."""

from __future__ import annotations

from dataclasses import dataclass

from wann_edge.exporters.cost.estimator import Estimate
from wann_edge.network import Network
from wann_edge.robustness.fresh import Fresh, fresh_episodes
from wann_edge.robustness.margins import Margins, margins_of
from wann_edge.task import Task, final_task
from wann_edge.task.disturbances import Disturbances
from wann_edge.task.disturbed import disturbed
from wann_edge.task.held import Held


@dataclass(frozen=True)
class Compared:
    """A controller in a comparison.

    Attributes:
        network: without dead nodes.
        fresh: its fresh episodes.
        disturbed: the same episodes with disturbances.
        margins: of its loop; None where it fails without any change.
        cost: of its C header in floats, estimated for one core.
    """

    network: Network
    fresh: Fresh
    disturbed: Fresh
    margins: Margins | None
    cost: Estimate

    @property
    def numbers(self) -> int:
        """The weights that a device stores: one per connection, or the shared weight."""
        return len(self.network.weights or (self.network.shared_weight,))


def compared(
    network: Network,
    task: Task,
    given: Disturbances,
    cost: Estimate,
    *,
    episodes: int,
    seed: int,
    rule: Held | None = None,
) -> Compared:
    """Measure a controller with its own weights.

    Args:
        network: the controller.
        task: the task, without disturbances.
        given: the disturbances.
        cost: of its header.
        episodes: fresh episodes, the same for each controller.
        seed: determines the episodes.
        rule: when an episode is held; None for the task's own rule.

    Raises:
        TaskError: the network does not fit the task, or the task does not support a
            disturbance.
    """
    alive, world = network.without_dead_nodes(), final_task(task)
    weight = (alive.shared_weight,)
    (calm,) = fresh_episodes(alive, world, weight, episodes, seed, rule)
    (rough,) = fresh_episodes(alive, disturbed(world, given), weight, episodes, seed, rule)
    margins = margins_of(alive, world, episodes, seed, rule)
    return Compared(network=alive, fresh=calm, disturbed=rough, margins=margins, cost=cost)
