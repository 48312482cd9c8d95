"""Arduino libraries and PlatformIO projects: their structure, and their sketches on a board."""

from __future__ import annotations

import configparser
import json
import re
from pathlib import Path

import numpy as np
import pytest

from helpers.format_networks import network_of
from helpers.format_runners import write_files
from helpers.format_runners.arduino import Board, compile_source, require_arduino
from wann_edge.exporters import Files, export_files
from wann_edge.exporters.libraries.platformio import PLATFORMS

SOUND = b"self-test passed\r\n"


@pytest.fixture
def arduino() -> None:
    """Skip without gcc-avr, Arduino's core and simavr."""
    require_arduino()


def lines_of(files: Files, path: str) -> list[str]:
    """Return the lines of a text."""
    return files[path].decode("ascii").splitlines()


@pytest.mark.parametrize("case", ["bounds", "hostile"])
def test_the_librarys_properties_are_complete(case: str) -> None:
    """The specification of Arduino libraries requires these properties."""
    files = export_files(network_of(case, "float"), "arduino", "valve")
    lines = lines_of(files, "library.properties")
    properties = dict(line.split("=", 1) for line in lines)
    assert len(properties) == len(lines)
    wanted = ["name", "version", "author", "maintainer", "sentence", "paragraph", "category"]
    assert list(properties) == [*wanted, "url", "architectures", "includes"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", properties["version"])
    assert (properties["name"], properties["includes"]) == ("valve", "valve.h")
    assert "src/valve.h" in files


@pytest.mark.parametrize("case", ["bounds", "hostile"])
def test_keywords_are_names_in_the_header(case: str) -> None:
    files = export_files(network_of(case, "float"), "arduino", "valve")
    header = files["src/valve.h"].decode("ascii")
    pairs = [line.split("\t") for line in lines_of(files, "keywords.txt")]
    assert {kind for _, kind in pairs} == {"KEYWORD2", "LITERAL1"}
    assert all(re.search(rf"\b{word}\b", header) for word, _ in pairs)


def example(files: Files, folder: Path) -> Path:
    """Return the library's example as the IDE passes it to the compiler."""
    write_files(files, folder)
    sketch = folder / "Basic.cpp"
    sketch.write_bytes(b"#include <Arduino.h>\n" + files["examples/Basic/Basic.ino"])
    return sketch


@pytest.mark.usefixtures("arduino")
@pytest.mark.parametrize("numbers", ["float", "fixed"])
def test_the_example_answers_on_the_serial_line(numbers: str, tmp_path: Path) -> None:
    network = network_of("bounds", numbers)
    files = export_files(network, "arduino", "valve")
    board = Board(example(files, tmp_path), f"-I{tmp_path / 'src'}")
    assert board.talk(b"", len(SOUND)) == SOUND
    for seen in ([0.5, 1.25, -2.0, 3.0], [-1.5, 0.0, 0.25, -8.0]):
        (expected,) = network.program.forward(
            np.array([seen], np.float32), np.array([network.shared_weight], np.float32)
        )
        line = " ".join(f"{value:.6f}" for value in expected) + "\n"
        sent = " ".join(map(str, seen)) + "\n"
        told = board.talk(sent.encode(), len(line)).decode()
        assert np.array(told.split(), float) == pytest.approx(expected, abs=2e-5)


@pytest.mark.usefixtures("arduino")
@pytest.mark.parametrize("numbers", ["float", "fixed"])
def test_hostile_text_does_not_change_the_example(numbers: str, tmp_path: Path) -> None:
    files = export_files(network_of("hostile", numbers), "arduino", "valve")
    compile_source(example(files, tmp_path), f"-I{tmp_path / 'src'}")


def test_the_project_names_boards_with_their_platforms() -> None:
    files = export_files(network_of("hostile", "float"), "platformio", "valve")
    settings = configparser.ConfigParser()
    settings.read_string(files["platformio.ini"].decode("ascii"))
    boards = {
        settings[section]["board"]: settings[section]["platform"]
        for section in settings.sections()
        if section.startswith("env:")
    }
    assert boards == PLATFORMS
    assert settings["env"]["framework"] == "arduino"
    assert f"env:{settings['platformio']['default_envs']}" in settings


def test_the_projects_library_has_a_complete_manifest() -> None:
    """Its manifest has the fields that PlatformIO's documentation of library.json requires."""
    network = network_of("hostile", "float")
    files = export_files(network, "platformio", "valve")
    manifest = json.loads(files["lib/valve/library.json"])
    assert {"name", "version", "description", "frameworks", "platforms"} <= set(manifest)
    assert (manifest["name"], manifest["headers"]) == ("valve", "valve.h")
    arduino = export_files(network, "arduino", "valve")
    assert files["lib/valve/src/valve.h"] == arduino["src/valve.h"]


@pytest.mark.usefixtures("arduino")
@pytest.mark.parametrize("numbers", ["float", "fixed"])
def test_the_projects_program_runs(numbers: str, tmp_path: Path) -> None:
    write_files(export_files(network_of("bounds", numbers), "platformio", "valve"), tmp_path)
    board = Board(tmp_path / "src/main.cpp", f"-I{tmp_path / 'lib/valve/src'}")
    assert board.talk(b"", len(SOUND)) == SOUND
