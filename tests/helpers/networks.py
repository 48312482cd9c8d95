"""Random networks for tests of general properties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from wann_edge.kernel import activation_names
from wann_edge.network import Input, Network, Output, float32


def random_network(
    rng: np.random.Generator,
    *,
    inputs: int = 3,
    hidden: int = 6,
    outputs: int = 2,
    density: float = 0.4,
    single_weights: bool = False,
    scaled: bool = False,
) -> Network:
    """Return a network with random activations; each allowed edge has probability ``density``."""
    first = 1 + inputs
    end = first + hidden + outputs
    edges = tuple(
        (source, target)
        for target in range(first, end)
        for source in range(min(target, end - outputs))
        if rng.random() < density
    )
    names = activation_names()
    return Network(
        inputs=tuple(
            Input(
                f"in_{i}",
                "m",
                -2.0,
                2.0,
                *((float32(rng.normal()), float32(rng.normal())) if scaled else ()),
            )
            for i in range(inputs)
        ),
        outputs=tuple(
            Output(
                *(f"out_{i}", "N", float32(-1.5), float32(1.25), float32(0.1)),
                *((float32(0.3 * i), float32(0.4 + i)) if scaled else ()),
            )
            for i in range(outputs)
        ),
        activations=tuple(names[k] for k in rng.integers(len(names), size=hidden + outputs)),
        edges=edges,
        weights=tuple(float32(w) for w in rng.normal(size=len(edges))) if single_weights else None,
        shared_weight=float32(rng.normal()),
        control_period_s=float32(0.01),
    )


@st.composite
def networks(draw: st.DrawFn, *, inputs: int | None = None, outputs: int | None = None) -> Network:
    """Draw a small network, with or without single weights, scaling, hidden nodes and edges."""
    return random_network(
        np.random.default_rng(draw(st.integers(0, 2**32 - 1))),
        inputs=inputs or draw(st.integers(1, 5)),
        hidden=draw(st.integers(0, 12)),
        outputs=outputs or draw(st.integers(1, 4)),
        density=draw(st.floats(0.0, 1.0)),
        single_weights=draw(st.booleans()),
        scaled=draw(st.booleans()),
    )


@st.composite
def subnormal_networks(draw: st.DrawFn) -> Network:
    """Draw a small network whose sums are below the smallest normal float32, or near it."""
    network = draw(networks())
    tiny = 2.0 ** -draw(st.integers(120, 149))
    inputs = [
        replace(channel, offset=float32(channel.offset * tiny), scale=float32(channel.scale * tiny))
        for channel in network.inputs
    ]
    weights = network.weights and tuple(float32(weight * tiny) for weight in network.weights)
    keep = draw(st.booleans())
    return replace(network, inputs=tuple(inputs), weights=network.weights if keep else weights)
