"""The engine: runs the episodes of many networks in local worker processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from wann_edge.errors import TaskError
from wann_edge.evaluate import Weights, rollouts_of
from wann_edge.network import Network
from wann_edge.parallel.deadline import Deadline
from wann_edge.parallel.round_queue import Place, RoundQueue
from wann_edge.parallel.workers import Worker, carry_out
from wann_edge.task import Rollouts, Spec, Task, final_task, load_task
from wann_edge.task.idle import idle

# Chunks are small enough that no worker waits long for the slowest, and large enough that sending
# them costs little.
CHUNKS_PER_WORKER = 4
# Deaths of workers in one call, beyond which the task is assumed to be the cause.
DEATHS_ALLOWED = 3

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Chunk(NamedTuple):
    """Networks to run with every weight and every seed."""

    networks: Sequence[Network]
    weights: Weights
    seeds: Sequence[int]
    final: bool = False


class _Evaluated(NamedTuple):
    rollouts: list[Rollouts]
    evaluation_s: float


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


class Engine:
    """Runs episodes in worker processes, or in this process with one worker.

    Results do not depend on the number of workers. Processes are spawned when first needed and end
    with the ``with`` block; a script that uses more than one worker calls the engine under
    ``if __name__ == "__main__":``.

    Attributes:
        evaluation_s: seconds of ``rollouts`` so far, summed over workers.
        on_part: called with the share of a round that is done, 0 to 1, after each answer.
    """

    def __init__(self, task: Task | str, workers: int = 1) -> None:
        """Args:
            task: a task, picklable for more than one worker, or the name of a registered one.
            workers: how many processes; 1 for this one.

        Raises:
            SettingsError: no task has that name.
        """
        self._task = task
        self._local = load_task(task) if isinstance(task, str) else task
        self._count = workers
        self.evaluation_s = 0.0
        self.on_part: Callable[[float], None] | None = None
        self._workers: list[Worker] = []
        # Keeps an environment of this process for the next networks.
        self._idle = ExitStack()
        self._idle.enter_context(idle.allowed())
        self._turns: dict[Worker, tuple[RoundQueue[Any, Any], Place]] = {}

    @property
    def workers(self) -> int:
        """How many processes run episodes."""
        return self._count

    @property
    def task(self) -> Task:
        """The task."""
        return self._local

    @property
    def final_name(self) -> str:
        """The name of the task whose scores count."""
        return final_task(self._local).spec.name

    @property
    def spec(self) -> Spec:
        """The description of the task."""
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
        """End all worker processes; a later call starts new ones."""
        for worker in self._workers:
            worker.dismiss()
        while self._workers:
            self._workers.pop().stop()
        self._turns.clear()
        self._idle.close()

    def rollouts(
        self,
        networks: Sequence[Network],
        weights: Weights,
        seeds: Sequence[int],
        deadline_s: float | None = None,
        *,
        final: bool = False,
    ) -> list[Rollouts]:
        """Run every network with every shared weight and the episode of every seed.

        Args:
            networks: the networks.
            weights: as ``evaluate.rollouts`` takes them; picklable for more than one worker.
            seeds: the episodes.
            deadline_s: by ``time.monotonic``; None for no limit.
            final: run the task whose scores count, where this one stands in for it.

        Returns:
            The rollouts of each network.

        Raises:
            TaskError: a network does not fit the task, the task fails, or workers keep dying.
            TimeoutError: the deadline has passed.
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
        """Call ``function(task, item)`` for each item, in the workers.

        Args:
            function: at a module's top level for more than one worker.
            items: the items; picklable for more than one worker.
            deadline_s: by ``time.monotonic``; None for no limit.

        Returns:
            The results, in the order of the items.

        Raises:
            WannError: the function raises it.
            TaskError: the function raises another error, or workers keep dying.
            TimeoutError: the deadline has passed.
        """
        queue = RoundQueue[object, Result](function, 1, _once)
        queue.add(items)
        (results,) = self.rounds(queue, deadline_s)
        return results

    def rounds(
        self,
        queue: RoundQueue[Item, Result],
        deadline_s: float | None = None,
        *,
        grace_s: float = 0.0,
        ahead: RoundQueue[Item, Result] | None = None,
    ) -> Iterator[list[Result]]:
        """Run the rounds of a queue and yield the results of each round.

        An item does not wait for the others of its round: while the caller handles one round,
        workers run the next ones. Errors are those of ``map``.

        Args:
            queue: the queue.
            deadline_s: by ``time.monotonic``; no work begins after it. None for no limit.
            grace_s: how long work that has begun is waited for after the deadline; ``rest`` of
                the queue returns its results.
            ahead: a later queue, for workers that the first one has no work for.
        """
        queues = (queue,) if ahead is None else (queue, ahead)
        if any(worker.busy and self._turns[worker][0] not in queues for worker in self._workers):
            self.close()  # An earlier queue was abandoned before its end.
        until = Deadline(deadline_s, grace_s)
        try:
            for number in range(queue.rounds):
                if self._count == 1:
                    self._here(queue, number, until)
                else:
                    self._there(queues, number, until)
                yield queue.results(number)
        except BaseException:
            if any(worker.busy and self._runs(worker, queues) for worker in self._workers):
                self.close()
            raise

    @property
    def ready(self) -> bool:
        """Whether no worker has to be started or waited for."""
        return self._count in (1, sum(not worker.busy for worker in self._workers))

    def _runs(self, worker: Worker, queues: Sequence[RoundQueue[Any, Any]]) -> bool:
        """Return whether a busy worker runs these queues; abandoned ones may end during others."""
        return worker not in self._turns or self._turns[worker][0] in queues

    def _here(self, queue: RoundQueue[Any, Any], number: int, until: Deadline) -> None:
        """Run a round in this process."""
        while not queue.is_done(number):
            if until.is_over or not queue.waits:
                raise TimeoutError
            place = queue.take()
            queue.answer(place, carry_out(self._local, queue.order(place)))
            self._report(queue, number)

    def _there(self, queues: Sequence[RoundQueue[Any, Any]], number: int, until: Deadline) -> None:
        """Run a round of the first queue in the workers, and later work as far as they are free."""
        deaths = 0
        while True:
            if not until.is_over:
                self._give(queues)
            if queues[0].is_done(number):
                return
            for worker in self._ready(until):
                queue, place = self._turns.pop(worker)
                answer = worker.take()
                if answer is not None:
                    queue.answer(place, answer)
                    self._report(queues[0], number)
                    continue
                worker.stop()
                deaths += 1
                if deaths > DEATHS_ALLOWED:
                    raise _keeps_dying(self._local, deaths, worker.ending)
                queue.put_back(place)
                self._workers.remove(worker)

    def _report(self, queue: RoundQueue[Any, Any], number: int) -> None:
        if self.on_part is not None:
            self.on_part(queue.share(number))

    def _give(self, queues: Sequence[RoundQueue[Any, Any]]) -> None:
        """Start the workers that are missing, and give each idle one an order."""
        while len(self._workers) < self._count:
            self._workers.append(Worker(self._task))
        for worker in self._workers:
            queue = next((queue for queue in queues if queue.waits), None)
            if queue is not None and not worker.busy:
                place = queue.take()
                self._turns[worker] = queue, place
                worker.give(queue.order(place))

    def _ready(self, until: Deadline) -> list[Worker]:
        """Wait for workers that have answered or died. Raises TimeoutError where none has."""
        busy = {worker.connection: worker for worker in self._workers if worker.busy}
        ready = busy and wait(list(busy), until.left_s)
        if not ready:
            raise TimeoutError
        return [worker for connection, worker in busy.items() if connection in ready]


def _once(_result: object) -> object:
    """Return a next item that is never used, because there is one round."""
    return ()


def _run_chunk(task: Task, chunk: _Chunk) -> _Evaluated:
    start_s = time.perf_counter()
    judge = final_task(task) if chunk.final else task
    done = rollouts_of(chunk.networks, judge, chunk.weights, chunk.seeds)
    return _Evaluated(done, time.perf_counter() - start_s)


def _keeps_dying(task: Task, deaths: int, ending: str) -> TaskError:
    what = f"{deaths} worker processes died, the last {ending}"
    remedy = "use one worker, or check that there is enough memory and that the script starts under"
    return TaskError(what, where=task.spec.name, remedy=f'{remedy} if __name__ == "__main__"')
