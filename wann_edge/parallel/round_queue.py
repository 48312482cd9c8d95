"""A queue of work in rounds, in which each item advances without waiting for the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Generic, TypeVar, cast

from wann_edge.parallel.workers import Done, Order

Item = TypeVar("Item")
Result = TypeVar("Result")
# A round, and a lane in it.
Place = tuple[int, int]


class RoundQueue(Generic[Item, Result]):
    """``function(task, item)`` for each item, in rounds. An item keeps its lane in all rounds.

    Attributes:
        rounds: the number of rounds.
    """

    def __init__(
        self,
        function: Callable[..., Result],
        rounds: int,
        follow: Callable[[Result], Item | None],
    ) -> None:
        """Args:
        function: takes a task and an item.
        rounds: the number of rounds.
        follow: returns a lane's item of the next round from its result; None where the work
            was broken off. Such a result belongs to no round, so its round never ends.
        """
        self.rounds = rounds
        self._function = function
        self._follow = follow
        self._items: dict[int, Item] = {}
        self._waiting: list[Place] = []
        self._done: defaultdict[int, dict[int, Result]] = defaultdict(dict)
        self._broken_off: list[Result] = []

    def add(self, items: Sequence[Item], first_lane: int = 0) -> None:
        """Add items, in lanes from ``first_lane`` on."""
        for lane, item in enumerate(items, first_lane):
            self._items[lane] = item
            if self.rounds > 0:
                self.put_back((0, lane))

    @property
    def waits(self) -> bool:
        """Whether an item waits for a worker."""
        return bool(self._waiting)

    def take(self) -> Place:
        """Remove and return the earliest place that waits."""
        return heappop(self._waiting)

    def put_back(self, place: Place) -> None:
        """Add a place again."""
        heappush(self._waiting, place)

    def order(self, place: Place) -> Order:
        """Return the work of a place."""
        return Order(self._function, self._items[place[1]])

    def answer(self, place: Place, answer: Done) -> None:
        """Take the result of a place, from which the lane's next item follows."""
        number, lane = place
        result = cast("Result", answer.result)
        following = self._follow(result)
        if following is None:
            self._broken_off.append(result)
            return
        self._done[number][lane] = result
        self._items[lane] = following
        if number + 1 < self.rounds:
            self.put_back((number + 1, lane))

    def is_done(self, number: int) -> bool:
        """Return whether all items of a round are done."""
        return len(self._done[number]) == len(self._items)

    def share(self, number: int) -> float:
        """Return the share of a round's items that are done, 0 to 1."""
        return len(self._done[number]) / len(self._items)

    def results(self, number: int) -> list[Result]:
        """Remove and return the results of a round, in the order of the lanes."""
        done = self._done.pop(number)
        return [done[lane] for lane in sorted(done)]

    def rest(self) -> list[Result]:
        """Remove and return the results beyond the last whole round, in any order."""
        found = [result for number in sorted(self._done) for result in self.results(number)]
        found, self._broken_off = found + self._broken_off, []
        return found
