"""The picture of several controllers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from wann_edge.baselines.linear import linear
from wann_edge.evaluate import run_episode
from wann_edge.kernel import Floats
from wann_edge.task import load_task
from wann_edge.verify.policies import policy

pytest.importorskip("PIL")
from wann_edge.pictures.overlay import NAMES, PANEL, Panel, Trace, overlay, trace_of

TASK = load_task("cartpole")


def test_a_trace_is_the_episode() -> None:
    drives = policy(linear(TASK.spec), "kernel", 1.0)
    trace = trace_of(drives, TASK, 5)
    _, steps = run_episode(drives, TASK.world(), 5, TASK.spec.max_steps)
    assert (len(trace.seen), len(trace.done)) == (steps + 1, steps)
    world = TASK.world()
    assert (world.reset(5) == trace.seen[0]).all()
    for action, (before, after) in zip(trace.done, pairwise(trace.seen), strict=True):
        assert (drives.act(before) == action).all()
        assert (world.step(action)[0] == after).all()


def flat(value: float, steps: int) -> Trace:
    """A trace in which nothing changes."""
    seen: list[Floats] = [np.full(4, value, np.float32)] * (steps + 1)
    return Trace(seen, [np.full(1, value, np.float32)] * steps)


@pytest.mark.parametrize("value", [0.5, np.nan])
def test_short_constant_and_nan_episodes_are_drawn(value: float) -> None:
    panels = [Panel("one", [flat(value, 1)]), Panel("two", [flat(value, 3)])]
    picture = overlay(TASK.spec, ["a"], panels)
    assert picture.shape[1] > NAMES + 2 * PANEL
    assert picture.dtype == np.uint8
