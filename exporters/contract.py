"""The contract as plain values: inputs, outputs, units and control period."""

from __future__ import annotations

import math
from importlib.metadata import version

from wann_edge.network import Input, Network, Output
from wann_edge.network.channels import choices, plain_fields
from wann_edge.network.hashes import hashes_of


def contract(network: Network, format: str) -> dict[str, object]:
    """Return the contract as numbers, texts, lists and dictionaries; None for an absent value.

    Args:
        network: the network whose contract it is.
        format: the registered name of the artefact's format.
    """
    return {
        "format": f"wann-edge-{format}",
        "version": version("wann-edge"),
        "task": network.task,
        "control_period_s": network.control_period_s,
        "shared_weight": network.shared_weight,
        "inputs": [_channel(channel) for channel in network.inputs],
        "outputs": [_channel(channel) for channel in network.outputs],
        **_discrete(network),
        "sha256": hashes_of(network),
    }


def _discrete(network: Network) -> dict[str, object]:
    """Return the outputs of each discrete action, of which the largest is the choice, if any."""
    found = [[*range(first, last + 1)] for first, last in choices(network.outputs)]
    return {"choice_of_largest": found} if found else {}


def _channel(channel: Input | Output) -> dict[str, str | float | None]:
    """Return the fields of an input or output; None for an absent bound."""
    return {
        name: None if isinstance(value, float) and math.isinf(value) else value
        for name, value in plain_fields(channel).items()
    }
