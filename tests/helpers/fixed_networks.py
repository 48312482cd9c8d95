"""Networks in fixed point for several tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from wann_edge.fixed_point.ranges import (
    measured_ranges,
)
from wann_edge.network import Input, Network, Output
from wann_edge.network.fixed_network import FixedNetwork, quantise
from wann_edge.network.number_formats import WORDS
from wann_edge.network.published import read_published
from wann_edge.sims.swingup import SPEC


def fixed_of(network: Network, dtype: str) -> FixedNetwork:
    """Return the network in fixed point, for observations within the declared bounds."""
    return quantise(network, measured_ranges(network, None), dtype)


def any_words(network: FixedNetwork, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return observations and weights as random words, half of them at the ends of the range."""
    rng = np.random.default_rng(seed)
    most = 2 ** (WORDS[network.dtype] - 1) - 1
    shape = (count, len(network.inputs) + 1)
    ends = rng.choice([-most - 1, most, 0, -1], shape)
    drawn = rng.integers(-most - 1, most + 1, shape)
    words = np.where(rng.random(shape) < 0.5, ends, drawn).astype(np.int32)
    return words[:, 1:], words[:, 0]


def champion(data: Path, *, tuned: bool = False) -> Network:
    """Return the published swing-up champion."""
    folder = data / "wann-release"
    weights = folder / "zoo" / "cartpole_swingup.wann.json" if tuned else None
    bias = -1.5 if tuned else None
    return read_published(folder / "champions" / "swing.out", 5, 1, weights, bias, task=SPEC)


def biped(data: Path) -> Network:
    """Return the published biped champion, for observations within BipedalWalker's bounds."""
    ends = [3.15, 5, 5, 5, 3.15, 5, 3.15, 5, 5, 3.15, 5, 3.15, 5, 5, *[1] * 10]
    return replace(
        read_published(data / "wann-release" / "champions" / "biped.out", 24, 4),
        inputs=tuple(Input(f"input_{i}", low=-end, high=end) for i, end in enumerate(ends)),
        outputs=tuple(Output(f"torque_{i}", low=-1.0, high=1.0) for i in range(4)),
        shared_weight=-1.5,
    )
