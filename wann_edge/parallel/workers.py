"""Worker processes, which carry out one order at a time."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pickle import PicklingError
from types import FrameType
from typing import NamedTuple

from wann_edge.errors import TaskError, WannError
from wann_edge.parallel.threads import no_threads_for_matrices
from wann_edge.system.c_library import c_library
from wann_edge.system.interrupts import ENDING, INTERRUPTS, StoppedError, ends_process
from wann_edge.task import Task, load_task
from wann_edge.task.idle import idle
from wann_edge.task.user_code import blamed

# How long a worker may take to close what its task has opened, and to end.
GRACE_S = 1.0
# Stops a worker: SIGTERM would also come from whoever ends the whole group of processes.
STOP = signal.SIGUSR1
# Genomes are many small tuples without cycles. At Python's default threshold, garbage collection
# scans them so often that it takes a fortieth of a worker's time.
GARBAGE_THRESHOLD = 100_000
# Of linux/prctl.h.
PR_SET_PDEATHSIG = 1


SAFE_PATH = "PYTHONSAFEPATH"
OURS = "wann-edge"


class Order(NamedTuple):
    """Work for one worker: a function, called with the task and an item."""

    function: Callable[..., object]
    item: object


class Done(NamedTuple):
    """The result of an order, which may be None."""

    result: object


class Worker:
    """A process and the pipe to it.

    Attributes:
        connection: this end of the pipe.
        busy: whether the process owes an answer.
    """

    def __init__(self, task: Task | str) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.busy = False
        self._exit_code: int | None = None
        from_main = threading.current_thread() is threading.main_thread()
        self._process: BaseProcess = context.Process(
            target=_serve, args=(theirs, _packed(task), from_main), daemon=True
        )
        try:
            with no_threads_for_matrices(), standard_library_first():
                _start_without_interrupts(self._process)
        finally:
            theirs.close()

    def give(self, order: Order) -> None:
        """Send an order. If the process has died, ``take`` returns None."""
        self.busy = True
        with suppress(OSError):
            self.connection.send(order)

    def take(self) -> Done | None:
        """Return the answer to the order, or None if the process has died.

        Raises:
            WannError: the order raised it.
        """
        try:
            answer: Done | WannError | None = self.connection.recv()
        except (EOFError, OSError):
            answer = None
        # Not earlier: a worker interrupted in the middle of an answer is not idle.
        self.busy = False
        if isinstance(answer, WannError):
            raise answer
        return answer

    def dismiss(self) -> None:
        """Close the pipe, so that an idle process ends by itself, and stop a busy one."""
        self.connection.close()
        if self.busy and self._process.is_alive() and self._process.pid is not None:
            os.kill(self._process.pid, STOP)

    @property
    def ending(self) -> str:
        """Return how the stopped process ended: "with exit code 3", or by which signal."""
        code = self._exit_code
        if code is None:
            return "after it closed its pipe"
        if code < 0:
            return f"by signal {-code} ({signal.strsignal(-code)})"
        return f"with exit code {code}"

    def stop(self) -> None:
        """End the process, which first closes what its task has opened."""
        self.dismiss()
        self._process.join(GRACE_S)
        self._exit_code = self._process.exitcode
        self._process.kill()
        self._process.join()


@contextmanager
def standard_library_first() -> Iterator[None]:
    """Keep files in the current folder from shadowing modules, in processes that start here.

    A new interpreter searches the current folder first until it has the parent's module path.
    Python 3.10 ignores this variable.
    """
    if SAFE_PATH in os.environ:
        yield
        return
    os.environ[SAFE_PATH] = OURS
    try:
        yield
    finally:
        os.environ.pop(SAFE_PATH, None)


def _start_without_interrupts(process: BaseProcess) -> None:
    """Start a process that Ctrl-C and the like do not reach: the parent handles them.

    A blocked signal is blocked in the child from the start, and in multiprocessing's tracker.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        # If it started with the first process, it would unblock Ctrl-C.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    signal.signal(STOP, signal.SIG_IGN)
    raise StoppedError


def _serve(connection: Connection, packed: bytes, from_main: bool) -> None:
    """Answer orders until the pipe is closed."""
    gc.set_threshold(GARBAGE_THRESHOLD)
    for number in ENDING:
        # The parent handles these too. Ignored or blocked, they would stay so in simulators.
        signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    if os.environ.get(SAFE_PATH) == OURS:
        del os.environ[SAFE_PATH]  # not for programs that the task starts
    signal.signal(STOP, _stop)
    _end_with_parent(from_main=from_main)
    with suppress(EOFError, ConnectionError, StoppedError), idle.allowed():
        task = _unpacked(packed)
        while True:
            order: Order = connection.recv()
            connection.send(_answer(task, order))
    signal.signal(STOP, signal.SIG_IGN)


def _end_with_parent(*, from_main: bool) -> None:
    """End this process, also in the middle of an order, when the parent dies.

    Linux sends the signal when the thread that started this process ends, which is the end of
    the parent only for its main thread.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None
    if not from_main:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
        return
    c_library().prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent.pid:
        os._exit(1)


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _packed(task: Task | str) -> bytes:
    try:
        return pickle.dumps(task)
    except (PicklingError, TypeError, AttributeError) as error:
        raise TaskError(
            f"the task can't be sent to a worker process: {error}",
            where="workers",
            remedy="use one worker, or register the task and give its name",
        ) from error


def _unpacked(packed: bytes) -> Task | WannError:
    """Return the task, or the error that answers every order."""
    try:
        task: Task | str = pickle.loads(packed)
        return load_task(task) if isinstance(task, str) else task
    except WannError as error:
        return error
    except BaseException as error:
        if ends_process(error):
            raise
        return TaskError(
            f"a worker process can't load the task: {blamed(error)}",
            where="workers",
            remedy="use one worker, or define the task in a module that workers can import",
        )


def _answer(task: Task | WannError, order: Order) -> Done | WannError:
    if isinstance(task, WannError):
        return task
    try:
        return carry_out(task, order)
    except WannError as error:
        error.origin = traceback.format_exc()
        return error


def carry_out(task: Task, order: Order) -> Done:
    """Return the answer to an order.

    Raises:
        WannError: the order raises it.
        TimeoutError: the order raises it.
        TaskError: the order raises any other error.
    """
    try:
        return Done(order.function(task, order.item))
    except (WannError, TimeoutError):
        raise
    except BaseException as error:
        if ends_process(error):
            raise
        raise TaskError(
            f"the task failed: {blamed(error)}",
            where=task.spec.name,
            remedy="correct the task (--debug shows the traceback)",
        ) from error
