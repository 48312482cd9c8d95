"""Invented costs of an invented core, to test the search with any estimate."""

from __future__ import annotations

from typing import NamedTuple

from wann_edge.errors import SettingsError
from wann_edge.network import Network

INSTRUCTIONS = {"linear": 10.5, "relu": 60.25, "abs": 40.0, "inverse": 30.0, "step": 55.5}
OTHERS = 900.0


class Cost(NamedTuple):
    """A cost like an exporter's estimate."""

    instructions: float
    flash_bytes: float


def estimate(network: Network, core: str) -> Cost:
    """Return a sum over edges and nodes.

    Each activation takes flash once. A shared weight of 1 takes no product.
    """
    if core != "toy":
        raise SettingsError(f"{core!r} is not one of the cores", remedy="use toy")
    used = [INSTRUCTIONS.get(name, OTHERS) for name in network.activations]
    once = {name: INSTRUCTIONS.get(name, OTHERS) for name in network.activations}
    edges = len(network.edges)
    products = 0 if network.shared_weight == 1 else len(network.activations)
    return Cost(
        80.0 * edges + 70.0 * products + sum(used) + 33.3,
        12.0 * edges + sum(once.values()) / 5 + 400.0,
    )
