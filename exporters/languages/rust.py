"""A Rust crate: no_std, no dependencies, no unsafe code."""

from __future__ import annotations

import math

from wann_edge.exporters import Files
from wann_edge.exporters.c.contract_lines import decimal, description_lines
from wann_edge.exporters.contract import contract
from wann_edge.exporters.languages.brace_languages import Rust
from wann_edge.exporters.languages.rust_text import LIBRARY, MANIFEST, README
from wann_edge.exporters.languages.translate import translated
from wann_edge.exporters.names import check_name, check_numbers
from wann_edge.exporters.vectors import bits_table, vectors
from wann_edge.network import Input, Network, Output
from wann_edge.system.needs import Need

# Keywords, those kept for later too, and the crates that every crate knows.
KEYWORDS = frozenset(
    (
        *("Self", "abstract", "alloc", "as", "async", "await", "become", "box", "break", "const"),
        *("continue", "core", "crate", "do", "dyn", "else", "enum", "extern", "false", "final"),
        *("fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move"),
        *("mut", "override", "priv", "proc_macro", "pub", "ref", "return", "self", "static"),
        *("std", "struct", "super", "test", "trait", "true", "try", "type", "typeof", "unsafe"),
        *("unsized", "use", "virtual", "where", "while", "yield"),
    )
)


class RustCrate:
    """A folder with Cargo.toml, src/lib.rs and README.md; the crate has the artefact's name."""

    summary = "a Rust crate: no_std, no dependencies"
    suffix = ""
    numbers: tuple[str, ...] = ("float",)
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """The crate's files, ASCII; the same bytes for the same network and name.

        Raises ExportError when the name is a keyword of Rust or a crate of its own.
        """
        check_numbers(network, self, "rust")
        check_name(name, "Rust", KEYWORDS)
        texts = {
            "Cargo.toml": MANIFEST.substitute(name=name),
            "README.md": README.substitute(name=name),
            "src/lib.rs": _library(network.without_dead_nodes(), name),
        }
        return {path: text.encode("ascii") for path, text in texts.items()}


def _library(network: Network, name: str) -> str:
    language = Rust()
    body = translated(network, language)
    functions = "\n".join(body.functions)
    golden = vectors(network)
    values, period_s = contract(network, "rust"), network.control_period_s
    return LIBRARY.substitute(
        name=name,
        description="\n".join(f"//! {line}" for line in description_lines(network)),
        format=_string(str(values["format"])),
        version=_string(str(values["version"])),
        task=_option(None if network.task is None else _string(network.task)),
        inputs=len(network.inputs),
        outputs=len(network.outputs),
        period=_option(None if period_s is None else decimal(period_s)),
        weight=decimal(network.shared_weight),
        input_channels="\n".join(map(_channel, network.inputs)),
        output_channels="\n".join(map(_channel, network.outputs)),
        nodes=language.indented(body.nodes),
        actions=language.indented(body.actions),
        functions=functions,
        weights=len(golden.weights),
        rows=len(golden.observations),
        vectors=len(golden.expected),
        weight_bits=bits_table([golden.weights], "{}"),
        observation_bits=bits_table(golden.observations, "    [{}],"),
        expected_bits=bits_table(golden.expected, "    [{}],"),
    )


def _channel(channel: Input | Output) -> str:
    """A line of the array of channels."""
    numbers = {"low": channel.low, "high": channel.high}
    if isinstance(channel, Input):
        kind, numbers = "Input", {**numbers, "offset": channel.offset, "scale": channel.scale}
    else:
        kind, numbers = "Output", {**numbers, "safe": channel.safe}
    fields = [f"name: {_string(channel.name)}", f"unit: {_string(channel.unit)}"]
    fields += [f"{name}: {_number(value)}" for name, value in numbers.items()]
    return f"    {kind} {{ {', '.join(fields)} }},"


def _number(value: float) -> str:
    if math.isinf(value):
        return "f32::INFINITY" if value > 0 else "f32::NEG_INFINITY"
    return decimal(value)


def _option(text: str | None) -> str:
    return "None" if text is None else f"Some({text})"


def _string(text: str) -> str:
    """Any text as a string of Rust, in ASCII."""
    plain = (one if one.isalnum() and one.isascii() else f"\\u{{{ord(one):x}}}" for one in text)
    return f'"{"".join(plain)}"'
