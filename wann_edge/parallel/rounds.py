"""Relay: items that go round after round, each at its own pace; what is to do, and what is done."""

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


class Relay(Generic[Item, Result]):
    """``function(task, item)`` of each item, in rounds. A place is a round, then an item's lane.

    follow: makes a lane's item of the next round from its result; None where the work was
    broken off: such a result is of no round, so that its round never ends.
    """

    def __init__(
        self,
        function: Callable[..., Result],
        rounds: int,
        follow: Callable[[Result], Item | None],
    ) -> None:
        self.rounds = rounds
        self._function = function
        self._follow = follow
        self._items: dict[int, Item] = {}
        self._waiting: list[Place] = []
        self._done: defaultdict[int, dict[int, Result]] = defaultdict(dict)
        self._broken_off: list[Result] = []

    def add(self, items: Sequence[Item], first_lane: int = 0) -> None:
        """Has items begin, in lanes from this one on."""
        for lane, item in enumerate(items, first_lane):
            self._items[lane] = item
            if self.rounds > 0:
                self.put_back((0, lane))

    @property
    def waits(self) -> bool:
        """Whether an item waits for a worker."""
        return bool(self._waiting)

    def take(self) -> Place:
        """The place of the item to run next: the earliest."""
        return heappop(self._waiting)

    def put_back(self, place: Place) -> None:
        """Has a place run again."""
        heappush(self._waiting, place)

    def order(self, place: Place) -> Order:
        """The work of a place."""
        return Order(self._function, self._items[place[1]])

    def answer(self, place: Place, answer: Done) -> None:
        """Takes a place's result, from which the item's next round follows."""
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
        """Whether all of a round is done."""
        return len(self._done[number]) == len(self._items)

    def results(self, number: int) -> list[Result]:
        """A round's results, in the order of the lanes; they are forgotten here."""
        done = self._done.pop(number)
        return [done[lane] for lane in sorted(done)]

    def rest(self) -> list[Result]:
        """What was done beyond the last whole round, in no order; it is forgotten here."""
        found = [result for number in sorted(self._done) for result in self.results(number)]
        found, self._broken_off = found + self._broken_off, []
        return found
