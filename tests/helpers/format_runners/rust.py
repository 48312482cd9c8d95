"""The Rust crate: a library by rustc, behind a C interface of its own."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np

from helpers.format_runners import MARK, OTHER, Contract, replaced, require_tools, write_files
from helpers.format_runners.stated import stated_contract
from wann_edge.exporters import Files
from wann_edge.exporters.languages.rust_crate import KEYWORDS
from wann_edge.kernel import Floats

INSTALL = "apt-get install cargo"
_HARNESS = """
use std::slice::{from_raw_parts, from_raw_parts_mut};

#[no_mangle]
pub extern "C" fn selftest() -> usize { NAME::selftest() }

#[no_mangle]
pub unsafe extern "C" fn run(count: usize, seen: *const f32, weight: *const f32, given: *mut f32) {
    let seen = from_raw_parts(seen, count * NAME::INPUTS);
    let weight = from_raw_parts(weight, count);
    let given = from_raw_parts_mut(given, count * NAME::OUTPUTS);
    for row in 0..count {
        let observation = seen[row * NAME::INPUTS..][..NAME::INPUTS].try_into().unwrap();
        let action = if weight[row] == NAME::SHARED_WEIGHT {
            NAME::step(observation)
        } else {
            NAME::step_with_weight(observation, weight[row])
        };
        given[row * NAME::OUTPUTS..][..NAME::OUTPUTS].copy_from_slice(&action);
    }
}

fn text(text: &str) -> String {
    let codes: Vec<String> = text.chars().map(|c| (c as u32).to_string()).collect();
    format!("[{}]", codes.join(","))
}

fn number(x: f32) -> String {
    if x.is_finite() { format!("{:?}", x as f64) } else { "null".into() }
}

fn channel(name: &str, unit: &str, numbers: &[(&str, f32)]) -> String {
    let mut said = format!("{{\\"name\\":{},\\"unit\\":{}", text(name), text(unit));
    for (key, value) in numbers {
        said += &format!(",\\"{key}\\":{}", number(*value));
    }
    said + "}"
}

#[no_mangle]
pub extern "C" fn contract() -> *mut std::os::raw::c_char {
    let inputs = NAME::INPUT_CHANNELS
        .map(|c| channel(c.name, c.unit, &[("low", c.low), ("high", c.high)]));
    let outputs = NAME::OUTPUT_CHANNELS
        .map(|c| channel(c.name, c.unit, &[("low", c.low), ("high", c.high), ("safe", c.safe)]));
    let said = format!(
        "{{\\"inputs\\":[{}],\\"outputs\\":[{}],\\"control_period_s\\":{},\
\\"shared_weight\\":{}}}",
        inputs.join(","), outputs.join(","),
        NAME::CONTROL_PERIOD_S.map_or("null".into(), number), number(NAME::SHARED_WEIGHT)
    );
    std::ffi::CString::new(said).unwrap().into_raw()
}
"""


class BuiltCrate:
    """A shared library."""

    def __init__(self, library: Path) -> None:
        self._library = ctypes.CDLL(str(library))
        self._library.run.argtypes = [ctypes.c_size_t, *[ctypes.c_void_p] * 3]
        self._library.contract.restype = ctypes.c_char_p
        self._stated = json.loads(self._library.contract())
        for channel in [*self._stated["inputs"], *self._stated["outputs"]]:
            channel.update({key: "".join(map(chr, channel[key])) for key in ("name", "unit")})

    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """All rows in one call."""
        actions: Floats = np.empty((len(weights), len(self._stated["outputs"])), np.float32)
        arrays = [np.ascontiguousarray(observations), np.ascontiguousarray(weights), actions]
        self._library.run(len(weights), *(array.ctypes.data for array in arrays))
        return actions

    def selftest(self) -> int | None:
        """The golden vectors that differ."""
        return int(self._library.selftest())

    def contract(self) -> Contract:
        """The crate's constants, by way of JSON."""
        return stated_contract(self._stated)


class _Rust:
    tolerance = 0.0
    keywords = KEYWORDS
    most_rows = 2000

    def require(self) -> None:
        """rustc and cargo."""
        require_tools("rust", INSTALL, ["rustc", "cargo"])

    def build(self, files: Files, name: str, workdir: Path) -> BuiltCrate:
        """The crate with all warnings as errors, then the library around it."""
        write_files(files, workdir)
        (workdir / "harness.rs").write_text(_HARNESS.replace("NAME", name))
        rustc(workdir, "--crate-type=rlib", f"--crate-name={name}", "-Dwarnings", "src/lib.rs")
        crate = f"--extern={name}=lib{name}.rlib"
        rustc(workdir, "--crate-type=cdylib", "--crate-name=harness", crate, "harness.rs")
        return BuiltCrate(workdir / "libharness.so")

    def tampered(self, files: Files) -> Files:
        """In the code; the golden vectors stay."""
        return replaced(files, str(np.float32(MARK)), str(OTHER))


def rustc(folder: Path, *arguments: str) -> None:
    """Compiles as cargo does for a release."""
    command = [str(shutil.which("rustc")), "--edition=2021", "-Copt-level=3", *arguments]
    done = completed(command, folder)
    assert done.returncode == 0, done.stderr


def completed(
    command: list[str], folder: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run cargo or rustc in a folder, and return its exit code and output.

    Standard input is empty: cargo passes it on to rustc, which reads a program from it.
    """
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


RUST = _Rust()
