"""The inputs and outputs of a network, with names, units and bounds."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from wann_edge.errors import NetworkError

LARGEST = float(np.finfo(np.float32).max)


def float32(value: float) -> float:
    """Return the nearest float32 as a Python float; infinity beyond the largest."""
    return ctypes.c_float(value).value


@dataclass(frozen=True, slots=True)
class Input:
    """One number of the observation; the network sees ``(observation - offset) * scale``.

    Numbers are rounded to float32.

    Attributes:
        name: unique among the inputs.
        unit: of ``low``, ``high`` and ``offset``; "1" for none.
        low: lower end of the typical range; the input is not clamped to it.
        high: upper end of the typical range.
        offset: subtracted from the observation.
        scale: multiplies the difference.
    """

    name: str
    unit: str = "1"
    low: float = -math.inf
    high: float = math.inf
    offset: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        _round(self, "low", "high", "offset", "scale")

    @property
    def typical_range(self) -> tuple[float, float]:
        """The declared range; an undeclared end is 10 beyond the other end, or beyond 0."""
        low = self.low if math.isfinite(self.low) else min(self.high, 0.0) - 10.0
        high = self.high if math.isfinite(self.high) else max(self.low, 0.0) + 10.0
        return low, high


@dataclass(frozen=True, slots=True)
class Output:
    """One number of the action: ``value of the node * scale + offset``, clamped to its bounds.

    Numbers are rounded to float32. Outputs with the same ``choice`` select a discrete action
    together; discrete_actions.py has the rule.

    Attributes:
        name: unique among the outputs.
        unit: of all numbers below; "1" for none.
        low: the lower bound; -infinity for none.
        high: the upper bound; infinity for none.
        safe: the action when an observation is not finite or the output is not a number.
        offset: the action where the node's value is 0.
        scale: multiplies the node's value; above 0.
        choice: the name of the discrete action that this output helps to select; "" for none.
        selects: the whole number that the discrete action is if this output wins.
    """

    name: str
    unit: str = "1"
    low: float = -math.inf
    high: float = math.inf
    safe: float = 0.0
    offset: float = 0.0
    scale: float = 1.0
    choice: str = ""
    selects: int = 0

    def __post_init__(self) -> None:
        _round(self, "low", "high", "safe", "offset", "scale")

    @property
    def is_scaled(self) -> bool:
        """Whether scaling changes the value of the node."""
        return (self.offset, self.scale) != (0.0, 1.0)

    @property
    def node_bounds(self) -> tuple[float, float]:
        """The bounds of the node's value, before scaling."""
        return (self.low - self.offset) / self.scale, (self.high - self.offset) / self.scale


def plain_fields(channel: Input | Output) -> dict[str, str | float]:
    """Return the fields of an input or output for a document.

    An output has ``offset`` and ``scale`` only if it is scaled, and ``choice`` and ``selects``
    only if it selects a discrete action.
    """
    found = asdict(channel)
    if isinstance(channel, Input):
        return found
    left_out = {
        *(() if channel.is_scaled else ("offset", "scale")),
        *(() if channel.choice else ("choice", "selects")),
    }
    return {name: value for name, value in found.items() if name not in left_out}


def named_channels(inputs: int, outputs: int) -> tuple[tuple[Input, ...], tuple[Output, ...]]:
    """Return unbounded inputs and outputs named ``input_0``, ``output_0`` and so on."""
    return (
        tuple(Input(f"input_{i}") for i in range(inputs)),
        tuple(Output(f"output_{i}") for i in range(outputs)),
    )


def choices(outputs: Sequence[Output]) -> list[tuple[int, int]]:
    """Return the first and last index of each discrete action: outputs with its choices.

    Its outputs are called ``choice_N``, after a text that is the same for one action.
    """
    found: list[tuple[int, int]] = []
    first, before = 0, None
    for index, output in enumerate([*outputs, None]):
        match = None if output is None else re.fullmatch(r"(.*)choice_-?\d+", output.name)
        stem = None if match is None else match[1]
        if stem != before:
            found += [] if before is None else [(first, index - 1)]
            first, before = index, stem
    return found


def _round(channel: Input | Output, *names: str) -> None:
    """Round fields to float32; + 0.0 turns -0 into 0, so that equal channels look equal."""
    for name in names:
        object.__setattr__(channel, name, float32(getattr(channel, name)) + 0.0)


def check_text(text: str, where: str, longest: int = 64) -> None:
    """Check that a text fits into a table, a comment and one line of a file.

    Raises:
        NetworkError: it is empty, longer than ``longest``, or not printable.
    """
    if not text or len(text) > longest or not text.isprintable():
        raise NetworkError(
            f"{text[:80]!r} is not valid",
            where=where,
            remedy=f"use 1 to {longest} printable characters",
        )


def check_channel(channel: Input | Output, where: str) -> None:
    """Check the name, the unit and the numbers of an input or output.

    Raises:
        NetworkError: one of them is not valid.
    """
    check_text(channel.name, f"{where}.name")
    check_text(channel.unit, f"{where}.unit")
    low, high = channel.low, channel.high
    if not (low <= high and low < math.inf and high > -math.inf):
        raise NetworkError(
            f"the bounds {low}..{high} are not a range",
            where=where,
            remedy="choose low <= high, neither of them NaN",
        )
    if isinstance(channel, Input):
        check_finite(channel.offset, f"{where}.offset")
        check_finite(channel.scale, f"{where}.scale")
        return
    check_finite(channel.offset, f"{where}.offset")
    check_finite(channel.scale, f"{where}.scale")
    if not channel.scale > 0:
        raise NetworkError(
            f"the scale {channel.scale} of an output is not above 0",
            where=f"{where}.scale",
            remedy="choose a scale above 0",
        )
    if channel.choice:
        check_text(channel.choice, f"{where}.choice")
    if not low <= channel.safe <= high or math.isinf(channel.safe):
        raise NetworkError(
            f"the safe action {channel.safe} is outside the bounds {low}..{high}",
            where=where,
            remedy="choose a finite action within the bounds",
        )


def check_finite(value: float, where: str) -> None:
    """Check that a number is a finite float32: the kernel would run any other number rounded.

    Raises:
        NetworkError: it is not.
    """
    if not abs(value) <= LARGEST:
        raise NetworkError(
            f"{value} is not a finite float32",
            where=where,
            remedy=f"use a number within +-{LARGEST:.8g}",
        )
    if float32(value) != value:
        raise NetworkError(
            f"{value!r} is not a float32",
            where=where,
            remedy=f"use the nearest one, {float32(value)!r}",
        )
