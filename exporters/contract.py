"""The contract as plain values: what goes in, what comes out, how often, and in which units."""

from __future__ import annotations

import math
from dataclasses import asdict
from importlib.metadata import version

from wann_edge.network import Input, Network, Output


def contract(network: Network, format: str) -> dict[str, object]:
    """Numbers, texts, lists and dictionaries, for JSON and its like; an absent value is None.

    format: what the artefact is, as registered.
    """
    return {
        "format": f"wann-edge-{format}",
        "version": version("wann-edge"),
        "task": network.task,
        "control_period_s": network.control_period_s,
        "shared_weight": network.shared_weight,
        "inputs": [_channel(channel) for channel in network.inputs],
        "outputs": [_channel(channel) for channel in network.outputs],
    }


def _channel(channel: Input | Output) -> dict[str, str | float | None]:
    """The channel's fields; an absent bound is None, for JSON has no infinity."""
    return {
        name: None if isinstance(value, float) and math.isinf(value) else value
        for name, value in asdict(channel).items()
    }
