"""The contract in a fixed-point header: the comment at its top, and its macros."""

from __future__ import annotations

import math
from collections.abc import Sequence

from wann_edge.exporters.c.contract_lines import (
    choice_lines,
    decimal,
    input_macros,
    literal,
    origin_lines,
    output_macros,
    plain,
    range_text,
)
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.number_formats import WORDS


def contract_lines(network: FixedNetwork, name: str) -> list[str]:
    """Return the contract as lines of a C comment: ASCII that cannot end the comment."""
    period_s, macro = network.control_period_s, name.upper()
    return [
        "Inputs, in this order, with their typical ranges; each is a word, the nearest whole",
        f"number to what is said, within the limits of an int{WORDS[network.dtype]}_t:",
        *(f"  {index}  {_input_line(network, index)}" for index in range(len(network.inputs))),
        "Outputs, in this order, clamped to their bounds; each is a word:",
        *(f"  {index}  {_output_line(network, index)}" for index in range(len(network.outputs))),
        *choice_lines(
            network, "  As words of different outputs may have different units, compare x."
        ),
        f"Control period: {'any' if period_s is None else f'{decimal(period_s)} s'}",
        f"Shared weight: {decimal(network.shared_weight)}, as the word "
        f"{network.weight_word(network.shared_weight)} of 2^-{network.weight_bits};",
        f"  another by -D{macro}_SHARED_WEIGHT=..., or, at run time, by {name}_step_with_weight()",
        f"Network: {len(network.inputs)} inputs, {len(network.outputs)} outputs, "
        f"{network.hidden_count} hidden nodes, {len(network.edges)} connections"
        f"{'' if network.weights is None else ' with single weights'}",
        *origin_lines(network),
    ]


def constant_lines(network: FixedNetwork, name: str) -> list[str]:
    """Return the macros: sizes, control period, shared weight, indices and bounds in words."""
    macro, period_s = name.upper(), network.control_period_s
    return [
        f"#define {macro}_INPUTS {len(network.inputs)}",
        f"#define {macro}_OUTPUTS {len(network.outputs)}",
        *([] if period_s is None else [f"#define {macro}_CONTROL_PERIOD_S ({literal(period_s)})"]),
        f"#define {macro}_WORD int{WORDS[network.dtype]}_t",
        f"#define {macro}_WEIGHT_BITS {network.weight_bits}",
        f"#ifndef {macro}_SHARED_WEIGHT",
        f"#define {macro}_SHARED_WEIGHT ({network.weight_word(network.shared_weight)})",
        "#endif",
        *_input_constants(network, name),
        *_output_constants(network, name),
    ]


def input_units(network: FixedNetwork, index: int) -> float:
    """Return the words in one unit of an input: a float32, as the scale is one."""
    return math.ldexp(network.inputs[index].scale, network.input_bits[index])


def _input_constants(network: FixedNetwork, name: str) -> list[str]:
    lines = []
    for index, macro in enumerate(input_macros(network, name)):
        channel = network.inputs[index]
        lines.append(f"#define {macro} {index} /* {plain(channel.unit)} */")
        for ending, end in (("LOW", channel.low), ("HIGH", channel.high)):
            if math.isfinite(end):
                word = _nearest((end - channel.offset) * input_units(network, index), network)
                lines.append(f"#define {macro}_{ending} ({word})")
    return lines


def _output_constants(network: FixedNetwork, name: str) -> list[str]:
    lines = []
    for index, macro in enumerate(output_macros(network, name)):
        lines.append(f"#define {macro} {index} /* {plain(network.outputs[index].unit)} */")
        words: Sequence[int] = network.output_words(index)
        for ending, word in zip(("LOW", "HIGH", "SAFE"), words, strict=True):
            lines.append(f"#define {macro}_{ending} ({constant(word)})")
    return lines


def constant(word: int) -> str:
    """Return a word in C; -2^31 must be a difference, as int32_t has no such constant."""
    return "-2147483647 - 1" if word == -(2**31) else str(word)


def _nearest(value: float, network: FixedNetwork) -> int:
    most: int = 2 ** (WORDS[network.dtype] - 1) - 1
    return round(min(max(value, -most), most))


def _input_line(network: FixedNetwork, index: int) -> str:
    channel = network.inputs[index]
    number = f"(x - {decimal(channel.offset)})" if channel.offset else "x"
    return (
        f"{plain(channel.name)} [{plain(channel.unit)}], {range_text(channel)}; "
        f"word = {number} * {decimal(input_units(network, index))}"
    )


def _output_line(network: FixedNetwork, index: int) -> str:
    channel = network.outputs[index]
    plus = f" + {decimal(channel.offset)}" if channel.offset else ""
    return (
        f"{plain(channel.name)} [{plain(channel.unit)}], {range_text(channel)}, "
        f"safe {decimal(channel.safe)}; x = word * {decimal(network.output_steps[index])}{plus}"
    )
