"""The engine gives the same results for any number of workers, even if workers die."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

from helpers.networks import random_network
from helpers.traps import Trap
from wann_edge.errors import SettingsError, TaskError
from wann_edge.evaluate import PAPER_WEIGHTS, rollouts
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine, _Chunk, _run_chunk
from wann_edge.parallel.threads import no_threads_for_matrices
from wann_edge.parallel.workers import SAFE_PATH, Done, Order, Worker, standard_library_first
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import Rollouts, Task

SEEDS = (3, 1, 4)


def some_networks(count: int) -> list[Network]:
    """Return networks of many sizes that fit the swing-up."""
    rng = np.random.default_rng(17)
    return [
        replace(
            random_network(rng, inputs=5, hidden=i % 9, outputs=1),
            inputs=SPEC.inputs,
            outputs=SPEC.outputs,
        )
        for i in range(count)
    ]


def same(found: list[Rollouts], expected: list[Rollouts]) -> bool:
    return len(found) == len(expected) and all(
        np.array_equal(a.returns, b.returns)
        and np.array_equal(a.steps, b.steps)
        and a.returns.dtype == b.returns.dtype
        and a.steps.dtype == b.steps.dtype
        for a, b in zip(found, expected, strict=True)
    )


class Unloadable(Trap):
    """A task that can be sent, but not loaded."""

    def __reduce__(self) -> tuple[object, ...]:
        return (attrgetter("no_such_name"), (1,))


@pytest.fixture(autouse=True)
def no_process_is_left(no_main_module: None) -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()


def test_results_equal_evaluate_for_any_number_of_workers() -> None:
    networks = some_networks(21)
    # After a run a network holds objects that can't be sent to another process.
    expected = [rollouts(network, SwingUp(), PAPER_WEIGHTS, SEEDS) for network in networks]
    for workers in (1, 3):
        with Engine("swingup", workers) as engine:
            assert same(engine.rollouts(networks, PAPER_WEIGHTS, SEEDS), expected)
            for count in (2, 1, 0):
                few = engine.rollouts(networks[:count], PAPER_WEIGHTS, SEEDS)
                assert same(few, expected[:count])


def test_a_users_task_is_sent_and_single_weights_are_kept() -> None:
    weighted = random_network(
        np.random.default_rng(1), inputs=5, outputs=1, single_weights=True, scaled=True
    )
    networks = [*some_networks(4), weighted]
    with Engine(Trap(), 2) as engine:
        found = engine.rollouts(networks, (1.0, -0.5), SEEDS)
    assert same(found, [rollouts(network, Trap(), (1.0, -0.5), SEEDS) for network in networks])
    assert len({float(result.returns.sum()) for result in found}) > 2


def threads_of(_task: object, _item: int) -> int:
    """Return the number of threads of this process."""
    return len(list(Path("/proc/self/task").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no /proc that lists threads")
def test_a_worker_has_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    with Engine("swingup", 2) as engine:
        assert engine.map(threads_of, [0, 1]) == [1, 1]
    assert "OPENBLAS_NUM_THREADS" not in os.environ


def test_user_code_may_clear_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for block, name in (
        (no_threads_for_matrices, "OPENBLAS_NUM_THREADS"),
        (standard_library_first, SAFE_PATH),
    ):
        monkeypatch.delenv(name, raising=False)
        with block():
            del os.environ[name]
        assert name not in os.environ


def test_another_worker_takes_the_work_of_a_killed_one(tmp_path: Path) -> None:
    networks, victim = some_networks(12), tmp_path / "victim"
    expected = [rollouts(network, Trap(), (1.0,), SEEDS) for network in networks]
    with Engine(Trap(victim), 2) as engine:
        victim.touch()
        assert same(engine.rollouts(networks, (1.0,), SEEDS), expected)
        assert not victim.exists()
        # The worker is idle between two calls.
        worker = multiprocessing.active_children()[0]
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        assert same(engine.rollouts(networks, (1.0,), SEEDS), expected)


def test_a_task_that_keeps_killing_workers_is_reported(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.touch()
    with (
        Engine(Trap(victim, always=True), 2) as engine,
        pytest.raises(
            TaskError,
            match=r"trap: 4 worker processes died, the last by signal 9 \(Killed\); use one",
        ),
    ):
        engine.rollouts(some_networks(12), (1.0,), SEEDS)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_a_task_is_reported_in_one_line(workers: int) -> None:
    wide = random_network(np.random.default_rng(0), inputs=4, outputs=1)
    with Engine(Trap(fails=True), workers) as engine:
        with pytest.raises(TaskError) as raised:
            engine.rollouts(some_networks(2), (1.0,), SEEDS)
        assert re.fullmatch(
            r"trap: the task failed: ZeroDivisionError: no such world in .*traps\.py:\d+ "
            r"\(raise .*\); correct the task \(--debug shows the traceback\)",
            str(raised.value),
        )
        assert ("in rollouts" in raised.value.origin) == (workers > 1)
        with pytest.raises(TaskError, match="the network has 4 inputs"):
            engine.rollouts([wide], (1.0,), SEEDS)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_deadline_is_kept(workers: int) -> None:
    with Engine(Trap(pause_s=0.05), workers) as engine:
        engine.rollouts(some_networks(2), (1.0,), SEEDS)
        start_s = time.monotonic()
        with pytest.raises(TimeoutError):
            engine.rollouts(some_networks(200), (1.0,), SEEDS, start_s + 0.3)
        # All items would take 15 s on two workers; a second allows for a machine under load.
        assert 0.3 <= time.monotonic() - start_s < 1.5


def test_ctrl_c_interrupts_the_caller_but_no_worker() -> None:
    with Engine(Trap(pause_s=0.02), 2) as engine:
        engine.rollouts(some_networks(2), (1.0,), SEEDS)
        workers = multiprocessing.active_children()
        for worker in workers:
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGINT)
        engine.rollouts(some_networks(2), (1.0,), SEEDS)
        assert set(multiprocessing.active_children()) == set(workers)
        many = some_networks(400)
        threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()
        with pytest.raises(KeyboardInterrupt):
            engine.rollouts(many, (1.0,), SEEDS)
        assert not multiprocessing.active_children()


def test_ctrl_c_during_an_answer_leaves_no_worker_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(_connection: Connection) -> object:
        raise KeyboardInterrupt

    (network,) = some_networks(1)
    with Engine(Trap(), 2) as engine:
        expected = engine.rollouts([network], (1.0,), SEEDS)
        with monkeypatch.context() as patch:
            patch.setattr(Connection, "recv", interrupted)
            with pytest.raises(KeyboardInterrupt):
                engine.rollouts([network], (2.0,), SEEDS)
        assert not multiprocessing.active_children()
        assert same(engine.rollouts([network], (1.0,), SEEDS), expected)


def test_a_worker_ends_silently_when_nobody_reads_its_answer(
    capfd: pytest.CaptureFixture[str],
) -> None:
    worker = Worker(Trap())
    (process,) = multiprocessing.active_children()
    worker.give(Order(_run_chunk, _Chunk(some_networks(1), (1.0,), SEEDS)))
    assert worker.connection.poll(10)
    worker.connection.close()
    process.join(10)
    assert process.exitcode == 0
    assert capfd.readouterr().err == ""


def test_a_task_that_cannot_be_sent_is_refused() -> None:
    class Local(Trap):
        pass

    with (
        Engine(Local(), 2) as engine,
        pytest.raises(TaskError, match="can't be sent to a worker process"),
    ):
        engine.rollouts(some_networks(2), (1.0,), SEEDS)


def test_a_busy_worker_closes_its_world_when_it_is_stopped(tmp_path: Path) -> None:
    began, closed = tmp_path / "began", tmp_path / "closed"
    worker = Worker(Trap(pause_s=60.0, began=began, closed=closed))
    worker.give(Order(_run_chunk, _Chunk(some_networks(1), (1.0,), SEEDS)))
    while not began.exists():
        time.sleep(0.01)
    worker.stop()
    assert closed.exists()


def test_a_worker_that_cannot_load_its_task_says_why() -> None:
    worker = Worker(Unloadable())
    try:
        worker.give(Order(_run_chunk, None))
        with pytest.raises(TaskError, match="a worker process can't load the task: Attrib"):
            worker.take()
    finally:
        worker.stop()


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(SettingsError, match="not one of the tasks"):
        Engine("swingdown", 2)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 has no PYTHONSAFEPATH")
def test_files_in_the_current_folder_shadow_no_module_of_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("signal", "enum", "types", "struct", "pickle", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('shadowed')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(SAFE_PATH, raising=False)
    worker = Worker("swingup")
    try:
        worker.give(Order(_environment, None))
        assert worker.take() == Done(None)
    finally:
        worker.stop()
    assert SAFE_PATH not in os.environ


def _environment(_: Task, __: object) -> object:
    """What programs that a task starts would inherit."""
    return os.environ.get(SAFE_PATH)
