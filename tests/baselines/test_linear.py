"""A linear network is one matrix, with or without a constant."""

from __future__ import annotations

import numpy as np
import pytest

from wann_edge.baselines.linear import linear
from wann_edge.network import with_single_weights
from wann_edge.task import load_task


@pytest.mark.parametrize("bias", [True, False])
def test_a_linear_network_is_the_matrix_product(bias: bool) -> None:
    """Against float64 numpy, on scaled inputs, inside the limits of the actions."""
    rng = np.random.default_rng(0)
    spec = load_task("quadrotor").spec
    made = linear(spec, bias)
    matrix = rng.normal(size=(len(spec.outputs), len(spec.inputs) + bias)) * 0.05
    assert len(made.edges) == matrix.size
    observation = rng.uniform(-0.1, 0.1, len(spec.inputs)).astype(np.float32)
    x = observation * [channel.scale for channel in spec.inputs]
    x = [*([1.0] if bias else []), *x.tolist()]
    weighted = with_single_weights(made, matrix.ravel().tolist())
    action = weighted.program.forward(observation[np.newaxis], np.ones(1, np.float32))
    assert action[0] == pytest.approx(matrix @ x, abs=1e-6)
