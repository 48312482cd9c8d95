"""Compiles exported C headers and compares them with the kernel."""

from __future__ import annotations

import ctypes
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from helpers.networks import random_network
from wann_edge.exporters import export
from wann_edge.kernel import Floats
from wann_edge.network import LARGEST, Network, float32, named_channels

STRICT = ("-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion", "-Werror")
SPECIAL = np.array(
    [0.0, -0.0, 0.5, -1.0, 1e-45, 1e-38, 8388609.0, LARGEST, -LARGEST, np.inf, -np.inf, np.nan],
    np.float32,
)

# Runs policy p{i} over rows; called through ctypes.
_ROWS = """
void rows_{i}(int count, const float *weight, const float *seen, float *action);
void rows_{i}(int count, const float *weight, const float *seen, float *action)
{{
    for (int k = 0; k < count; k++)
        p{i}_step_with_weight(seen + k * P{i}_INPUTS, weight[k], action + k * P{i}_OUTPUTS);
}}
"""


def header(network: Network, name: str = "p0") -> str:
    """Return the exported text."""
    return export(network, "c", name).decode("ascii")


def headers(networks: Sequence[Network]) -> list[str]:
    """Return the exported texts of policies p0, p1, ...."""
    return [header(network, f"p{i}") for i, network in enumerate(networks)]


def run(command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a process to its end and capture its output."""
    return subprocess.run(command, capture_output=True, text=True, check=False)


def standard(compiler: str, dialect: str = "c") -> str:
    """Return the flag of the oldest language that headers support: C99 or C++11."""
    return f"-std={dialect}++11" if compiler.endswith("++") else f"-std={dialect}99"


def source(compiler: str, folder: Path, name: str, text: str) -> Path:
    """Write a source file in the compiler's language; functions keep their C names in C++."""
    path = folder / f"{name}.{'cpp' if compiler.endswith('++') else 'c'}"
    opened, closed = ('extern "C" {\n', "}\n") if compiler.endswith("++") else ("", "")
    path.write_text(f"{opened}{text}{closed}")
    return path


def build(compiler: str, output: Path, sources: Sequence[Path], *flags: str) -> Path:
    """Compile sources into the output."""
    made = run([compiler, *flags, f"-I{output.parent}", *sources, "-o", output])
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""
    return output


def write(folder: Path, texts: Sequence[str], define: str = "") -> str:
    """Write headers p0.h, p1.h, ...; return the lines that include them."""
    for i, text in enumerate(texts):
        (folder / f"p{i}.h").write_text(text)
    defines = "".join(f"#define P{i}_{define}\n" for i in range(len(texts)) if define)
    return defines + "".join(f'#include "p{i}.h"\n' for i in range(len(texts)))


def failed_selftests(compiler: str, folder: Path, texts: Sequence[str], *flags: str) -> int:
    """Compile and run the headers' self-tests; return the sum of their results."""
    total = " + ".join(f"p{i}_selftest()" for i in range(len(texts)))
    included = write(folder, texts, "SELFTEST")
    main = source(compiler, folder, "main", f"{included}int main(void) {{ return {total}; }}\n")
    return run([build(compiler, folder / "main", [main], *flags)]).returncode


def library(compiler: str, folder: Path, texts: Sequence[str], *flags: str) -> ctypes.CDLL:
    """Compile a shared object with ``rows_0``, ``rows_1``, ...."""
    functions = "".join(_ROWS.format(i=i) for i in range(len(texts)))
    path = source(compiler, folder, "rows", write(folder, texts) + functions)
    return ctypes.CDLL(str(build(compiler, folder / "rows.so", [path], "-shared", "-fPIC", *flags)))


def address(array: Floats) -> ctypes.c_void_p:
    """Return the address of an array's data."""
    return ctypes.c_void_p(array.ctypes.data)


def differences(
    built: ctypes.CDLL, networks: Sequence[Network], rng: np.random.Generator, count: int = 3000
) -> list[int]:
    """Return, per policy, the number of words in which header and kernel differ."""
    found = []
    for index, network in enumerate(networks):
        seen = observations(network, rng, count)
        weight = rng.choice([-2.0, -0.3, 0.7, network.shared_weight], count).astype(np.float32)
        action: Floats = np.empty((count, len(network.outputs)), np.float32)
        getattr(built, f"rows_{index}")(count, *map(address, (weight, seen, action)))
        expected = network.program.forward(seen, weight)
        found.append(int(np.count_nonzero(action.view(np.uint32) != expected.view(np.uint32))))
    return found


def observations(network: Network, rng: np.random.Generator, count: int) -> Floats:
    """Return [count, inputs]: a third of any magnitude, a third special, a third typical."""
    shape, third = (count, len(network.inputs)), count // 3
    seen: Floats = rng.normal(0.0, 2.0, shape).astype(np.float32)
    seen[:third] *= np.exp(rng.uniform(-80.0, 80.0, (third, shape[1]))).astype(np.float32)
    columns = rng.integers(shape[1], size=third)
    seen[third + np.arange(third), columns] = rng.choice(SPECIAL, third)
    return seen


def various_networks() -> list[Network]:
    """Return networks with all activations, with and without single weights, and edge cases."""
    rng = np.random.default_rng(15)
    plain = random_network(rng, inputs=5, hidden=12, outputs=3)
    heavy = random_network(rng, hidden=10, single_weights=True, scaled=True)
    tiny = replace(heavy, weights=tuple(float32(1e-44) for _ in heavy.edges))
    inputs, outputs = named_channels(3, 3)
    corners = Network(
        inputs=(replace(inputs[0], offset=-0.0), inputs[1], replace(inputs[2], scale=2.0)),
        outputs=(outputs[0], replace(outputs[1], low=-0.5), replace(outputs[2], high=float32(0.1))),
        activations=("gauss", "inverse", "linear", "linear"),
        edges=((1, 5), (1, 6), (4, 6), (2, 7), (3, 7)),  # node 4 has no sources
        weights=(1.0, 1.0, -3.0, 1.0, 0.5),
    )
    return [plain, heavy, tiny, corners]


def weighted_sum() -> Network:
    """Return one linear output of three weighted inputs; every rounding shows in its bits."""
    inputs, outputs = named_channels(3, 1)
    weights = (float32(0.1), float32(1.7), float32(-0.3))
    return Network(inputs, outputs, ("linear",), ((1, 4), (2, 4), (3, 4)), weights)


SHIPPED = re.compile(r"#define WANN_TEXT_(\w+) 0x\w{8}\n(.*?)#elif", re.DOTALL)


def uncommented(text: str) -> str:
    """Return C without comments."""
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)


HOSTILE = (
    '*/ #include "x" /*',
    "//",
    "a*/",
    "??/",
    "back\\",
    '"quoted"',
    "#define P0_INPUTS 9",
    "°C",
    "$name ${NAME}",
    "a b",
    "a_b",
    "A-B",
    "a_b_low",
    "low",
    "---",
    "日本",
    "%s",
)
