"""Engine: many networks' episodes over local worker processes."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from multiprocessing.connection import wait
from types import TracebackType
from typing import Generic, NamedTuple, NoReturn, TypeVar, cast

from wann_edge.errors import TaskError
from wann_edge.evaluate import Weights, rollouts_of
from wann_edge.network import Network
from wann_edge.task import Rollouts, Spec, Task, final_task, load_task
from wann_edge.workers import Done, Order, Place, Worker, carry_out

# Small enough that no worker waits long for the slowest, large enough that sending is cheap.
CHUNKS_PER_WORKER = 4
# In one call, before the task is held to be the cause.
DEATHS_ALLOWED = 3

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Chunk(NamedTuple):
    """Each network with every weight and every seed."""

    networks: Sequence[Network]
    weights: Weights
    seeds: Sequence[int]
    final: bool = False


class _Evaluated(NamedTuple):
    rollouts: list[Rollouts]
    evaluation_s: float


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0))


class Engine:
    """Runs episodes in ``workers`` processes, or in this one where that is 1.

    Results do not depend on the number of workers. Processes are spawned when first
    needed and end with the ``with`` block; a script that uses more than one keeps its
    calls under ``if __name__ == "__main__":``.

    task: a task, picklable for more than one worker, or the name of a registered one.
    evaluation_s: seconds of ``rollouts`` so far, added up over workers.
    Raises SettingsError where no task has that name.
    """

    def __init__(self, task: Task | str, workers: int = 1) -> None:
        self._task = task
        self._local = load_task(task) if isinstance(task, str) else task
        self._count = workers
        self.evaluation_s = 0.0
        self._workers: list[Worker] = []

    @property
    def final_name(self) -> str:
        """The name of the task whose scores count."""
        return final_task(self._local).spec.name

    @property
    def spec(self) -> Spec:
        """What the task promises."""
        return self._local.spec

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends all worker processes; a later call starts new ones."""
        while self._workers:
            self._workers.pop().stop()

    def rollouts(
        self,
        networks: Sequence[Network],
        weights: Weights,
        seeds: Sequence[int],
        deadline_s: float | None = None,
        *,
        final: bool = False,
    ) -> list[Rollouts]:
        """For each network, every shared weight with the episode of every seed.

        weights: as ``evaluate.rollouts`` takes them; picklable for more than one worker.
        deadline_s: by ``time.monotonic``; when it has passed, TimeoutError is raised.
        final: of the task whose scores count, where this one stands in for it.
        Raises TaskError when a network does not fit the task, when the task fails, or
        when workers keep dying.
        """
        stride = len(networks)
        if self._count > 1:
            stride = min(stride, self._count * CHUNKS_PER_WORKER)
        chunks = [_Chunk(networks[i::stride], weights, seeds, final) for i in range(stride)]
        done = self.map(_run_chunk, chunks, deadline_s)
        self.evaluation_s += sum(chunk.evaluation_s for chunk in done)
        return [done[i % stride].rollouts[i // stride] for i in range(len(networks))]

    def map(
        self,
        function: Callable[[Task, Item], Result],
        items: Sequence[Item],
        deadline_s: float | None = None,
    ) -> list[Result]:
        """``function(task, item)`` for each item, in order, wherever there is a worker free.

        function: of a module's top level, and items picklable, for more than one worker.
        deadline_s: by ``time.monotonic``; when it has passed, TimeoutError is raised.
        Raises WannErrors that the function raises, and TaskError for other errors, or
        when workers keep dying.
        """
        (results,) = self.relay(function, items, 1, _ends, deadline_s)
        return results

    def relay(
        self,
        function: Callable[[Task, Item], Result],
        items: Sequence[Item],
        rounds: int,
        follow: Callable[[Result], Item],
        deadline_s: float | None = None,
    ) -> Iterator[list[Result]]:
        """Rounds of ``map``, in which each item follows from its own last result.

        follow: makes the next round's item. An item does not wait for the others of its
        round: while the caller is at one round, workers are at the next ones. Arguments
        and errors are those of ``map``.
        """
        if any(worker.busy for worker in self._workers):
            self.close()  # A relay was given up before its end.
        relay = _Relay(function, items, rounds, follow)
        run = self._here if self._count == 1 else self._there
        try:
            for number in range(rounds):
                run(relay, number, deadline_s)
                yield relay.results(number)
        except BaseException:
            self.close()
            raise

    def _here(self, relay: _Relay[Item, Result], number: int, deadline_s: float | None) -> None:
        """Runs a round in this process."""
        while not relay.is_done(number):
            _left_s(deadline_s)
            place = relay.take()
            relay.answer(place, carry_out(self._local, relay.order(place)))

    def _there(self, relay: _Relay[Item, Result], number: int, deadline_s: float | None) -> None:
        """Has the workers run a round, and what can be run of the next ones."""
        deaths = 0
        self._give(relay)
        while not relay.is_done(number):
            for worker in self._ready(deadline_s):
                answer = worker.take()
                if answer is not None:
                    relay.answer(worker.place, answer)
                    continue
                deaths += 1
                if deaths > DEATHS_ALLOWED:
                    raise _keeps_dying(self._local, deaths)
                relay.put_back(worker.place)
                self._workers.remove(worker)
                worker.stop()
            self._give(relay)

    def _give(self, relay: _Relay[Item, Result]) -> None:
        """Starts the workers that are missing, and gives each idle one an order."""
        while len(self._workers) < self._count:
            self._workers.append(Worker(self._task))
        for worker in self._workers:
            if relay.waits and not worker.busy:
                place = relay.take()
                worker.give(place, relay.order(place))

    def _ready(self, deadline_s: float | None) -> list[Worker]:
        """Waits for workers that have answered, or died."""
        busy = {worker.connection: worker for worker in self._workers if worker.busy}
        ready = wait(list(busy), _left_s(deadline_s))
        return [worker for connection, worker in busy.items() if connection in ready]


class _Relay(Generic[Item, Result]):
    """What is to do and what is done. A place is a round, then an item's place in it."""

    def __init__(
        self,
        function: Callable[[Task, Item], Result],
        items: Sequence[Item],
        rounds: int,
        follow: Callable[[Result], Item],
    ) -> None:
        self._function = function
        self._items = list(items)
        self._rounds = rounds
        self._follow = follow
        self._waiting = [(0, lane) for lane in range(len(items))]
        self._done: defaultdict[int, dict[int, Result]] = defaultdict(dict)

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
        self._done[number][lane] = result
        if number + 1 < self._rounds:
            self._items[lane] = self._follow(result)
            self.put_back((number + 1, lane))

    def is_done(self, number: int) -> bool:
        """Whether all of a round is done."""
        return len(self._done[number]) == len(self._items)

    def results(self, number: int) -> list[Result]:
        """A round's results, in the order of the items; they are forgotten here."""
        done = self._done.pop(number)
        return [done[lane] for lane in range(len(self._items))]


def _ends(result: object) -> NoReturn:
    raise AssertionError(f"one round has no next: {result!r}")


def _run_chunk(task: Task, chunk: _Chunk) -> _Evaluated:
    start_s = time.perf_counter()
    judge = final_task(task) if chunk.final else task
    done = rollouts_of(chunk.networks, judge, chunk.weights, chunk.seeds)
    return _Evaluated(done, time.perf_counter() - start_s)


def _left_s(deadline_s: float | None) -> float | None:
    """The time left, None without a deadline. Raises TimeoutError when there is none."""
    if deadline_s is None:
        return None
    left_s = deadline_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def _keeps_dying(task: Task, deaths: int) -> TaskError:
    return TaskError(
        f"{deaths} worker processes died",
        where=task.spec.name,
        remedy="use one worker, or see that memory suffices and that the script starts under "
        'if __name__ == "__main__"',
    )
