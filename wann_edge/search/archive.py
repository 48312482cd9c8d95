"""Archive: the best network of each number of connections that a search has seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wann_edge.evaluate import Scores
from wann_edge.network import Network
from wann_edge.search.population import Member
from wann_edge.search.state import Kept


@dataclass(frozen=True, slots=True)
class Tested:
    """A network and its scores on the validation episodes."""

    network: Network
    scores: Scores

    @property
    def connections(self) -> int:
        """Connections of the network, which has no dead nodes."""
        return len(self.network.edges)


class Archive:
    """For each number of connections the network that scored best in its generation, and
    the one that tested best on the validation episodes.
    """

    def __init__(self) -> None:
        self._scored: dict[int, tuple[float, Network]] = {}
        self._tested: dict[int, Tested] = {}

    def offer(self, members: Iterable[Member]) -> None:
        """Takes a generation's members with their scores."""
        for member in members:
            size = len(member.network.edges)
            if size not in self._scored or member.mean > self._scored[size][0]:
                self._scored[size] = (member.mean, member.network)

    def add(self, tested: Tested) -> None:
        """Takes a network that was tested."""
        rival = self._tested.get(tested.connections)
        if rival is None or _mean(tested) > _mean(rival):
            self._tested[tested.connections] = tested

    def holds(self, network: Network) -> bool:
        """Whether the network is here with its test."""
        tested = self._tested.get(len(network.edges))
        return tested is not None and tested.network == network

    def untested(self) -> list[Network]:
        """The networks that scored best but have no test here."""
        return [network for _, network in self._scored.values() if not self.holds(network)]

    def kept(self) -> tuple[Kept, ...]:
        """All that ``restore`` needs."""
        scored = [(network, mean, None) for mean, network in self._scored.values()]
        tested = [(t.network, None, t.scores) for t in self._tested.values()]
        return tuple(
            Kept(network.activations, network.edges, mean, scores)
            for network, mean, scores in [*scored, *tested]
        )

    def restore(self, kept: Iterable[Kept], network_of: Callable[[Kept], Network]) -> None:
        """Takes what another archive kept. network_of: makes a network of its wiring."""
        for item in kept:
            network = network_of(item)
            if item.mean is not None:
                self._scored[len(item.edges)] = (item.mean, network)
            if item.scores is not None:
                self._tested[len(item.edges)] = Tested(network, item.scores)

    def front(self) -> list[Tested]:
        """Those tested that no smaller or equal one matches, by ascending connections.

        The last one has the highest mean of all: it is the champion.
        """
        front: list[Tested] = []
        for _, tested in sorted(self._tested.items()):
            if not front or _mean(tested) > _mean(front[-1]):
                front.append(tested)
        return front


def _mean(tested: Tested) -> float:
    return tested.scores.mean_of_weights
