"""Archive: the best network of each number of connections that a search has seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wann_edge.evaluate import Scores
from wann_edge.network import Network
from wann_edge.search.population import Member


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
