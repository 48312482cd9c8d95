"""The comparison of rollouts."""

from __future__ import annotations

import numpy as np

from wann_edge.task import Rollouts


def assert_same(some: Rollouts, others: Rollouts) -> None:
    """Check that two batches have the same results."""
    np.testing.assert_array_equal(some.returns, others.returns)
    np.testing.assert_array_equal(some.steps, others.steps)
    assert (some.held is None) == (others.held is None)
    if some.held is not None and others.held is not None:
        np.testing.assert_array_equal(some.held, others.held)
