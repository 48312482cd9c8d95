"""A contract as artefacts state it: the dictionary of wann_edge.exporters.contract."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from helpers.format_runners import Contract
from wann_edge.network import Input, Output


def stated_contract(stated: Mapping[str, Any]) -> Contract:
    """The contract without the inputs' scaling. An absent bound is None."""
    inputs = [{**_bounds(entry), "offset": 0.0, "scale": 1.0} for entry in stated["inputs"]]
    return Contract(
        tuple(Input(**entry) for entry in inputs),
        tuple(Output(**_bounds(entry)) for entry in stated["outputs"]),
        stated["control_period_s"],
        stated["shared_weight"],
    )


def _bounds(entry: Mapping[str, Any]) -> dict[str, Any]:
    given = {"low": -math.inf, "high": math.inf}
    return {name: given.get(name) if value is None else value for name, value in entry.items()}
