"""The engine: the same results from any number of workers, whatever becomes of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from networks import random_network
from wann_edge.engine import Engine, _Chunk, _run_chunk
from wann_edge.errors import SettingsError, TaskError
from wann_edge.evaluate import PAPER_WEIGHTS, rollouts
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.relay import Relay
from wann_edge.sims.swingup import SPEC, SwingUp
from wann_edge.task import Rollouts
from wann_edge.workers import Order, Worker

SEEDS = (3, 1, 4)


@dataclass
class Trap:
    """A task of one-step episodes, whose return is the first action plus the seed.

    victim: while this file is there, the process that starts an episode removes it and
    is killed. fails: episodes raise. pause_s: what an episode takes.
    """

    spec = replace(SPEC, name="trap", max_steps=1)
    victim: Path | None = None
    always: bool = False
    fails: bool = False
    pause_s: float = 0.0

    def world(self) -> Trap:
        return self

    def reset(self, seed: int) -> Floats:
        time.sleep(self.pause_s)
        if self.victim is not None and self._is_struck(self.victim):
            os.kill(os.getpid(), signal.SIGKILL)
        if self.fails:
            raise ZeroDivisionError("no such world")
        return np.full(len(self.spec.inputs), seed % 7, np.float32)

    def _is_struck(self, victim: Path) -> bool:
        """Of two processes that see the file, the one that removes it is struck."""
        if self.always:
            return victim.exists()
        try:
            victim.unlink()
        except FileNotFoundError:
            return False
        return True

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        return np.zeros(len(self.spec.inputs), np.float32), np.float32(action[0]), True


def some_networks(count: int) -> list[Network]:
    """Networks of many sizes that fit the swing-up."""
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


@pytest.fixture(autouse=True)
def no_process_is_left(no_main_module: None) -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()


def test_results_are_those_of_evaluate_for_any_number_of_workers() -> None:
    networks = some_networks(21)
    # A network that ran before holds what can't be sent to another process.
    expected = [rollouts(network, SwingUp(), PAPER_WEIGHTS, SEEDS) for network in networks]
    for workers in (1, 3):
        with Engine("swingup", workers) as engine:
            assert same(engine.rollouts(networks, PAPER_WEIGHTS, SEEDS), expected)
            for count in (2, 1, 0):
                few = engine.rollouts(networks[:count], PAPER_WEIGHTS, SEEDS)
                assert same(few, expected[:count])


def test_a_task_of_ones_own_is_sent_and_single_weights_are_kept() -> None:
    weighted = random_network(
        np.random.default_rng(1), inputs=5, outputs=1, single_weights=True, scaled=True
    )
    networks = [*some_networks(4), weighted]
    with Engine(Trap(), 2) as engine:
        found = engine.rollouts(networks, (1.0, -0.5), SEEDS)
    assert same(found, [rollouts(network, Trap(), (1.0, -0.5), SEEDS) for network in networks])
    assert len({float(result.returns.sum()) for result in found}) > 2


def test_work_of_a_killed_worker_is_done_by_another(tmp_path: Path) -> None:
    networks, victim = some_networks(12), tmp_path / "victim"
    expected = [rollouts(network, Trap(), (1.0,), SEEDS) for network in networks]
    with Engine(Trap(victim), 2) as engine:
        victim.touch()
        assert same(engine.rollouts(networks, (1.0,), SEEDS), expected)
        assert not victim.exists()
        # Between two calls, while idle.
        worker = multiprocessing.active_children()[0]
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        assert same(engine.rollouts(networks, (1.0,), SEEDS), expected)


def test_a_task_that_keeps_killing_workers_is_told_of(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.touch()
    with (
        Engine(Trap(victim, always=True), 2) as engine,
        pytest.raises(TaskError, match="trap: 4 worker processes died; use one worker"),
    ):
        engine.rollouts(some_networks(12), (1.0,), SEEDS)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_task_raises_comes_as_one_line(workers: int) -> None:
    wide = random_network(np.random.default_rng(0), inputs=4, outputs=1)
    with Engine(Trap(fails=True), workers) as engine:
        with pytest.raises(TaskError) as raised:
            engine.rollouts(some_networks(2), (1.0,), SEEDS)
        assert str(raised.value) == "trap: the task failed: ZeroDivisionError: no such world"
        with pytest.raises(TaskError, match="the network has 4 inputs"):
            engine.rollouts([wide], (1.0,), SEEDS)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_deadline_is_kept(workers: int) -> None:
    with Engine(Trap(pause_s=0.05), workers) as engine:
        engine.rollouts(some_networks(2), (1.0,), SEEDS)
        start_s = time.monotonic()
        with pytest.raises(TimeoutError):
            engine.rollouts(some_networks(200), (1.0,), SEEDS, start_s + 0.3)
        # All would take 15 s on two workers; a second is for a machine under load.
        assert 0.3 <= time.monotonic() - start_s < 1.5


def test_ctrl_c_reaches_the_caller_but_no_worker() -> None:
    with Engine(Trap(pause_s=0.02), 2) as engine:
        engine.rollouts(some_networks(2), (1.0,), SEEDS)
        workers = multiprocessing.active_children()
        for worker in workers:
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGINT)
        engine.rollouts(some_networks(2), (1.0,), SEEDS)
        assert set(multiprocessing.active_children()) == set(workers)
        threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()
        with pytest.raises(KeyboardInterrupt):
            engine.rollouts(some_networks(400), (1.0,), SEEDS)
        assert not multiprocessing.active_children()


def test_a_worker_leaves_quietly_when_nobody_takes_its_answer(
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


def tripled(task: Trap, item: tuple[int, int]) -> tuple[int, int]:
    """An item's next number. The odd ones are slow, so that the others are ahead."""
    lane, number = item
    task.reset(0)
    time.sleep(0.02 * (lane % 2))
    return lane, 3 * number + 1


Numbers = tuple[int, int]


def same_item(item: Numbers) -> Numbers:
    return item


def relay_of(
    lanes: int, rounds: int, follow: Callable[[Numbers], Numbers | None] = same_item
) -> Relay[Numbers, Numbers]:
    """Lanes that begin with their own number, which is tripled round after round."""
    relay = Relay(tripled, rounds, follow)
    relay.add([(lane, lane) for lane in range(lanes)])
    return relay


@pytest.mark.parametrize("workers", [1, 2])
def test_a_relay_gives_whole_rounds_in_order(workers: int, tmp_path: Path) -> None:
    victim = None
    if workers > 1:
        victim = tmp_path / "victim"
        victim.touch()
    expected = [(lane, lane) for lane in range(3)]
    with Engine(Trap(victim), workers) as engine:
        rounds = 0
        for found in engine.relay(relay_of(3, 5)):
            expected = [(lane, 3 * number + 1) for lane, number in expected]
            assert found == expected
            rounds += 1
    assert rounds == 5
    assert victim is None or not victim.exists()


def below_40(item: Numbers) -> Numbers | None:
    return item if item[1] < 40 else None


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_relay_did_beyond_its_last_whole_round_is_kept(workers: int) -> None:
    """Lanes 1 and 2 are broken off in their third round, lane 0 in its fourth."""
    relay = relay_of(3, 10, below_40)
    with Engine(Trap(), workers) as engine:
        given = engine.relay(relay, time.monotonic() + 60)
        assert [next(given), next(given)] == [[(0, 1), (1, 4), (2, 7)], [(0, 4), (1, 13), (2, 22)]]
        with pytest.raises(TimeoutError):
            next(given)
        assert sorted(relay.rest()) == [(0, 13), (0, 40), (1, 40), (2, 67)]
        assert relay.rest() == []
        assert engine.ready
        assert engine.map(tripled, [(1, 10)]) == [(1, 31)]


def test_what_is_under_way_at_the_deadline_is_waited_for() -> None:
    relay = relay_of(2, 10**6)
    with Engine(Trap(pause_s=0.2), 2) as engine:
        deadline_s = time.monotonic() + 2
        with pytest.raises(TimeoutError):
            for _ in engine.relay(relay, deadline_s, grace_s=10):
                pass
        assert engine.ready
        assert deadline_s <= time.monotonic() < deadline_s + 2


def test_workers_without_work_run_the_relay_ahead() -> None:
    """One lane for two workers: the other has finished what is ahead when it is its turn."""
    relay, ahead = relay_of(1, 12), Relay(tripled, 4, same_item)
    ahead.add([(2, 2)], first_lane=1)
    with Engine(Trap(pause_s=0.02), 2) as engine:
        assert sum(1 for _ in engine.relay(relay, ahead=ahead)) == 12
        assert not ahead.waits
        ahead.add([(0, 0)])
        rounds = list(engine.relay(ahead))
    assert rounds[:2] == [[(0, 1), (2, 7)], [(0, 4), (2, 22)]]
    assert len(rounds) == 4


def test_a_relay_may_be_given_up() -> None:
    """What it left running is ended, and not taken for an answer to the next call."""
    with Engine(Trap(), 2) as engine:
        relay = engine.relay(relay_of(3, 50))
        assert next(relay) == [(0, 1), (1, 4), (2, 7)]
        assert engine.map(tripled, [(1, 10)]) == [(1, 31)]


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(SettingsError, match="not one of the tasks"):
        Engine("swingdown", 2)
