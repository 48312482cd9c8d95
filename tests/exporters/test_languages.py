"""Tests of the formats of single languages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from helpers.format_networks import network_of
from helpers.format_runners import runner_of, write_files
from helpers.format_runners.rust import completed
from helpers.format_runners.wasm import custom_section
from helpers.parts import missing
from wann_edge.cli import run
from wann_edge.errors import MissingError
from wann_edge.exporters import export, export_files
from wann_edge.exporters.languages.wasm_module import SECTION
from wann_edge.network.file import save
from wann_edge.system import zig


@pytest.mark.parametrize("case", ["each activation", "hostile"])
def test_the_crates_own_test_passes_offline(case: str, tmp_path: Path) -> None:
    """Warnings are errors; no text of a channel becomes an example of the documentation."""
    runner_of("rust").require()
    write_files(export_files(network_of(case, "float"), "rust", "balancer"), tmp_path)
    strict = {**os.environ, "RUSTFLAGS": "-Dwarnings"}
    done = completed(["cargo", "test", "--offline"], tmp_path, strict)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test tests::gives_the_kernels_bits ... ok" in done.stdout
    assert "Doc-tests balancer" in done.stderr
    assert done.stdout.count("running 0 tests") == 1
    assert (tmp_path / "Cargo.lock").read_text().count("[[package]]") == 1, "no dependencies"


def test_the_crates_own_test_can_fail(tmp_path: Path) -> None:
    runner_of("rust").require()
    files = export_files(network_of("each activation", "float"), "rust")
    text = files["src/lib.rs"].replace(b"3.1415927;", b"3.14159;")
    assert text != files["src/lib.rs"]
    write_files({**files, "src/lib.rs": text}, tmp_path)
    done = completed(["cargo", "test", "--offline", "--lib"], tmp_path)
    assert done.returncode == 101
    assert "test tests::gives_the_kernels_bits ... FAILED" in done.stdout


@pytest.fixture
def zig_there() -> None:
    """Skip if modules can't be compiled."""
    if find_spec("ziglang") is None:
        missing("emu", f"not installed: ziglang: {zig.INSTALL}")


@pytest.mark.usefixtures("zig_there")
def test_a_wasm_module_is_the_same_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = network_of("plain", "float")
    here = export(network, "wasm")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert export(network, "wasm") == here
    assert list(tmp_path.iterdir()) == [], "nothing is left"
    assert len(here) < 10_000
    assert os.fsencode(tmp_path.parent) not in here


@pytest.mark.usefixtures("zig_there")
def test_a_wasm_module_contains_its_name_and_task() -> None:
    stated = json.loads(custom_section(export(network_of("bounds", "float"), "wasm"), SECTION))
    assert (stated["name"], stated["format"]) == ("policy", "wann-edge-wasm")
    assert stated["task"] == "balance"


def test_without_zig_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("wann_edge.system.needs.find_spec", lambda name: None)
    network = network_of("plain", "float")
    with pytest.raises(MissingError, match="ziglang"):
        export(network, "wasm")
    save(network, tmp_path / "net.json")
    place = tmp_path / "policy.wasm"
    assert run(["export", str(tmp_path / "net.json"), "-o", str(place)]) != 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith('ziglang not installed; pip install "wann-edge[emu]"')
    assert not place.exists()


def test_two_formats_with_one_extension_are_distinguished(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(network_of("plain", "float"), tmp_path / "net.json")
    command = ["export", str(tmp_path / "net.json"), "-o", str(tmp_path / "policy.py")]
    assert run(command) != 0
    error = capsys.readouterr().err
    assert "extension .py belongs to several formats: micropython, numpy" in error
    assert "--format" in error
    assert run([*command, "--format", "numpy"]) == 0
    assert "numpy" in (tmp_path / "policy.py").read_text()


@pytest.mark.parametrize("shape", [(4,), (2, 4), (1, 1, 5), (), (5, 0)])
def test_the_numpy_function_refuses_other_shapes(shape: tuple[int, ...]) -> None:
    names: dict[str, object] = {}
    exec(export(network_of("plain", "float"), "numpy"), names)
    step = names["step"]
    assert callable(step)
    with pytest.raises(ValueError, match="for 5 inputs"):
        step(np.zeros(shape))
    assert step(np.zeros((0, 5))).shape == (0, 3)
    assert step([1e300, 0, 0, 0, 0]).tolist() == step([np.inf, 0, 0, 0, 0]).tolist()


def test_the_micropython_module_runs_in_cpython_and_refuses_other_lengths() -> None:
    names: dict[str, object] = {}
    exec(export(network_of("plain", "float"), "micropython"), names)
    step, selftest = names["step"], names["selftest"]
    assert callable(step)
    assert callable(selftest)
    assert selftest() == 0
    with pytest.raises(ValueError, match="4 numbers for 5 inputs"):
        step([0.0] * 4)


def test_the_javascript_module_refuses_other_lengths(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        missing("node", "node is not installed: apt-get install nodejs")
    (tmp_path / "policy.mjs").write_bytes(export(network_of("plain", "float"), "js"))
    script = 'import("./policy.mjs").then(({ step }) => step([1, 2]))'
    done = subprocess.run(
        ["node", "-e", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "RangeError: 2 numbers for 5 inputs" in done.stderr
