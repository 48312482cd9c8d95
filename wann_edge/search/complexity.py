"""Complexity: what the ranking and the front hold against reward, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from wann_edge.errors import SettingsError
from wann_edge.network import Network


class Measure(NamedTuple):
    """A complexity. of: a network's, which has no dead nodes; lower is better.

    cell: which of them compete for one place in an archive.
    """

    of: Callable[[Network], float]
    cell: Callable[[float], float]


def connections(network: Network) -> float:
    """Edges of the network."""
    return len(network.edges)


def nodes(network: Network) -> float:
    """All nodes: bias, inputs, hidden, outputs."""
    return network.node_count


def _itself(count: float) -> float:
    return count


COUNTS = {"connections": connections, "nodes": nodes}


def measure(name: str) -> Measure:
    """The complexity of this name. Raises SettingsError where there is none."""
    if name in COUNTS:
        return Measure(COUNTS[name], _itself)
    raise SettingsError(
        f"{name[:40]!r} is not one",
        where="complexity",
        remedy=f"use one of {', '.join(COUNTS)}",
    )


def known(name: str) -> str:
    """The name, if there is a complexity of it. Raises SettingsError where there is none."""
    measure(name)
    return name
