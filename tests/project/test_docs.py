"""The examples of the documentation: code compiles and runs, and the README sets up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from helpers.format_runners import runner_of, write_files
from helpers.networks import random_network
from helpers.pages import PAGES, blocks, page_name
from helpers.parts import ROOT
from wann_edge import export, in_fixed_point
from wann_edge.exporters import export_files
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.sims.swingup import SPEC

README = (ROOT / "README.md").read_text()


def pages_with(language: str) -> list[Path]:
    """The pages that have an example in a language."""
    found = [page for page in PAGES if blocks(page.read_text(), language)]
    assert found
    return found


@pytest.fixture
def champion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """A controller where the documentation's examples expect one; the current folder."""
    made = random_network(np.random.default_rng(1), inputs=5, hidden=5, outputs=1)
    network = Network(SPEC.inputs, SPEC.outputs, made.activations, made.edges, task="swingup")
    network_file.save(network, tmp_path / "my-run" / "champion.json")
    (tmp_path / "policy.onnx").write_bytes(export(network, "onnx"))
    (tmp_path / "policy.h").write_bytes(export(network, "c"))
    fixed, _ = in_fixed_point(network, "q15", None)
    (tmp_path / "policy_q15.h").write_bytes(export(fixed, "c", "policy_q15"))
    (tmp_path / "policy.py").write_bytes(export(network, "micropython"))
    (tmp_path / "controller.py").write_bytes(export(network, "numpy"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    yield network
    for module in ("policy", "controller"):
        sys.modules.pop(module, None)


@pytest.mark.parametrize("page", pages_with("python"), ids=page_name)
def test_python_examples_run(page: Path, champion: Network) -> None:
    for example in blocks(page.read_text(), "python"):
        exec(compile(example, str(page), "exec"), {})


@pytest.mark.parametrize("page", pages_with("c"), ids=page_name)
def test_c_examples_compile(page: Path, champion: Network, tmp_path: Path) -> None:
    (example,) = blocks(page.read_text(), "c")
    include, body = example.split("\n", 1)
    stubs = "void read_sensors(float *);\nvoid drive_motor(float);\nvoid control_task(void);\n"
    whole = body if "control_task" in body else f"void control_task(void)\n{{\n{body}}}\n"
    (tmp_path / "example.c").write_text(f"{include}\n{stubs}{whole}")
    command = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "example.c"]
    subprocess.run(command, cwd=tmp_path, check=True)


def test_javascript_examples_run(champion: Network, tmp_path: Path) -> None:
    for format in ("js", "wasm"):
        runner_of(format).require()
        write_files(export_files(champion, format), tmp_path)
    for i, example in enumerate(examples_of("js")):
        (tmp_path / f"example{i}.mjs").write_text(example)
        subprocess.run(["node", f"example{i}.mjs"], cwd=tmp_path, check=True)


def test_rust_examples_compile_and_run(champion: Network, tmp_path: Path) -> None:
    runner_of("rust").require()
    write_files(export_files(champion, "rust"), tmp_path)
    (example,) = examples_of("rust")
    (tmp_path / "src" / "main.rs").write_text(example)
    command = ["cargo", "run", "-q", "--offline"]
    subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, check=True)


def examples_of(language: str) -> list[str]:
    """The examples of the page of formats."""
    found = blocks((ROOT / "docs" / "formats.md").read_text(), language)
    assert found
    return found


def test_the_readme_sets_up_in_two_lines() -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert len(lines) == 2
    assert lines[0].endswith("wann-edge demo")
    assert next(line for line in README.splitlines() if "pytest" in line) == lines[1]
    assert "grep -m1 'pytest' README.md" in (ROOT / ".ci" / "run").read_text()


def test_changelog_names_the_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()
