"""Export networks with hostile names in every format, and compile or parse what comes out.

    python -m benchmarks.hostile_names [--count 320]

Names, units, tasks and provenance are drawn from text that ends strings, comments, fences, lines
or script elements somewhere, and from any printable characters. Needs gcc, g++, node and rustc.
Exit code 1 where a file does not compile or parse. The WebAssembly module is the C header,
compiled: one in forty is built.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx

from tests.helpers.networks import random_network
from wann_edge.exporters import Files, export_files, exporter_of
from wann_edge.fixed_point.ranges import measured_ranges
from wann_edge.network import Network
from wann_edge.network.fixed_network import quantise
from wann_edge.registry import BUILT_IN

FRAGMENTS = (
    *("'", '"', "'''", '"""', "`", "```", "~~~", "${x}", "#{x}", "{{x}}", "%s%n", "\\", "\\n", "$"),
    *("*/", "/*", "//", "??/", "??'", "#", "#error", "--[[", "(*", "=end", 'r#"', '"#', "; exit"),
    *(
        "</script>",
        "</SCRIPT",
        "<script",
        "<!--",
        "-->",
        "</",
        "]]>",
        "&lt;",
        "\\u000a",
        "\\N{DASH}",
    ),
    *("choice_-1", "choice_1", "-1", "_LOW", "low", "θ", "名", "é", " ", "NULL", "int", "@param"),
)
WASM_EVERY = 40
C = ("gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c")
CPP = ("g++", "-std=c++11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c++")
RUST = ("rustc", "--edition", "2021", "--crate-type", "lib", "--emit", "metadata", "-o")


def hostile_name(rng: np.random.Generator) -> str:
    """Draw a name that a network file may hold."""
    while True:
        parts = [
            str(rng.choice(FRAGMENTS)) if rng.random() < 0.7 else chr(rng.integers(32, 0x2FFFF))
            for _ in range(rng.integers(1, 5))
        ]
        name = "".join(parts)[:64]
        if name and name.isprintable():
            return name


def hostile_network(seed: int) -> Network:
    """Draw a network all of whose texts are hostile."""
    rng = np.random.default_rng(seed)
    network = random_network(rng, inputs=4, outputs=3, hidden=2)
    names = list(dict.fromkeys(hostile_name(rng) for _ in range(64)))
    inputs = [replace(one, name=names.pop(), unit=hostile_name(rng)) for one in network.inputs]
    outputs = [replace(one, name=names.pop(), unit=hostile_name(rng)) for one in network.outputs]
    provenance = {"version": hostile_name(rng) + "\n#error", "seed": hostile_name(rng)}
    return replace(
        network,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        task=hostile_name(rng),
        provenance=provenance,
    )


def compiler_fault(command: tuple[str, ...], path: Path) -> str:
    """Return the end of what a compiler complains about; "" for nothing."""
    done = subprocess.run([*command, path], capture_output=True, check=False)
    return done.stderr.decode(errors="replace")[-300:] if done.returncode else ""


def parser_fault(parse: Callable[[str], object], path: Path) -> str:
    """Return what a parser complains about; "" for nothing."""
    try:
        parse(path.read_text(encoding="utf-8"))
    except (ValueError, SyntaxError) as error:
        return str(error)
    return ""


def check_fences(text: str) -> None:
    """Check that a README has the blocks of code that it should; raise ValueError."""
    fences = re.findall(r"^ {0,3}(`{3,}|~{3,})(.*)$", text, re.MULTILINE)
    marks = [mark for mark, _ in fences]
    if len(marks) % 2 or marks[0::2] != marks[1::2] or any(info for _, info in fences[1::2]):
        raise ValueError(f"unbalanced fences {fences}")


def check_script(text: str) -> None:
    """Check that JavaScript can stand in a script element; raise ValueError."""
    if found := re.search(r"</?script|<!--", text, re.IGNORECASE):
        raise ValueError(f"the script element ends at {found[0]!r}")


def faults_of(path: Path) -> Iterator[str]:
    """Yield what is wrong with a file."""
    if path.suffix == ".h":
        yield from (compiler_fault(command, path) for command in (C, CPP))
    elif path.suffix == ".rs":
        # A file beside the source: as root, rustc would replace a device such as /dev/null.
        yield compiler_fault((*RUST, str(path.with_suffix(".rmeta"))), path)
    elif path.suffix == ".mjs":
        yield compiler_fault(("node", "--check"), path)
        yield parser_fault(check_script, path)
    elif path.suffix == ".py":
        yield parser_fault(lambda text: compile(text, path.name, "exec"), path)
    elif path.suffix == ".json":
        yield parser_fault(json.loads, path)
    elif path.suffix == ".md":
        yield parser_fault(check_fences, path)
    elif path.suffix == ".onnx":
        onnx.checker.check_model(path.read_bytes(), full_check=True)


def written(files: Files, folder: Path) -> Iterator[Path]:
    """Write the files; yield their paths."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        yield path


def main() -> None:
    """Print a line for each format, and each fault."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=320, help="networks for each format")
    count, wrong = parser.parse_args().count, False
    for format in BUILT_IN["exporters"]:
        faults = []
        for seed in range(0, count, WASM_EVERY if format == "wasm" else 1):
            network = hostile_network(seed)
            if "float" not in exporter_of(format).numbers:
                network = quantise(network, measured_ranges(network, None), "q31")
            with tempfile.TemporaryDirectory() as folder:
                for path in written(export_files(network, format), Path(folder)):
                    faults += [f"seed {seed}, {path.name}: {f}" for f in faults_of(path) if f]
        print(f"{format}: {len(faults)} faults", *faults[:3], sep="\n  ", flush=True)
        wrong = wrong or bool(faults)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
