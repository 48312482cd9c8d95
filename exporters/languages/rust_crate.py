"""A Rust crate: no_std, no dependencies, no unsafe code."""

from __future__ import annotations

import math
from string import Template

from wann_edge.exporters import Files
from wann_edge.exporters.c.contract_lines import decimal, description_lines
from wann_edge.exporters.contract import contract
from wann_edge.exporters.languages.rust_language import RustLanguage
from wann_edge.exporters.languages.translate import translated
from wann_edge.exporters.libraries.project_text import fenced
from wann_edge.exporters.names import check_name, check_numbers
from wann_edge.exporters.vectors import bits_table, vectors
from wann_edge.network import Input, Network, Output
from wann_edge.system.needs import Need

_LIBRARY = Template("""\
//! ${name}: a weight agnostic network, exported by wann-edge.
//!
//! Its actions have the bits of the kernel's. No allocation, no static memory, no unsafe code;
//! reentrant.
//!
${description}

#![no_std]
#![forbid(unsafe_code)]
#![allow(non_snake_case, clippy::all)]

/// One observation: the network sees `(observation - offset) * scale`.
/// `low`, `high`: the typical range, in `unit`.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    pub name: &'static str,
    pub unit: &'static str,
    pub low: f32,
    pub high: f32,
    pub offset: f32,
    pub scale: f32,
}

/// One action, clamped to `low..=high`, in `unit`.
/// `safe`: the action when an observation is not finite or the output is not a number.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub name: &'static str,
    pub unit: &'static str,
    pub low: f32,
    pub high: f32,
    pub safe: f32,
}

/// The format of this file.
pub const FORMAT: &str = ${format};
/// The version of wann-edge that wrote it.
pub const VERSION: &str = ${version};
/// The task that the network was made for.
pub const TASK: Option<&str> = ${task};
/// The number of inputs.
pub const INPUTS: usize = ${inputs};
/// The number of outputs.
pub const OUTPUTS: usize = ${outputs};
/// The time between two actions in seconds, if one is prescribed.
pub const CONTROL_PERIOD_S: Option<f32> = ${period};
/// The network's shared weight.
pub const SHARED_WEIGHT: f32 = ${weight};

/// The inputs, in the order of an observation.
pub const INPUT_CHANNELS: [Input; INPUTS] = [
${input_channels}
];

/// The outputs, in the order of an action.
pub const OUTPUT_CHANNELS: [Output; OUTPUTS] = [
${output_channels}
];

/// Returns the action for an observation, with the network's shared weight.
pub fn step(observation: &[f32; INPUTS]) -> [f32; OUTPUTS] {
    step_with_weight(observation, SHARED_WEIGHT)
}

/// Returns the action for an observation, with another shared weight.
pub fn step_with_weight(observation: &[f32; INPUTS], shared_weight: f32) -> [f32; OUTPUTS] {
    let all_finite = observation.iter().all(|&x| wann_is_finite(x));
${nodes}
    let mut action = [0.0; OUTPUTS];
${actions}
    action
}

/// Runs the golden vectors: observations and weights with the kernel's actions.
/// Returns the number of actions whose bits differ: 0 on a correct build.
pub fn selftest() -> usize {
    let mut different = 0;
    for (v, expected) in EXPECTED.iter().enumerate() {
        let observation = OBSERVATIONS[v % OBSERVATIONS.len()].map(f32::from_bits);
        let weight = f32::from_bits(WEIGHTS[v / OBSERVATIONS.len()]);
        let action = step_with_weight(&observation, weight);
        different += usize::from(action.map(f32::to_bits) != *expected);
    }
    different
}

// Golden vectors, as the bits of floats.
static WEIGHTS: [u32; ${weights}] = [${weight_bits}];
static OBSERVATIONS: [[u32; INPUTS]; ${rows}] = [
${observation_bits}
];
static EXPECTED: [[u32; OUTPUTS]; ${vectors}] = [
${expected_bits}
];

${functions}
#[cfg(test)]
mod tests {
    #[test]
    fn gives_the_kernels_bits() {
        assert_eq!(super::selftest(), 0);
    }
}
""")

_MANIFEST = Template("""\
[package]
name = "${name}"
version = "0.1.0"
edition = "2021"
description = "A weight agnostic network, exported by wann-edge"
publish = false

[dependencies]

# A separate crate, even inside another crate's folder.
[workspace]
""")

_README = Template("""\
# ${name}

A weight agnostic network, exported by wann-edge: no_std, no dependencies.

```toml
[dependencies]
${name} = { path = "path/to/${name}" }
```

```rust
let action = ${name}::step(&[0.0; ${name}::INPUTS]);
```

`cargo test` runs the golden vectors. On a device `${name}::selftest()` returns the number of them
that differ: 0 on a correct build.
""")

# Keywords, including reserved ones, and the crates that every crate can name.
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
    """A folder with Cargo.toml, src/lib.rs and README.md; the crate has the export's name."""

    summary = "a Rust crate: no_std, no dependencies"
    suffix = ""
    numbers: tuple[str, ...] = ("float",)
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """Return the crate's files, ASCII; equal networks and names give equal bytes.

        Raises:
            ExportError: the network is in fixed point, or the name is a keyword of Rust or a
                crate's name.
        """
        check_numbers(network, self, "rust")
        check_name(name, "Rust", KEYWORDS)
        texts = {
            "Cargo.toml": _MANIFEST.substitute(name=name),
            "README.md": _README.substitute(name=name),
            "src/lib.rs": _library(network.without_dead_nodes(), name),
        }
        return {path: text.encode("ascii") for path, text in texts.items()}


def _library(network: Network, name: str) -> str:
    language = RustLanguage()
    body = translated(network, language)
    functions = "\n".join(body.functions)
    golden = vectors(network)
    fence = fenced(description_lines(network), "text")
    values, period_s = contract(network, "rust"), network.control_period_s
    return _LIBRARY.substitute(
        name=name,
        description="\n".join(f"//! {line}" for line in fence.splitlines()),
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
    """Return a line of the array of channels."""
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
    """Return any text as an ASCII string literal."""
    plain = (one if one.isalnum() and one.isascii() else f"\\u{{{ord(one):x}}}" for one in text)
    return f'"{"".join(plain)}"'
