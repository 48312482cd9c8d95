"""``benchmarks.device`` agrees with independent measurements of dense networks."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.device import (
    COMPILER,
    COMPILER_FLAGS,
    INDEPENDENT,
    INSTALL,
    as_network,
    dense_networks,
    headers,
    measured,
)
from benchmarks.mlp import random_mlp
from helpers.networks import random_network
from helpers.parts import missing

SIZES = {"biped": [24, 40, 40, 4], "swing-up": [5, 10, 1]}


@pytest.fixture(autouse=True)
def _compiler(emulators: None) -> None:
    """Skip if the cross-compiler or the emulator is missing."""
    if shutil.which(COMPILER) is None:
        missing("arm", f"{COMPILER} is not installed: {INSTALL}")


@pytest.mark.parametrize("task", SIZES)
def test_a_dense_network_costs_what_was_measured_independently(task: str) -> None:
    """Sizes agree more closely than instructions with those of another harness."""
    rng = np.random.default_rng(1)
    seen = rng.normal(size=(1, SIZES[task][0])).astype(np.float32)
    for controller in dense_networks(random_mlp(SIZES[task], rng), seen):
        before = INDEPENDENT[task].get(controller.name)
        if before is None:
            continue
        m4f, m0plus = (measured(controller, core) for core in COMPILER_FLAGS)
        found = (m4f["flash_bytes"], m4f["ram_bytes"], m4f["instructions"])
        found += (m0plus["flash_bytes"], m0plus["instructions"])
        assert m4f["ram_bytes"] == before[1]
        assert found == pytest.approx(before, rel=0.25)
        assert (found[0], found[3]) == pytest.approx((before[0], before[3]), rel=0.02)


@pytest.mark.parametrize("core", COMPILER_FLAGS)
def test_headers_give_the_kernels_actions(core: str) -> None:
    """``measured`` exits if an action is wrong; the control changes the expected actions."""
    network = random_network(np.random.default_rng(2), inputs=5, hidden=4, outputs=1)
    seen = np.random.default_rng(3).normal(size=(5, 5)).astype(np.float32)
    for controller in headers("WANN", network, seen):
        cost = measured(controller, core)
        assert cost["ram_bytes"] == 0
        assert 0 < cost["instructions"] < 20_000
        assert 0 < cost["flash_bytes"] < 5_000
        wrong = replace(controller, actions=controller.actions + 1)
        with pytest.raises(SystemExit, match="actions are off by"):
            measured(wrong, core)


def test_the_dense_network_is_the_same_as_one_of_ours() -> None:
    mlp = random_mlp([5, 6, 3, 1], np.random.default_rng(4))
    network = as_network(mlp, random_network(np.random.default_rng(2), inputs=5, outputs=1))
    free = replace(network, outputs=(replace(network.outputs[0], low=-np.inf, high=np.inf),))
    seen = np.random.default_rng(5).normal(size=(100, 5)).astype(np.float32)
    found = free.program.forward(seen, np.ones(100, np.float32))
    assert np.abs(found - mlp.forward(seen)).max() < 2e-6
