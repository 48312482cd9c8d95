"""Scales, offsets and weights of any float32 in fixed point: a network, or an error in one line."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.networks import networks
from wann_edge.errors import NetworkError
from wann_edge.exporters import export
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.network import LARGEST, Network, float32
from wann_edge.network.fixed_network import quantise

ANY = st.sampled_from([0.0, 2.0**-149, 2.0**-126, 1.0, 2.0**23, 2.0**100, LARGEST, -LARGEST])


@st.composite
def extreme_networks(draw: st.DrawFn) -> Network:
    """Draw a network whose scaling, bounds and weights are anything that a file may hold."""
    network = draw(networks())
    ends = [sorted((draw(ANY), draw(ANY))) for _ in network.inputs]
    inputs = [
        replace(channel, offset=draw(ANY), scale=draw(ANY), low=low, high=high)
        for channel, (low, high) in zip(network.inputs, ends, strict=True)
    ]
    weights = network.weights and tuple(float32(draw(ANY)) for _ in network.weights)
    return replace(network, inputs=tuple(inputs), weights=weights, shared_weight=draw(ANY))


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize("dtype", ["q15", "q31"])
@given(network=extreme_networks())
@settings(max_examples=25, deadline=None)
def test_any_network_is_quantised_or_refused(dtype: str, network: Network) -> None:
    ranges = measured_ranges(network, None)
    text = ""
    with suppress(NetworkError):
        text = export(quantise(network, ranges, dtype), "c", "p").decode()
    assert re.search(r"[^a-z_](inf|nan)f?[^a-z_]", text) is None
