"""Controllers of a finish: what each was measured to be, and which one is handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wann_edge.exporters.cost.estimator import Estimate, estimate
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.robustness.fresh import Fresh, usual_episodes
from wann_edge.robustness.validate import Controller, fresh_of
from wann_edge.system.seeds import Use, drawn_seeds
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.held import Held


@dataclass(frozen=True, eq=False)
class RatedController:
    """A controller with its measurements.

    Attributes:
        origin: what it was made from, such as "front, tuned".
        network: the network with its own weights.
        plain: fresh episodes of the plain task.
        disturbed: the same episodes under disturbances; None where the task supports none.
        cost: the estimated cost of its C header.
    """

    origin: str
    network: Network
    plain: Fresh
    disturbed: Fresh | None
    cost: Estimate

    @property
    def connections(self) -> int:
        """The connections of the network."""
        return len(self.network.edges)

    @property
    def conditions(self) -> tuple[Fresh, ...]:
        """The episodes under each condition."""
        return (self.plain,) if self.disturbed is None else (self.plain, self.disturbed)

    @property
    def held(self) -> int:
        """How many episodes are held under all conditions; 0 where the task does not say."""
        return sum(int(fresh.held.sum()) for fresh in self.conditions if fresh.held is not None)

    @property
    def value(self) -> float:
        """The mean return over both conditions."""
        return sum(fresh.mean for fresh in self.conditions) / len(self.conditions)


def rated(
    origin: str,
    network: Network,
    engine: Engine,
    disturbances: Disturbances,
    *,
    seed: int,
    core: str,
    rule: Held | None,
) -> RatedController:
    """Measure a controller on fresh episodes, the same for all controllers of a seed.

    Args:
        origin: what it was made from.
        network: the network.
        engine: runs the episodes of its task, which is the plain one.
        disturbances: of the second condition; none for no second condition.
        seed: of the episodes.
        core: the core whose cost is estimated.
        rule: when an episode is held; None where nobody says.
    """
    seeds = drawn_seeds(usual_episodes(engine.task), seed, Use.FINISH_JUDGED, 0)
    runs = Controller(network, network.shared_weight)
    plain, *others = [
        fresh_of(engine, runs, given, seeds, rule) for given in dict.fromkeys((NONE, disturbances))
    ]
    return RatedController(
        origin=origin,
        network=network,
        plain=plain,
        disturbed=others[0] if others else None,
        cost=estimate(network, core),
    )


def best_of(controllers: Sequence[RatedController]) -> RatedController:
    """Return the controller with the highest mean return over both conditions."""
    return max(controllers, key=lambda one: one.value)


def chosen(controllers: Sequence[RatedController], within: float) -> RatedController:
    """Return the smallest controller that is nearly as good as the best one.

    Its mean return is within this share of the best one's under each condition. Of those that
    are, it holds no fewer episodes than the one that holds most, up to this share of them.

    Args:
        controllers: one or more.
        within: the share, such as 0.01.
    """
    best = best_of(controllers)
    near = [one for one in controllers if is_as_good(one, best, within)]
    steadiest = max(near, key=lambda one: (one.held, one.value))
    good = [one for one in near if holds_as_many(one, steadiest, within)]
    return min(good, key=lambda one: (one.connections, one.cost.flash_bytes, -one.value))


def is_as_good(one: RatedController, other: RatedController, within: float) -> bool:
    """Return whether a controller is within a share of another's reward under each condition."""
    pairs = zip(one.conditions, other.conditions, strict=True)
    return all(mine.mean >= theirs.mean - within * abs(theirs.mean) for mine, theirs in pairs)


def holds_as_many(one: RatedController, other: RatedController, within: float) -> bool:
    """Return whether a controller holds as many episodes, up to a share of them."""
    pairs = zip(one.conditions, other.conditions, strict=True)
    return all(
        mine.held is None
        or theirs.held is None
        or int(mine.held.sum()) >= int(theirs.held.sum()) - within * len(theirs.held)
        for mine, theirs in pairs
    )


def front_of(controllers: Sequence[RatedController]) -> list[RatedController]:
    """Return the controllers that no smaller one equals, by ascending connections and value."""
    front: list[RatedController] = []
    for one in sorted(controllers, key=lambda one: (one.connections, -one.value)):
        if not front or one.value > front[-1].value:
            front.append(one)
    return front
