"""Conformance of every registered export format, built and run by real tools.

A registered format is tested here without further declaration; format_runners/ runs it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from helpers.commands import complaint
from helpers.format_networks import CASES, champion, marked, network_of
from helpers.format_runners import RUNNERS, Built, contract_of, runner_of
from helpers.parts import ROOT, missing
from wann_edge import registry
from wann_edge.cli import run
from wann_edge.errors import ExportError
from wann_edge.exporters import Exporter, export, export_files, exporter_of
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.system.needs import absent
from wann_edge.verify.proof import Reference

FORMATS = list(registry.BUILT_IN["exporters"])
# Each format has floats, words or both.
RUNS = [(name, numbers) for name in FORMATS for numbers in exporter_of(name).numbers]
# Engines compute graphs with other rounding than the kernel.
WITHOUT_SELFTEST = {"onnx"}
BAD_NAMES = [
    *("", "a-b", "a b", "1a", "a.b", "a\n", "a\0", "é", "名", "../x", "a/b", "/tmp/x", ".", "a\\b"),
    *("wann", "wann_a", "WANN_a", "_a", "$a", "a;", "a" * 500),
]


@pytest.fixture(params=RUNS, ids="-".join)
def run_of(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return a format and one of its number types; skip if the format can't be built here."""
    format, numbers = request.param
    runner_of(format).require()
    return format, numbers


def require_needs(format: str) -> None:
    """Skip, or fail if required, when the format can't be written; all needs are in extra emu."""
    for install, parts in absent(exporter_of(format).needs).items():
        missing("emu", f"not installed: {', '.join(parts)}: {install}")


def built(format: str, network: Network, folder: Path, name: str = "policy") -> Built:
    """Build the artefact."""
    return runner_of(format).build(export_files(network, format, name), name, folder)


def assert_agrees(format: str, artefact: Built, network: Network, seed: int = 0) -> None:
    """Check that the artefact gives the kernel's bits, or values within the runner's tolerance."""
    assert differences(format, artefact, network, seed) == 0


def differences(format: str, artefact: Built, network: Network, seed: int = 0) -> int:
    """Return the rows, typical, special or huge, in which artefact and kernel differ."""
    runner, kernel = runner_of(format), Reference(network, None, [], seed)
    rng = np.random.default_rng(seed)
    count = min(runner.most_rows, len(kernel.weights))
    weight = 0.5 / np.where(kernel.ordinary, kernel.ordinary.sum(), (~kernel.ordinary).sum())
    rows = np.sort(rng.choice(len(kernel.weights), count, replace=False, p=weight / weight.sum()))
    found = artefact.forward(kernel.observations[rows], kernel.weights[rows])
    expected = kernel.actions[rows]
    assert found.shape == expected.shape
    assert found.dtype == np.float32
    if runner.tolerance == 0:
        return int((found.view(np.uint32) != expected.view(np.uint32)).any(axis=1).sum())
    low, high = np.array([(output.low, output.high) for output in network.outputs]).T
    span = np.where(np.isfinite(high - low) & (high > low), high - low, 1.0)
    with np.errstate(invalid="ignore"):  # the difference of two infinities
        off = (np.abs(found.astype(np.float64) - expected) / span).max(axis=1)
    judged = kernel.ordinary[rows] & ~kernel.near_step[rows]
    outside = ~((found >= low) & (found <= high)).all(axis=1)
    return int(((judged & ~(off <= runner.tolerance)) | outside).sum())


def test_formats_and_runners_correspond() -> None:
    assert set(RUNNERS) == set(FORMATS)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_describes_itself(format: str) -> None:
    exporter: Exporter = exporter_of(format)
    assert 0 < len(exporter.summary) <= 80
    assert exporter.suffix == "" or exporter.suffix.startswith(".")
    assert exporter.numbers
    assert set(exporter.numbers) <= {"float", "fixed"}
    assert all(need.what and need.install for need in exporter.needs)


@pytest.mark.parametrize("case", CASES)
def test_gives_the_kernels_actions_and_passes_its_own_vectors(
    run_of: tuple[str, str], case: str, tmp_path: Path
) -> None:
    format, numbers = run_of
    network = network_of(case, numbers)
    artefact = built(format, network, tmp_path)
    assert_agrees(format, artefact, network)
    assert artefact.selftest() == (None if format in WITHOUT_SELFTEST else 0)


def test_gives_the_published_champions_actions(
    run_of: tuple[str, str], data: Path, tmp_path: Path
) -> None:
    format, numbers = run_of
    network = champion(data, numbers)
    artefact = built(format, network, tmp_path)
    assert_agrees(format, artefact, network, seed=1)
    assert artefact.selftest() == (None if format in WITHOUT_SELFTEST else 0)


def test_a_changed_constant_is_detected(run_of: tuple[str, str], tmp_path: Path) -> None:
    """The comparison above and the artefact's own vectors must both fail."""
    format, numbers = run_of
    network, runner = marked(numbers), runner_of(format)
    files = runner.tampered(export_files(network, format))
    artefact = runner.build(files, "policy", tmp_path)
    assert differences(format, artefact, network) > 0
    assert format in WITHOUT_SELFTEST or (artefact.selftest() or 0) > 0


@pytest.mark.parametrize("case", ["scaled", "bounds"])
def test_the_contract_can_be_read_back(run_of: tuple[str, str], case: str, tmp_path: Path) -> None:
    format, numbers = run_of
    network = network_of(case, numbers)
    assert built(format, network, tmp_path).contract() == contract_of(network)


@pytest.mark.parametrize("format", FORMATS)
def test_files_are_named_after_the_export_with_portable_paths(format: str) -> None:
    require_needs(format)
    files = export_files(network_for(format), format, "thermostat")
    for path in files:
        place = PurePosixPath(path)
        assert not place.is_absolute()
        assert ".." not in place.parts
        assert path.isascii()
        assert len({*files, path.lower()}) <= len(files) + 1
    assert len({path.lower() for path in files}) == len(files), "one on some file systems"
    suffix = exporter_of(format).suffix
    if suffix:
        assert list(files) == [f"thermostat{suffix}"]
        assert export(network_for(format), format, "thermostat") == files[f"thermostat{suffix}"]
    else:
        assert len(files) > 1
        with pytest.raises(ExportError, match=f"{format}: .*a folder of files; use export_files"):
            export(network_for(format), format)
    assert files != export_files(network_for(format), format, "other")


@pytest.mark.parametrize("format", FORMATS)
def test_bad_names_are_refused_in_one_line(format: str) -> None:
    for name in [*BAD_NAMES, *runner_of(format).keywords]:
        with pytest.raises(ExportError, match=r"^name: .*; choose another name$") as error:
            export_files(network_for(format), format, name)
        assert "\n" not in str(error.value)
        assert len(str(error.value)) < 200


@pytest.mark.parametrize("format", FORMATS)
def test_number_types_that_the_format_lacks_are_refused(format: str) -> None:
    for numbers in {"float", "fixed"} - set(exporter_of(format).numbers):
        with pytest.raises(ExportError, match=rf"^{format}, .*; use --dtype"):
            export_files(network_of("plain", numbers), format)


@pytest.mark.parametrize("format", FORMATS)
def test_on_the_command_line(
    format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    require_needs(format)
    file, place = tmp_path / "net.json", tmp_path / "made"
    network_file.save(network_of("plain", "float"), file)
    command = ["export", str(file), "--format", format, "-o", str(place)]
    assert "choose another name" in complaint(capsys, *command, "--name", "../x")
    assert "choose another name" in complaint(capsys, *command, "--name", "")
    assert list(tmp_path.iterdir()) == [file], "nothing is left of a failure"
    assert run(command) == 0
    assert str(place) in capsys.readouterr().out
    if exporter_of(format).suffix:
        assert place.is_file()
        return
    written = {p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*.*")}
    expected = export_files(network_of("plain", "float"), format, "made")
    assert {path: written.get(path) for path in expected if "." in path} == written
    assert "--force" in complaint(capsys, *command)
    assert run([*command, "--force"]) == 0
    (place / "mine.txt").touch()
    capsys.readouterr()
    assert "other files, such as mine.txt" in complaint(capsys, *command, "--force")


@cache
def network_for(format: str) -> Network:
    """Return a network in the first number type of the format."""
    return network_of("plain", exporter_of(format).numbers[0])


def digests() -> Iterator[str]:
    """Return a line per format: the hash of its files."""
    for format in FORMATS:
        if absent(exporter_of(format).needs):
            continue  # formats that can't be written here are not compared
        files = export_files(network_for(format), format)
        text = repr(sorted(files.items())).encode()
        yield f"{format} {hashlib.sha256(text).hexdigest()}"


def test_the_same_bytes_in_another_process() -> None:
    here = list(digests())
    script = "import test_formats; print('\\n'.join(test_formats.digests()))"
    folders = [str(ROOT / "tests" / folder) for folder in (".", "exporters")]
    environment = {**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": os.pathsep.join(folders)}
    there = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True)
    assert there.splitlines() == here
