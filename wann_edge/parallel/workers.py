"""Workers: processes that answer orders, one at a time."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pickle import PicklingError
from typing import NamedTuple

from wann_edge.errors import TaskError, WannError
from wann_edge.parallel.threads import no_threads_for_matrices
from wann_edge.task import Task, load_task

# For an idle worker to leave by itself.
GRACE_S = 1.0
# Genomes are many small tuples without cycles: Python's usual threshold has them looked
# through so often that it takes a fortieth of a worker's time.
GARBAGE_THRESHOLD = 100_000


class Order(NamedTuple):
    """Work for one worker: a function of the task and an item."""

    function: Callable[..., object]
    item: object


class Done(NamedTuple):
    """What an order gave: None is a result too."""

    result: object


class Worker:
    """One process and the pipe to it. busy: whether it owes an answer."""

    def __init__(self, task: Task | str) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.busy = False
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs, task), daemon=True
        )
        try:
            with no_threads_for_matrices():
                _start_without_interrupts(self._process)
        except (PicklingError, TypeError, AttributeError) as error:
            raise TaskError(
                f"the task can't be sent to a worker process: {error}",
                remedy="use one worker, or register the task and give its name",
            ) from error
        finally:
            theirs.close()

    def give(self, order: Order) -> None:
        """Sends an order. Where the process is dead, ``take`` will tell."""
        self.busy = True
        with suppress(OSError):
            self.connection.send(order)

    def take(self) -> Done | None:
        """The answer to its order, or None where the process has died.

        Raises what the task raised.
        """
        try:
            answer: Done | WannError | None = self.connection.recv()
        except (EOFError, OSError):
            answer = None
        # Not before: one interrupted at half an answer must not be taken for an idle one.
        self.busy = False
        if isinstance(answer, WannError):
            raise answer
        return answer

    def dismiss(self) -> None:
        """Lets the process leave by itself, as one does that is not busy."""
        self.connection.close()

    def stop(self) -> None:
        """Ends the process: at once where it is busy."""
        self.dismiss()
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
    gc.set_threshold(GARBAGE_THRESHOLD)
    task = load_task(named) if isinstance(named, str) else named
    with suppress(EOFError, ConnectionError):
        while True:
            order: Order = connection.recv()
            connection.send(_answer(task, order))


def _answer(task: Task, order: Order) -> Done | WannError:
    try:
        return carry_out(task, order)
    except WannError as error:
        return error


def carry_out(task: Task, order: Order) -> Done:
    """The order's answer. Raises WannErrors and TimeoutError as they are, others as TaskError."""
    try:
        return Done(order.function(task, order.item))
    except (WannError, TimeoutError):
        raise
    except Exception as error:
        raise TaskError(
            f"the task failed: {type(error).__name__}: {error}", where=task.spec.name
        ) from error
