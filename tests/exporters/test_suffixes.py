"""A file extension names its format, and looking it up imports no exporter but the chosen one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from helpers.format_networks import network_of
from wann_edge import registry
from wann_edge.errors import SettingsError
from wann_edge.exporters import SUFFIXES, exporter_of, format_for_suffix
from wann_edge.exporters.onnx.onnx_model import Onnx
from wann_edge.network.file import save


class Other(Onnx):
    """A format of another package."""

    suffix = ".other"


def test_the_table_equals_the_declarations_of_the_exporters() -> None:
    declared: dict[str, tuple[str, ...]] = {}
    for name in registry.BUILT_IN["exporters"]:
        exporter = exporter_of(name)
        if exporter.suffix and "float" in exporter.numbers:
            declared[exporter.suffix] = (*declared.get(exporter.suffix, ()), name)
    assert declared == SUFFIXES


@pytest.mark.parametrize(
    ("suffix", "what"),
    [
        ("", "neither a format nor an output file is given"),
        (".xyz", "no format has the file extension .xyz"),
        (".py", "the file extension .py belongs to several formats: micropython, numpy"),
    ],
)
def test_an_extension_that_names_no_format_is_an_error(suffix: str, what: str) -> None:
    with pytest.raises(SettingsError) as caught:
        format_for_suffix(suffix)
    assert caught.value.what == what
    assert "--format: c, c-fixed, onnx" in caught.value.remedy


def test_formats_of_other_packages_count(monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"other": f"{__name__}:Other", **registry.BUILT_IN["exporters"]}
    monkeypatch.setattr("wann_edge.exporters.registered", lambda kind: both)
    monkeypatch.setattr("wann_edge.exporters.load", lambda kind, name: Other)
    assert format_for_suffix(".other") == "other"
    assert format_for_suffix(".h") == "c"


def test_an_exporter_that_fails_to_import_prevents_no_other_export(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = {"broken": "", "other": "", **registry.BUILT_IN["exporters"]}
    imported: list[str] = []

    def load(kind: str, name: str) -> object:
        imported.append(name)
        if name == "broken":
            raise RuntimeError("no import")
        return Other

    monkeypatch.setattr("wann_edge.exporters.registered", lambda kind: names)
    monkeypatch.setattr("wann_edge.exporters.load", load)
    assert format_for_suffix(".h") == "c"
    assert imported == []
    assert format_for_suffix(".other") == "other"
    assert imported == ["broken", "other"]


@pytest.mark.parametrize(("suffix", "format"), [(".h", "c"), (".onnx", "onnx"), (".mjs", "js")])
def test_an_export_imports_no_exporter_but_its_own(
    suffix: str, format: str, tmp_path: Path
) -> None:
    save(network_of("plain", "float"), tmp_path / "net.json")
    command = ["export", str(tmp_path / "net.json"), "-o", str(tmp_path / f"policy{suffix}")]
    script = f"import sys\nfrom wann_edge.cli import run\nrun({command})\nprint(*sys.modules)"
    printed = subprocess.check_output([sys.executable, "-c", script], text=True)
    modules = set(printed.splitlines()[-1].split())
    homes = {
        name: place.partition(":")[0] for name, place in registry.BUILT_IN["exporters"].items()
    }
    loaded = {home for home in homes.values() if home in modules}
    # JavaScript is translated from the C header, so it imports that module too.
    assert homes[format] in loaded
    assert loaded <= {homes[format], *([homes["c"]] if format == "js" else [])}
