"""Worlds are closed at the end, and one thing of a process can stay open for its next use."""

from __future__ import annotations

import numpy as np
import pytest

from helpers.traps import Trap
from wann_edge.evaluate import rollouts_of
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.robustness.validate import cases
from wann_edge.sims.swingup import SPEC
from wann_edge.task.disturbances import parse
from wann_edge.task.disturbed import disturbed
from wann_edge.task.idle import Idle
from wann_edge.task.open_world import opened
from wann_edge.task.practice import Practice, practised

NETWORK = Network(SPEC.inputs, SPEC.outputs, ("linear",), ())


class Counted(Trap):
    """A task that counts the worlds that are open."""

    def __init__(self, fails: BaseException | None = None) -> None:
        self.made, self.open, self.error = 0, 0, fails

    def world(self) -> Counted:
        self.made, self.open = self.made + 1, self.open + 1
        return self

    def reset(self, seed: int) -> Floats:
        if self.error is not None:
            raise self.error
        return np.zeros(len(self.spec.inputs), np.float32)

    def close(self) -> None:
        self.open -= 1


def test_the_world_of_rollouts_is_closed() -> None:
    task = Counted()
    for changed in (task, disturbed(task, parse("noise=1%")), practised(task, Practice(9))):
        rollouts_of([NETWORK, NETWORK], changed, (1.0,), (1, 2))
    rollouts_of([NETWORK], task, lambda _, episodes: np.ones((2, episodes), np.float32), (1,))
    cases(task, parse("noise=1%"))
    assert (task.made, task.open) == (5, 0)


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
def test_a_world_is_closed_after_an_error(error: BaseException) -> None:
    task = Counted(error)
    with pytest.raises(type(error)):
        rollouts_of([NETWORK], task, (1.0,), (1,))
    assert (task.made, task.open) == (1, 0)


class Stuck:
    def close(self) -> None:
        raise RuntimeError("does not close")


def test_an_error_of_close_does_not_replace_the_cause() -> None:
    with pytest.raises(RuntimeError, match="does not close"), opened(Stuck()):
        pass
    with pytest.raises(ValueError, match="the cause"), opened(Stuck()):
        raise ValueError("the cause")
    with opened(object()):
        pass


def test_one_thing_is_kept_inside_a_block() -> None:
    idle, closed = Idle(), list[str]()
    one, other = object(), object()
    idle.keep("a", one, lambda: closed.append("outside"))
    with idle.allowed():
        idle.keep(one, "one", lambda: closed.append("one"))
        idle.keep(one, "one", lambda: closed.append("the same"))
        idle.keep(other, "second", lambda: closed.append("second"))
        assert closed == ["outside", "second"]
        assert idle.take(one) == "one"
        assert idle.take(one) is None
        with idle.allowed():
            idle.keep(one, "one", lambda: closed.append("one"))
        assert closed == ["outside", "second"]
        assert idle.take(other) is None
        assert closed.pop() == "one"
        idle.keep(one, "last", lambda: closed.append("last"))
    assert closed == ["outside", "second", "last"]
