"""The facts of a contract by name, and how two contracts differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import NamedTuple, TypeVar

import numpy as np

from wann_edge.network import Input, Network, Output, float32, named_channels

Channel = TypeVar("Channel", Input, Output)


class Change(NamedTuple):
    """A fact that two sides state differently; "none" where a side does not state it."""

    name: str
    was: str
    now: str


def contract_facts(
    inputs: Sequence[Input], outputs: Sequence[Output], control_period_s: float | None
) -> dict[str, str]:
    """Return names, units, bounds, scaling and control period as texts, by position."""
    period = {} if control_period_s is None else {"control period": f"{_text(control_period_s)} s"}
    return {**period, **_facts("input", inputs), **_facts("output", outputs)}


def changes(was: Mapping[str, str], now: Mapping[str, str]) -> list[Change]:
    """Return the facts that differ, in their order."""
    pairs = (Change(name, was.get(name, "none"), now.get(name, "none")) for name in {**was, **now})
    return [change for change in pairs if change.was != change.now]


def contract_differences(
    network: Network,
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    control_period_s: float,
    *,
    with_scaling: bool = True,
) -> list[Change]:
    """Return how the contract of a network differs from another one.

    A channel that is called as those of published networks without a contract, such as
    ``input_0``, and a control period of None are not compared.

    Args:
        network: with as many inputs and outputs.
        inputs: of the other contract.
        outputs: of the other contract.
        control_period_s: of the other contract, s.
        with_scaling: whether to compare offsets and scales too.
    """
    blank_inputs, blank_outputs = named_channels(len(inputs), len(outputs))
    ours = contract_facts(
        _declared(network.inputs, blank_inputs, inputs),
        _declared(network.outputs, blank_outputs, outputs),
        control_period_s if network.control_period_s is None else network.control_period_s,
    )
    found = changes(ours, contract_facts(inputs, outputs, control_period_s))
    return [one for one in found if with_scaling or not one.name.endswith(("offset", "scale"))]


def _declared(
    channels: Sequence[Channel], blank: Sequence[Channel], others: Sequence[Channel]
) -> list[Channel]:
    """Replace each channel that has the name of a blank one by the other contract's."""
    triples = zip(channels, blank, others, strict=True)
    return [other if one.name == empty.name else one for one, empty, other in triples]


def _facts(kind: str, channels: Sequence[Input | Output]) -> dict[str, str]:
    return {
        f"{kind} {number}, {field}": _text(value)
        for number, channel in enumerate(channels, 1)
        for field, value in asdict(channel).items()
    }


def _text(value: str | float) -> str:
    if isinstance(value, str):
        return value or "none"
    if isinstance(value, float):
        return "none" if math.isinf(value) else str(np.float32(float32(value)))
    return str(value)
