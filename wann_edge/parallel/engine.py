"""Engine: many networks' episodes over local worker processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from wann_edge.errors import TaskError
from wann_edge.evaluate import Weights, rollouts_of
from wann_edge.network import Network
from wann_edge.parallel.rounds import Place, Relay
from wann_edge.parallel.workers import Worker, carry_out
from wann_edge.task import Rollouts, Spec, Task, final_task, load_task

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
        self._turns: dict[Worker, tuple[Relay[Any, Any], Place]] = {}

    @property
    def workers(self) -> int:
        """How many processes run episodes."""
        return self._count

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
        for worker in self._workers:
            worker.dismiss()
        while self._workers:
            self._workers.pop().stop()
        self._turns.clear()

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
        relay = Relay[object, Result](function, 1, _once)
        relay.add(items)
        (results,) = self.relay(relay, deadline_s)
        return results

    def relay(
        self,
        relay: Relay[Item, Result],
        deadline_s: float | None = None,
        *,
        grace_s: float = 0.0,
        ahead: Relay[Item, Result] | None = None,
    ) -> Iterator[list[Result]]:
        """A relay's rounds of ``map``, in which each item follows from its own last result.

        An item does not wait for the others of its round: while the caller is at one round,
        workers are at the next ones. Arguments and errors are those of ``map``.

        grace_s: after the deadline nothing is begun, but what is under way is waited for, so
        long at the most; the relays' ``rest`` has it.
        ahead: a relay of later, for workers that this one has no work for.
        """
        relays = (relay,) if ahead is None else (relay, ahead)
        if any(worker.busy and self._turns[worker][0] not in relays for worker in self._workers):
            self.close()  # A relay was given up before its end.
        until = _Until(deadline_s, grace_s)
        try:
            for number in range(relay.rounds):
                if self._count == 1:
                    self._here(relay, number, until)
                else:
                    self._there(relays, number, until)
                yield relay.results(number)
        except BaseException:
            if any(worker.busy for worker in self._workers):
                self.close()
            raise

    @property
    def ready(self) -> bool:
        """Whether no worker has to be started or waited for."""
        idle = sum(not worker.busy for worker in self._workers)
        return self._count in (1, idle)

    def _here(self, relay: Relay[Any, Any], number: int, until: _Until) -> None:
        """Runs a round in this process."""
        while not relay.is_done(number):
            if until.is_over or not relay.waits:
                raise TimeoutError
            place = relay.take()
            relay.answer(place, carry_out(self._local, relay.order(place)))

    def _there(self, relays: Sequence[Relay[Any, Any]], number: int, until: _Until) -> None:
        """Has the workers run a round of the first relay, and what they can beyond it."""
        deaths = 0
        while True:
            if not until.is_over:
                self._give(relays)
            if relays[0].is_done(number):
                return
            for worker in self._ready(until):
                relay, place = self._turns.pop(worker)
                answer = worker.take()
                if answer is not None:
                    relay.answer(place, answer)
                    continue
                deaths += 1
                if deaths > DEATHS_ALLOWED:
                    raise _keeps_dying(self._local, deaths)
                relay.put_back(place)
                self._workers.remove(worker)
                worker.stop()

    def _give(self, relays: Sequence[Relay[Any, Any]]) -> None:
        """Starts the workers that are missing, and gives each idle one an order."""
        while len(self._workers) < self._count:
            self._workers.append(Worker(self._task))
        for worker in self._workers:
            relay = next((relay for relay in relays if relay.waits), None)
            if relay is not None and not worker.busy:
                place = relay.take()
                self._turns[worker] = relay, place
                worker.give(relay.order(place))

    def _ready(self, until: _Until) -> list[Worker]:
        """Waits for workers that have answered, or died. Raises TimeoutError where none has."""
        busy = {worker.connection: worker for worker in self._workers if worker.busy}
        ready = busy and wait(list(busy), until.left_s)
        if not ready:
            raise TimeoutError
        return [worker for connection, worker in busy.items() if connection in ready]


class _Until(NamedTuple):
    """deadline_s: by ``time.monotonic``, or None. grace_s: for what is under way."""

    deadline_s: float | None
    grace_s: float

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline_s is not None and time.monotonic() >= self.deadline_s

    @property
    def left_s(self) -> float | None:
        """The time to wait for what is under way, None without a deadline."""
        if self.deadline_s is None:
            return None
        return max(0.0, self.deadline_s + self.grace_s - time.monotonic())


def _once(_result: object) -> object:
    """One round has no next: what follows is not asked for."""
    return ()


def _run_chunk(task: Task, chunk: _Chunk) -> _Evaluated:
    start_s = time.perf_counter()
    judge = final_task(task) if chunk.final else task
    done = rollouts_of(chunk.networks, judge, chunk.weights, chunk.seeds)
    return _Evaluated(done, time.perf_counter() - start_s)


def _keeps_dying(task: Task, deaths: int) -> TaskError:
    return TaskError(
        f"{deaths} worker processes died",
        where=task.spec.name,
        remedy="use one worker, or see that memory suffices and that the script starts under "
        'if __name__ == "__main__"',
    )
