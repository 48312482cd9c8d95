"""Samples of faults: all if there are few, each at most once if there are many."""

from __future__ import annotations

import numpy as np

from wann_edge.robustness.sampling import sample_numbers, sample_sets


def test_faults_are_all_or_drawn_without_replacement() -> None:
    rng = np.random.default_rng(0)
    assert sample_numbers(rng, 5, 9) == [0, 1, 2, 3, 4]
    drawn = sample_numbers(rng, 1000, 50)
    assert len(set(drawn)) == 50
    assert sample_sets(rng, 4, 2, 6) == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    sets = sample_sets(rng, 30, 3, 20)
    assert len(sets) == 20
    assert all(len(set(one)) == 3 for one in sets)
    assert sample_sets(rng, 2, 3, 9) == []
