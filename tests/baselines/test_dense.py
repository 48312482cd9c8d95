"""A dense network is the product of its matrices."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from wann_edge.baselines.dense import dense
from wann_edge.errors import SettingsError
from wann_edge.network import with_single_weights
from wann_edge.sims.swingup import SPEC


@pytest.mark.parametrize("layers", [(10,), (3, 4), (1, 1, 1)])
def test_a_dense_network_is_the_matrix_product(layers: tuple[int, ...]) -> None:
    """Against float64 numpy: layer by layer, with a bias a node."""
    rng = np.random.default_rng(0)
    made = dense(SPEC, layers)
    sizes = [5, *layers, 1]
    shapes = [(after, before + 1) for before, after in pairwise(sizes)]
    matrices = [rng.normal(size=shape) * 0.3 for shape in shapes]
    values = np.concatenate([matrix.ravel() for matrix in matrices])
    assert len(made.edges) == len(values)
    observation = rng.normal(size=5).astype(np.float32)
    x = observation.astype(np.float64)
    for index, matrix in enumerate(matrices):
        x = matrix @ np.concatenate([[1.0], x])
        x = x if index == len(layers) else np.tanh(x)
    weighted = with_single_weights(made, values.tolist())
    action = weighted.program.forward(observation[np.newaxis], np.ones(1, np.float32))
    # tens of float32 operations on numbers of about 1.
    assert action[0] == pytest.approx(np.clip(x, -1, 1), abs=1e-5)


@pytest.mark.parametrize("layers", [(), (0,), (5, -1), (20_000,)])
def test_sizes_of_layers_that_are_refused(layers: tuple[int, ...]) -> None:
    with pytest.raises(SettingsError, match="not a list of layer sizes"):
        dense(SPEC, layers)
