"""A contract as artefacts state it: the dictionary of wann_edge.exporters.contract."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from helpers.format_runners import Contract
from wann_edge.network import Input, Output


def stated_contract(stated: Mapping[str, Any]) -> Contract:
    """The contract without scaling. An absent bound is None."""
    inputs, outputs = (
        [{**_bounds(entry), "offset": 0.0, "scale": 1.0} for entry in stated[kind]]
        for kind in ("inputs", "outputs")
    )
    return Contract(
        tuple(Input(**entry) for entry in inputs),
        tuple(Output(**entry) for entry in outputs),
        stated["control_period_s"],
        stated["shared_weight"],
    )


def _bounds(entry: Mapping[str, Any]) -> dict[str, Any]:
    given = {"low": -math.inf, "high": math.inf}
    return {name: given.get(name) if value is None else value for name, value in entry.items()}
