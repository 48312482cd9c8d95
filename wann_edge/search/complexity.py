"""Complexity: what the ranking and the front hold against reward, by name.

A count, or an estimate of what the exported C costs a core: ``instructions:CORE`` a
step, ``flash_bytes:CORE``. Who estimates is in the registry: the search knows no exporter.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple, Protocol, cast

from wann_edge.errors import SettingsError
from wann_edge.network import Input, Network, Output
from wann_edge.registry import load


class Cost(Protocol):
    """What a network costs a core."""

    @property
    def instructions(self) -> float: ...
    @property
    def flash_bytes(self) -> float: ...


# Of a network, for a core. Raises a WannError on an unknown core.
Estimate = Callable[[Network, str], Cost]


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


COUNTS = {"connections": connections, "nodes": nodes}
ESTIMATES = ("instructions", "flash_bytes")
# The exporter whose artefact is estimated.
EXPORTER = "c"
# The best is not known before the end; any but 1 costs the same, which is not multiplied by.
WEIGHT = 2.0
NAMES = (*COUNTS, *(f"{cost}:CORE" for cost in ESTIMATES))

_SMALLEST = Network((Input("x"),), (Output("y"),), ("linear",), ())


def measure(name: str) -> Measure:
    """The complexity of this name. Raises SettingsError where there is none."""
    if name in COUNTS:
        return Measure(COUNTS[name], _own_cell)
    cost, _, core = name.partition(":")
    if cost not in ESTIMATES or not core:
        raise SettingsError(
            f"{name[:40]!r} is not one",
            where="complexity",
            remedy=f"use one of {', '.join(NAMES)}",
        )
    estimate = cast("Estimate", load("costs", EXPORTER))
    estimate(_SMALLEST, core)
    return Measure(partial(_estimated, estimate, core, cost), _cell)


def known(name: str) -> str:
    """The name, if there is a complexity of it. Raises SettingsError where there is none."""
    measure(name)
    return name


def _estimated(estimate: Estimate, core: str, cost: str, network: Network) -> float:
    return float(getattr(estimate(replace(network, shared_weight=WEIGHT), core), cost))


def _own_cell(count: float) -> float:
    return count


def _cell(value: float) -> float:
    """64 cells an octave, each 0.8 to 1.6 % wide.

    Else each fraction of an instruction had a place of its own in an archive. (Laumanns,
    Thiele, Deb & Zitzler 2002, "Combining convergence and diversity in evolutionary
    multiobjective optimization".)
    """
    mantissa, exponent = math.frexp(value)
    return exponent * 64 + int(mantissa * 128)
