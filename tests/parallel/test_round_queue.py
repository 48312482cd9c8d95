"""Queues of rounds whose items do not wait for one another, with a deadline."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpers.traps import Trap
from wann_edge.parallel.engine import Engine
from wann_edge.parallel.round_queue import RoundQueue

Numbers = tuple[int, int]


@pytest.fixture(autouse=True)
def no_process_is_left(no_main_module: None) -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()


def tripled(task: Trap, item: Numbers) -> Numbers:
    """Return the item times three; odd items are slow, so that the others are ahead."""
    lane, number = item
    task.reset(0)
    time.sleep(0.02 * (lane % 2))
    return lane, 3 * number + 1


def same_item(item: Numbers) -> Numbers:
    return item


def queue_of(
    lanes: int, rounds: int, follow: Callable[[Numbers], Numbers | None] = same_item
) -> RoundQueue[Numbers, Numbers]:
    """Return a queue of lanes that begin with their number and triple it in each round."""
    queue = RoundQueue(tripled, rounds, follow)
    queue.add([(lane, lane) for lane in range(lanes)])
    return queue


@pytest.mark.parametrize("workers", [1, 2])
def test_a_queue_gives_whole_rounds_in_order(workers: int, tmp_path: Path) -> None:
    victim = None
    if workers > 1:
        victim = tmp_path / "victim"
        victim.touch()
    expected = [(lane, lane) for lane in range(3)]
    with Engine(Trap(victim), workers) as engine:
        rounds = 0
        for found in engine.rounds(queue_of(3, 5)):
            expected = [(lane, 3 * number + 1) for lane, number in expected]
            assert found == expected
            rounds += 1
    assert rounds == 5
    assert victim is None or not victim.exists()


def below_40(item: Numbers) -> Numbers | None:
    return item if item[1] < 40 else None


@pytest.mark.parametrize("workers", [1, 2])
def test_results_beyond_the_last_whole_round_are_kept(workers: int) -> None:
    """Lanes 1 and 2 are interrupted in their third round, lane 0 in its fourth."""
    queue = queue_of(3, 10, below_40)
    with Engine(Trap(), workers) as engine:
        given = engine.rounds(queue, time.monotonic() + 60)
        assert [next(given), next(given)] == [[(0, 1), (1, 4), (2, 7)], [(0, 4), (1, 13), (2, 22)]]
        with pytest.raises(TimeoutError):
            next(given)
        assert sorted(queue.rest()) == [(0, 13), (0, 40), (1, 40), (2, 67)]
        assert queue.rest() == []
        assert engine.ready
        assert engine.map(tripled, [(1, 10)]) == [(1, 31)]


def test_items_that_run_at_the_deadline_are_waited_for() -> None:
    queue = queue_of(2, 10**6)
    with Engine(Trap(pause_s=0.2), 2) as engine:
        deadline_s = time.monotonic() + 2
        with pytest.raises(TimeoutError):
            for _ in engine.rounds(queue, deadline_s, grace_s=10):
                pass
        assert engine.ready
        assert deadline_s <= time.monotonic() < deadline_s + 2


def test_idle_workers_run_the_queue_ahead() -> None:
    """With one lane and two workers, the other worker has finished the next queue in time."""
    queue, ahead = queue_of(1, 12), RoundQueue(tripled, 4, same_item)
    ahead.add([(2, 2)], first_lane=1)
    with Engine(Trap(pause_s=0.02), 2) as engine:
        assert sum(1 for _ in engine.rounds(queue, ahead=ahead)) == 12
        assert not ahead.waits
        ahead.add([(0, 0)])
        rounds = list(engine.rounds(ahead))
    assert rounds[:2] == [[(0, 1), (2, 7)], [(0, 4), (2, 22)]]
    assert len(rounds) == 4


def test_a_queue_can_be_abandoned() -> None:
    """Its running items end, and do not count as answers to the next call."""
    with Engine(Trap(), 2) as engine:
        queue = engine.rounds(queue_of(3, 50))
        assert next(queue) == [(0, 1), (1, 4), (2, 7)]
        assert engine.map(tripled, [(1, 10)]) == [(1, 31)]
        expected = [*engine.rounds(queue_of(3, 3))]
        later = engine.rounds(queue_of(3, 3))
        found = [next(later)]
        queue.close()  # type: ignore[attr-defined]
        assert [*found, *later] == expected, "its end leaves the workers of another queue alone"
