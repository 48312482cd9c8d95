"""The files of a Rust crate, with gaps."""

from __future__ import annotations

from string import Template

LIBRARY = Template("""\
//! ${name}: a weight agnostic network, exported by wann-edge.
//!
//! Gives the bits of the kernel that it was searched and verified with. No allocation, no
//! static memory, no unsafe code; reentrant.
//!
//! ```text
${description}
//! ```

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
/// `safe`: the action where an observation is not finite, or the output not a number.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub name: &'static str,
    pub unit: &'static str,
    pub low: f32,
    pub high: f32,
    pub safe: f32,
}

/// What this file is.
pub const FORMAT: &str = ${format};
/// The version of wann-edge that wrote it.
pub const VERSION: &str = ${version};
/// The task that the network was made for.
pub const TASK: Option<&str> = ${task};
/// The number of inputs.
pub const INPUTS: usize = ${inputs};
/// The number of outputs.
pub const OUTPUTS: usize = ${outputs};
/// The time between two actions, in seconds, where one is prescribed.
pub const CONTROL_PERIOD_S: Option<f32> = ${period};
/// The network's own shared weight.
pub const SHARED_WEIGHT: f32 = ${weight};

/// The inputs, in the order of an observation.
pub const INPUT_CHANNELS: [Input; INPUTS] = [
${input_channels}
];

/// The outputs, in the order of an action.
pub const OUTPUT_CHANNELS: [Output; OUTPUTS] = [
${output_channels}
];

/// The action for an observation, with the network's own shared weight.
pub fn step(observation: &[f32; INPUTS]) -> [f32; OUTPUTS] {
    step_with_weight(observation, SHARED_WEIGHT)
}

/// The action for an observation, with a shared weight chosen at run time.
pub fn step_with_weight(observation: &[f32; INPUTS], shared_weight: f32) -> [f32; OUTPUTS] {
    let all_finite = observation.iter().all(|&x| wann_is_finite(x));
${nodes}
    let mut action = [0.0; OUTPUTS];
${actions}
    action
}

/// Runs observations and shared weights for which the kernel's actions are known.
/// Gives the number of them whose bits differ: 0 on a sound build.
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

MANIFEST = Template("""\
[package]
name = "${name}"
version = "0.1.0"
edition = "2021"
description = "A weight agnostic network, exported by wann-edge"
publish = false

[dependencies]

# A crate of its own, also where it lies in another one's folder.
[workspace]
""")

README = Template("""\
# ${name}

A weight agnostic network, exported by wann-edge: no_std, no dependencies.

```toml
[dependencies]
${name} = { path = "path/to/${name}" }
```

```rust
let action = ${name}::step(&[0.0; ${name}::INPUTS]);
```

`cargo test` runs the golden vectors. On a device `${name}::selftest()` gives the number of them
that differ: 0 on a sound build.
""")
