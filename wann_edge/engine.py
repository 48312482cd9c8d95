"""Engine: many networks' episodes over local worker processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pickle import PicklingError
from types import TracebackType
from typing import NamedTuple, TypeVar, cast

from wann_edge.errors import TaskError, WannError
from wann_edge.evaluate import rollouts
from wann_edge.network import Network
from wann_edge.task import Rollouts, Spec, Task, load_task

# Small enough that no worker waits long for the slowest, large enough that sending is cheap.
CHUNKS_PER_WORKER = 4
# In one call, before the task is held to be the cause.
DEATHS_ALLOWED = 3
# For an idle worker to leave by itself.
GRACE_S = 1.0


Item = TypeVar("Item")
Result = TypeVar("Result")


class _Chunk(NamedTuple):
    """Each network with every weight and every seed."""

    networks: Sequence[Network]
    weights: Sequence[float]
    seeds: Sequence[int]


class _Order(NamedTuple):
    """Work for one worker: a function of the task and an item."""

    function: Callable[..., object]
    item: object


class _Done(NamedTuple):
    """What an order gave: None is a result too."""

    result: object


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0))


class Engine:
    """Runs episodes in ``workers`` processes, or in this one where that is 1.

    Results do not depend on the number of workers. Processes are spawned when first
    needed and end with the ``with`` block; a script that uses more than one keeps its
    calls under ``if __name__ == "__main__":``.

    task: a task, picklable for more than one worker, or the name of a registered one.
    Raises SettingsError where no task has that name.
    """

    def __init__(self, task: Task | str, workers: int = 1) -> None:
        self._task = task
        self._local = load_task(task) if isinstance(task, str) else task
        self._count = workers
        self._workers: list[_Worker] = []

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
        weights: Sequence[float],
        seeds: Sequence[int],
        deadline_s: float | None = None,
    ) -> list[Rollouts]:
        """For each network, every shared weight with the episode of every seed.

        deadline_s: by ``time.monotonic``; when it has passed, TimeoutError is raised.
        Raises TaskError when a network does not fit the task, when the task fails, or
        when workers keep dying.
        """
        stride = len(networks)
        if self._count > 1:
            stride = min(stride, self._count * CHUNKS_PER_WORKER)
        chunks = [_Chunk(networks[i::stride], weights, seeds) for i in range(stride)]
        done = self.map(_run_chunk, chunks, deadline_s)
        return [done[i % stride][i // stride] for i in range(len(networks))]

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
        orders = [_Order(function, item) for item in items]
        try:
            done = (
                self._all_here(orders, deadline_s)
                if self._count == 1
                else (self._answers(orders, deadline_s))
            )
        except BaseException:
            self.close()
            raise
        return cast("list[Result]", [answer.result for answer in done])

    def _all_here(self, orders: Sequence[_Order], deadline_s: float | None) -> list[_Done]:
        done: list[_Done] = []
        for order in orders:
            _left_s(deadline_s)
            done.append(_carry_out(self._local, order))
        return done

    def _answers(self, orders: Sequence[_Order], deadline_s: float | None) -> list[_Done]:
        """Each order's answer; the order of a worker that dies goes to a new one."""
        answers: dict[int, _Done] = {}
        waiting = deque(range(len(orders)))
        deaths = 0
        while len(answers) < len(orders):
            self._give(orders, waiting)
            for worker in self._ready(deadline_s):
                answer = worker.take()
                if answer is not None:
                    answers[worker.order] = answer
                    continue
                deaths += 1
                if deaths > DEATHS_ALLOWED:
                    raise _keeps_dying(self._local, deaths)
                waiting.appendleft(worker.order)
                self._workers.remove(worker)
                worker.stop()
        return [answers[number] for number in range(len(orders))]

    def _give(self, orders: Sequence[_Order], waiting: deque[int]) -> None:
        """Starts the workers that are missing, and gives each idle one an order."""
        while len(self._workers) < self._count:
            self._workers.append(_Worker(self._task))
        for worker in self._workers:
            if waiting and not worker.busy:
                number = waiting.popleft()
                worker.give(number, orders[number])

    def _ready(self, deadline_s: float | None) -> list[_Worker]:
        """Waits for workers that have answered, or died."""
        busy = {worker.connection: worker for worker in self._workers if worker.busy}
        ready = wait(list(busy), _left_s(deadline_s))
        return [worker for connection, worker in busy.items() if connection in ready]


class _Worker:
    """One process and the pipe to it. order: the number of the last one it was given."""

    def __init__(self, task: Task | str) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.order = -1
        self.busy = False
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs, task), daemon=True
        )
        try:
            _start_without_interrupts(self._process)
        except (PicklingError, TypeError, AttributeError) as error:
            raise TaskError(
                f"the task can't be sent to a worker process: {error}",
                remedy="use one worker, or register the task and give its name",
            ) from error
        finally:
            theirs.close()

    def give(self, number: int, order: _Order) -> None:
        """Sends an order. Where the process is dead, ``take`` will tell."""
        self.order, self.busy = number, True
        with suppress(OSError):
            self.connection.send(order)

    def take(self) -> _Done | None:
        """The answer to its order, or None where the process has died.

        Raises what the task raised.
        """
        self.busy = False
        try:
            answer: _Done | WannError = self.connection.recv()
        except (EOFError, OSError):
            return None
        if isinstance(answer, WannError):
            raise answer
        return answer

    def stop(self) -> None:
        """Ends the process: at once where it is busy."""
        self.connection.close()
        if not self.busy:
            self._process.join(GRACE_S)
        self._process.kill()
        self._process.join()


def _start_without_interrupts(process: BaseProcess) -> None:
    """Starts a process that Ctrl-C does not reach: the parent decides what it means.

    A blocked signal stays blocked in the child, from before its first line on.
    """
    # Started with the first process, it would lift the block.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, named: Task | str) -> None:
    """A worker's life: it answers orders until the pipe is closed."""
    task = load_task(named) if isinstance(named, str) else named
    with suppress(EOFError, ConnectionError):
        while True:
            order: _Order = connection.recv()
            connection.send(_answer(task, order))


def _answer(task: Task, order: _Order) -> _Done | WannError:
    try:
        return _carry_out(task, order)
    except WannError as error:
        return error


def _carry_out(task: Task, order: _Order) -> _Done:
    try:
        return _Done(order.function(task, order.item))
    except (WannError, TimeoutError):
        raise
    except Exception as error:
        raise TaskError(
            f"the task failed: {type(error).__name__}: {error}", where=task.spec.name
        ) from error


def _run_chunk(task: Task, chunk: _Chunk) -> list[Rollouts]:
    return [rollouts(network, task, chunk.weights, chunk.seeds) for network in chunk.networks]


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
