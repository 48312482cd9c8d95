"""Archive: the best network of each complexity that a search has seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from wann_edge.evaluate import Scores
from wann_edge.kernel import Links
from wann_edge.network import Network
from wann_edge.search.complexity import Measure
from wann_edge.search.niches import Sized
from wann_edge.search.state import Kept


class Judged(Sized, Protocol):
    """A network with its complexity and its mean score."""

    @property
    def network(self) -> Network: ...


Item = TypeVar("Item", bound=Judged)


class Best(Generic[Item]):
    """Of all that was offered, for each cell of a complexity what has the highest mean; of
    equals the first.
    """

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._held: dict[float, Item] = {}

    def offer(self, item: Item) -> None:
        """Takes it where it is better than what is held."""
        cell = self._measure.cell(item.complexity)
        rival = self._held.get(cell)
        if rival is None or item.mean > rival.mean:
            self._held[cell] = item

    def rival(self, complexity: float) -> Item | None:
        """What is held for this complexity."""
        return self._held.get(self._measure.cell(complexity))

    @property
    def items(self) -> tuple[Item, ...]:
        """All that is held."""
        return tuple(self._held.values())


@dataclass(frozen=True, slots=True)
class Scored:
    """A network and its mean score in its generation."""

    network: Network
    complexity: float
    mean: float


@dataclass(frozen=True, slots=True)
class Tested:
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
    """For each cell of a complexity the network that scored best in its generation, and
    the one that tested best on the validation episodes.
    """

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._scored = Best[Scored](measure)
        self._tested = Best[Tested](measure)

    def offer(self, members: Iterable[Judged]) -> None:
        """Takes a generation's members with their scores."""
        for member in members:
            self._scored.offer(Scored(member.network, member.complexity, member.mean))

    def add(self, tested: Tested) -> None:
        """Takes a network that was tested."""
        self._tested.offer(tested)

    def holds(self, network: Network) -> bool:
        """Whether the network is here with its test."""
        return self._has_test(network, self._measure.of(network))

    def untested(self) -> list[Network]:
        """The networks that scored best but have no test here."""
        return [
            scored.network
            for scored in self._scored.items
            if not self._has_test(scored.network, scored.complexity)
        ]

    def kept(self) -> tuple[Kept, ...]:
        """All that ``restore`` needs."""
        scored = [(s.network, s.mean, None) for s in self._scored.items]
        tested = [(t.network, None, t.scores) for t in self._tested.items]
        return tuple(
            Kept(network.activations, Links.of(network.edges), mean, scores)
            for network, mean, scores in [*scored, *tested]
        )

    def restore(self, kept: Iterable[Kept], network_of: Callable[[Kept], Network]) -> None:
        """Takes what another archive kept. network_of: makes a network of its wiring."""
        for item in kept:
            network = network_of(item)
            complexity = self._measure.of(network)
            if item.mean is not None:
                self._scored.offer(Scored(network, complexity, item.mean))
            if item.scores is not None:
                self._tested.offer(Tested(network, complexity, item.scores))

    def front(self) -> list[Tested]:
        """Those tested that none of less or equal complexity matches, by ascending complexity.

        The last one has the highest mean of all: it is the champion.
        """
        front: list[Tested] = []
        for tested in sorted(self._tested.items, key=lambda tested: tested.complexity):
            if not front or tested.mean > front[-1].mean:
                front.append(tested)
        return front

    def _has_test(self, network: Network, complexity: float) -> bool:
        tested = self._tested.rival(complexity)
        return tested is not None and tested.network == network
