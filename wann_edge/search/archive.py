"""The archive: the best network of each complexity that a search has seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from wann_edge.evaluate import Scores
from wann_edge.kernel import Links
from wann_edge.network import Network
from wann_edge.search.complexity import Measure
from wann_edge.search.niches import Sized
from wann_edge.search.search_state import ArchivedNetwork


class Judged(Sized, Protocol):
    """A network with its complexity and its mean score."""

    @property
    def network(self) -> Network: ...


Item = TypeVar("Item", bound=Judged)


class BestOfCell(Generic[Item]):
    """The item with the highest mean in each cell of a complexity; of equals the first."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._held: dict[float, Item] = {}

    def offer(self, item: Item) -> None:
        """Keep an item if it is better than the one in its cell."""
        cell = self._measure.cell(item.complexity)
        rival = self._held.get(cell)
        if rival is None or item.mean > rival.mean:
            self._held[cell] = item

    def rival(self, complexity: float) -> Item | None:
        """Return the item in the cell of a complexity."""
        return self._held.get(self._measure.cell(complexity))

    @property
    def items(self) -> tuple[Item, ...]:
        """All items."""
        return tuple(self._held.values())


@dataclass(frozen=True, slots=True)
class Scored:
    """A network and its mean score in its generation."""

    network: Network
    complexity: float
    mean: float


@dataclass(frozen=True, slots=True)
class Validated:
    """A network and its scores on the validation episodes."""

    network: Network
    complexity: float
    scores: Scores

    @property
    def connections(self) -> int:
        """Connections of the network, which has no dead nodes."""
        return len(self.network.edges)

    @property
    def mean(self) -> float:
        """The mean score over the shared weights."""
        return self.scores.mean_of_weights


class Archive:
    """The best scored network and the best validated network of each cell of a complexity."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._scored = BestOfCell[Scored](measure)
        self._validated = BestOfCell[Validated](measure)

    def offer(self, members: Iterable[Judged]) -> None:
        """Offer the members of a generation with their scores."""
        for member in members:
            self._scored.offer(Scored(member.network, member.complexity, member.mean))

    def add(self, validated: Validated) -> None:
        """Offer a validated network."""
        self._validated.offer(validated)

    def holds(self, network: Network) -> bool:
        """Return whether the network is here with its validation."""
        return self._is_validated(network, self._measure.of(network))

    def unvalidated(self) -> list[Network]:
        """Return the best scored networks whose validation is not here."""
        return [
            scored.network
            for scored in self._scored.items
            if not self._is_validated(scored.network, scored.complexity)
        ]

    def kept(self) -> tuple[ArchivedNetwork, ...]:
        """Return what ``restore`` takes."""
        scored = [(s.network, s.mean, None) for s in self._scored.items]
        validated = [(v.network, None, v.scores) for v in self._validated.items]
        return tuple(
            ArchivedNetwork(network.activations, Links.of(network.edges), mean, scores)
            for network, mean, scores in [*scored, *validated]
        )

    def restore(
        self,
        kept: Iterable[ArchivedNetwork],
        network_of: Callable[[ArchivedNetwork], Network],
    ) -> None:
        """Take the networks that another archive kept.

        Args:
            kept: what ``kept`` returned.
            network_of: makes a network from its wiring.
        """
        for item in kept:
            network = network_of(item)
            complexity = self._measure.of(network)
            if item.mean is not None:
                self._scored.offer(Scored(network, complexity, item.mean))
            if item.scores is not None:
                self._validated.offer(Validated(network, complexity, item.scores))

    def front(self) -> list[Validated]:
        """Return the validated networks that no smaller network matches, by complexity.

        The last one has the highest mean: it is the champion.
        """
        front: list[Validated] = []
        for one in sorted(self._validated.items, key=lambda one: one.complexity):
            if not front or one.mean > front[-1].mean:
                front.append(one)
        return front

    def _is_validated(self, network: Network, complexity: float) -> bool:
        rival = self._validated.rival(complexity)
        return rival is not None and rival.network == network
