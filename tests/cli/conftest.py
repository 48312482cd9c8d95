"""A controller for the tests of commands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from helpers.networks import random_network
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.sims.swingup import SPEC


@pytest.fixture
def champion(tmp_path: Path) -> Path:
    """A small controller's network file."""
    made = random_network(np.random.default_rng(1), inputs=5, hidden=5, outputs=1)
    path = tmp_path / "champion.json"
    network = Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, task="swingup")
    network_file.save(network, path)
    return path
