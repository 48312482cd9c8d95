"""Complexities, by name: what the ranking and the front weigh against reward.

A complexity is a count, or an estimate of what the exported C costs on a core:
``instructions:CORE`` in a step, ``flash_bytes:CORE``. The registry names the estimator.
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


class EstimatedCost(Protocol):
    """The cost of a network on a core."""

    @property
    def instructions(self) -> float: ...
    @property
    def flash_bytes(self) -> float: ...


# Takes a network and the name of a core. Raises a WannError on an unknown core.
Estimate = Callable[[Network, str], EstimatedCost]


class Measure(NamedTuple):
    """A complexity.

    Attributes:
        of: the complexity of a network without dead nodes; lower is better.
        cell: the cell of a complexity; networks of one cell compete for a place in the archive.
    """

    of: Callable[[Network], float]
    cell: Callable[[float], float]


def connections(network: Network) -> float:
    """Return the number of connections."""
    return len(network.edges)


def nodes(network: Network) -> float:
    """Return the number of nodes: bias, inputs, hidden nodes, outputs."""
    return network.node_count


COUNTS = {"connections": connections, "nodes": nodes}
ESTIMATES = ("instructions", "flash_bytes")
# The exporter whose artefact is estimated.
EXPORTER = "c"
# The best weight is not known before the end. All weights cost the same but 1, which saves the
# multiplication.
WEIGHT = 2.0
NAMES = (*COUNTS, *(f"{cost}:CORE" for cost in ESTIMATES))

_SMALLEST = Network((Input("x"),), (Output("y"),), ("linear",), ())


def measure(name: str) -> Measure:
    """Return the complexity of this name. Raises SettingsError where it is unknown."""
    if name in COUNTS:
        return Measure(COUNTS[name], _own_cell)
    cost, _, core = name.partition(":")
    if cost not in ESTIMATES or not core:
        raise SettingsError(
            f"unknown complexity {name[:40]!r}",
            where="complexity",
            remedy=f"use one of {', '.join(NAMES)}",
        )
    estimate = cast("Estimate", load("costs", EXPORTER))
    estimate(_SMALLEST, core)
    return Measure(partial(_estimated, estimate, core, cost), _cell)


def known(name: str) -> str:
    """Return the name of a complexity. Raises SettingsError where it is unknown."""
    measure(name)
    return name


def _estimated(estimate: Estimate, core: str, cost: str, network: Network) -> float:
    return float(getattr(estimate(replace(network, shared_weight=WEIGHT), core), cost))


def _own_cell(count: float) -> float:
    return count


def _cell(value: float) -> float:
    """Return one of 64 cells in an octave, each 0.8 to 1.6 % wide.

    Without cells, each fraction of an instruction would have its own place in an archive.
    (Laumanns, Thiele, Deb & Zitzler 2002, "Combining convergence and diversity in evolutionary
    multiobjective optimization".)
    """
    mantissa, exponent = math.frexp(value)
    return exponent * 64 + int(mantissa * 128)
