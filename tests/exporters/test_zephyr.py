"""Zephyr modules: the contents of their files, and their sample built by CMake.

zephyr_stub/ replaces those functions of Zephyr's build system that a module uses. So the tests
show that the module's files are valid and find the header, and that the sample runs; they do
not test a release of Zephyr.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import kconfiglib
import pytest
import yaml

from helpers.format_networks import network_of
from helpers.format_runners import require_tools, write_files
from wann_edge.exporters import export_files

STUB = Path(__file__).parent / "zephyr_stub"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """Return an exported module with hostile texts in its network."""
    write_files(export_files(network_of("hostile", "float"), "zephyr", "valve"), tmp_path / "valve")
    return tmp_path / "valve"


def test_module_and_sample_are_described(module: Path) -> None:
    """The keys are those in Zephyr's documentation of modules and of twister's samples."""
    described = yaml.safe_load((module / "zephyr/module.yml").read_text())
    assert described == {"name": "valve", "build": {"cmake": ".", "kconfig": "Kconfig"}}
    assert (module / described["build"]["cmake"] / "CMakeLists.txt").is_file()
    assert (module / described["build"]["kconfig"]).is_file()
    sample = yaml.safe_load((module / "samples/basic/sample.yaml").read_text())
    (test,) = sample["tests"].values()
    assert test["harness_config"]["regex"] == ["self-test passed"]


@pytest.mark.parametrize("numbers", ["float", "fixed"])
def test_kconfig_accepts_the_samples_settings(numbers: str, tmp_path: Path) -> None:
    """Read by the library with which Zephyr reads Kconfig."""
    write_files(export_files(network_of("bounds", numbers), "zephyr", "valve"), tmp_path)
    (tmp_path / "top").write_text(
        f'config CPU_HAS_FPU\n\tdef_bool y\nconfig FPU\n\tbool "FPU"\n\tdepends on CPU_HAS_FPU\n'
        f'source "{tmp_path}/Kconfig"\n'
    )
    tree = kconfiglib.Kconfig(str(tmp_path / "top"), warn_to_stderr=False)
    assert tree.syms["WANN_VALVE"].str_value == "n"
    tree.load_config(str(tmp_path / "samples/basic/prj.conf"))
    assert tree.warnings == []
    assert tree.syms["WANN_VALVE"].str_value == "y"
    assert tree.syms["FPU"].str_value == ("y" if numbers == "float" else "n")


def built(sample: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Configure and compile the sample."""
    require_tools("cmake", "apt-get install cmake make gcc", ["cmake", "make", "gcc"])
    flags = "-DCMAKE_C_FLAGS=-Wall -Wextra -Werror"
    configure = ["cmake", "-S", str(sample), "-B", str(folder), f"-DZephyr_DIR={STUB}", flags]
    subprocess.run(configure, check=True, capture_output=True)
    command = ["cmake", "--build", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("numbers", ["float", "fixed"])
def test_the_sample_builds_and_runs(numbers: str, tmp_path: Path) -> None:
    network = network_of("bounds", numbers)
    write_files(export_files(network, "zephyr", "valve"), tmp_path / "valve")
    made = built(tmp_path / "valve/samples/basic", tmp_path / "build")
    assert made.returncode == 0, made.stdout + made.stderr
    told = subprocess.check_output([tmp_path / "build/app"], text=True).splitlines()
    assert told[0] == "self-test passed"
    actions = network.program.forward([[0.0] * 4], [network.shared_weight])[0]
    expected = [f"action {o}: {int(1000 * action)} thousandths" for o, action in enumerate(actions)]
    assert told[1:] == expected


def test_without_its_setting_the_header_is_not_found(module: Path, tmp_path: Path) -> None:
    """A control: only with Kconfig's setting is the header found."""
    (module / "samples/basic/prj.conf").write_text("CONFIG_WANN_OTHER=y\n")
    made = built(module / "samples/basic", tmp_path / "build")
    assert made.returncode != 0
    assert "valve.h" in made.stderr
