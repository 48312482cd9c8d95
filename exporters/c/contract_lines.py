"""The contract in a C header: the comment at its top, and its macros."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from textwrap import wrap

import numpy as np

from wann_edge.network import Input, Network, Output
from wann_edge.network.channels import choices
from wann_edge.network.discrete_actions import reading_lines
from wann_edge.network.hashes import hashes_of

# The endings of the macros of an input or output; the macro of its index has none.
_ENDINGS = ("", "_LOW", "_HIGH", "_SAFE")


def decimal(value: float) -> str:
    """Return the shortest decimal that reads back as this float32: at most 9 digits."""
    return str(np.float32(value))


def literal(value: float) -> str:
    """Return a finite number as a C constant of type float."""
    return f"{decimal(value)}f"


def is_scaled(channel: Input) -> bool:
    """Whether scaling changes the input: (x - 0) * 1 is x, down to the sign of a zero."""
    return (channel.offset, channel.scale) != (0.0, 1.0)


def contract_lines(network: Network, name: str) -> list[str]:
    """Return the contract as lines of a C comment: ASCII that cannot end the comment."""
    return description_lines(
        network,
        f"; another by -D{name.upper()}_SHARED_WEIGHT=...",
        f"  or, at run time, by {name}_step_with_weight()",
    )


def description_lines(network: Network, weight: str = "", *more: str) -> list[str]:
    """Return the contract as lines of text; ``weight`` and ``more`` describe the shared weight."""
    period_s = network.control_period_s
    return [
        "Inputs, in this order, with their typical ranges:",
        *(f"  {i}  {_input_line(channel)}" for i, channel in enumerate(network.inputs)),
        "Outputs, in this order, clamped to their bounds; safe where an observation is not",
        "finite, or where the output is not a number:",
        *(f"  {i}  {_output_line(channel)}" for i, channel in enumerate(network.outputs)),
        *choice_lines(network),
        f"Control period: {'any' if period_s is None else f'{decimal(period_s)} s'}",
        f"Shared weight: {decimal(network.shared_weight)}{weight}",
        *more,
        f"Network: {len(network.inputs)} inputs, {len(network.outputs)} outputs, "
        f"{network.hidden_count} hidden nodes, {len(network.edges)} connections"
        f"{'' if network.weights is None else ' with single weights'}",
        *origin_lines(network),
    ]


def constant_lines(network: Network, name: str) -> list[str]:
    """Return the macros: sizes, control period, shared weight, indices and bounds."""
    macro, period_s = name.upper(), network.control_period_s
    return [
        f"#define {macro}_INPUTS {len(network.inputs)}",
        f"#define {macro}_OUTPUTS {len(network.outputs)}",
        *([] if period_s is None else [_number(f"{macro}_CONTROL_PERIOD_S", period_s)]),
        f"#ifndef {macro}_SHARED_WEIGHT",
        _number(f"{macro}_SHARED_WEIGHT", network.shared_weight),
        "#endif",
        *_channel_lines(network.inputs, input_macros(network, name)),
        *_channel_lines(network.outputs, output_macros(network, name)),
    ]


def input_macros(network: Network, name: str) -> list[str]:
    """Return the index macro of each input; ``_LOW`` and ``_HIGH`` end those of its bounds."""
    return _macros(f"{name.upper()}_INPUT_", network.inputs)


def output_macros(network: Network, name: str) -> list[str]:
    """Return the index macro of each output; ``_LOW``, ``_HIGH`` and ``_SAFE`` end the others."""
    return _macros(f"{name.upper()}_OUTPUT_", network.outputs)


def _macros(prefix: str, channels: Sequence[Input | Output]) -> list[str]:
    """Return one macro for each input or output; none is another one with an ending."""
    taken: set[str] = set()
    # The numbers below are taken, in this part of the order: colliding names take linear time.
    tried: dict[tuple[str, int], int] = {}
    macros: dict[int, str] = {}
    stems = [_stem(channel.name) for channel in channels]
    # Names in capitals first, then identifiers, so that no other channel's macro reads as theirs.
    parts = [
        (channel.name != stem) + (channel.name.upper() != stem)
        for channel, stem in zip(channels, stems, strict=True)
    ]
    for index in sorted(range(len(stems)), key=parts.__getitem__):
        stem = stems[index]
        place = stem, parts[index]
        free, number = stem, max(index, tried.get(place, 0))
        while not taken.isdisjoint(free + ending for ending in _ENDINGS):
            free, number = f"{stem}_{number}", number + 1
        tried[place] = number
        taken.update(free + ending for ending in _ENDINGS)
        macros[index] = prefix + free
    return [macros[index] for index in range(len(stems))]


def _stem(name: str) -> str:
    """Return a name as capital letters, digits and underscores, with its signs as words."""
    signs = {"+": "_PLUS_", "-": "_MINUS_"}
    spelled = re.sub(
        r"(?<![A-Z0-9])[+-](?=[0-9.])|^[+-]|[+-]$", lambda sign: signs[sign[0]], name.upper()
    )
    return re.sub(r"[^A-Z0-9]+", "_", spelled).strip("_") or "CHANNEL"


def _channel_lines(channels: Sequence[Input | Output], macros: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for index, (channel, macro) in enumerate(zip(channels, macros, strict=True)):
        numbers = {"LOW": channel.low, "HIGH": channel.high}
        if isinstance(channel, Output):
            numbers["SAFE"] = channel.safe
        lines.append(f"#define {macro} {index} /* {plain(channel.unit)} */")
        lines += [
            _number(f"{macro}_{ending}", value)
            for ending, value in numbers.items()
            if math.isfinite(value)
        ]
    return lines


def _number(macro: str, value: float) -> str:
    return f"#define {macro} ({literal(value)})"


def _input_line(channel: Input) -> str:
    line = f"{plain(channel.name)} [{plain(channel.unit)}], {range_text(channel)}"
    if not is_scaled(channel):
        return line
    return f"{line}; scaled as (x - {decimal(channel.offset)}) * {decimal(channel.scale)}"


def _output_line(channel: Output) -> str:
    safe = decimal(channel.safe)
    line = f"{plain(channel.name)} [{plain(channel.unit)}], {range_text(channel)}, safe {safe}"
    if not channel.is_scaled:
        return line
    return f"{line}; scaled as y * {decimal(channel.scale)} + {decimal(channel.offset)}"


def choice_lines(network: Network, *more: str) -> list[str]:
    """Return how discrete actions are read off, and ``more``; nothing where there are none."""
    found = [
        line
        for reading in reading_lines(network.outputs)
        for line in wrap(plain(reading), 90, initial_indent="  ", subsequent_indent="    ")
    ]
    if found:
        return ["Discrete actions:", *found, *more]
    # Files of earlier versions state a discrete action in the names of its outputs only.
    named = [
        line
        for first, last in choices(network.outputs)
        for line in (
            f"Outputs {first} to {last} are one discrete action: the environment takes the choice",
            "of the largest of them, the first where several are equal.",
        )
    ]
    return [*named, *more] if named else []


def range_text(channel: Input | Output) -> str:
    """Return the bounds of an input or output as text."""
    low, high = decimal(channel.low), decimal(channel.high)
    if math.isfinite(channel.low):
        return f"{low} to {high}" if math.isfinite(channel.high) else f"{low} or more"
    return f"{high} or less" if math.isfinite(channel.high) else "unbounded"


def origin_lines(network: Network) -> list[str]:
    """Return the task and the provenance as text, if known, and the SHA-256 sums."""
    known = {"Task": network.task, "Version": network.provenance.get("version")}
    known["Seed"] = network.provenance.get("seed")
    return [
        *(f"{label}: {plain(value)}" for label, value in known.items() if value is not None),
        "SHA-256 of the network file's content, of its contract and of the task, where known:",
        *(f"  {name:<8}  {sha256}" for name, sha256 in hashes_of(network).items()),
    ]


def plain(value: object) -> str:
    """Return a text as one line of ASCII that opens or ends no comment, without trigraphs."""
    text = str(value).encode("unicode_escape").decode("ascii")
    return re.sub(r"\?(?=\?)", "? ", text.replace("*/", "* /").replace("/*", "/ *"))
