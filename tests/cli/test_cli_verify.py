"""``wann-edge verify`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wann_edge.cli import run
from wann_edge.registry import registered
from wann_edge.verify import host_target

pytestmark = pytest.mark.usefixtures("few_inputs")


def test_verify_prints_json_and_a_table(
    champion: Path, few_inputs: int, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["verify", str(champion), "--episodes", "2"]
    assert run([*command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is True
    assert {check["target"] for check in document["checks"]} == {*registered("targets")}
    assert run([*command, "--target", "host"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("same bits") >= 4
    assert shown.count(f"0 of {9 * few_inputs}") == shown.count("same bits")


def test_verify_says_what_is_missing_and_fails_where_it_is_asked_for(
    champion: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wann_edge.system.needs.find_spec", lambda name: None)
    command = ["verify", str(champion), "--episodes", "2"]
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert shown.count('pip install "wann-edge[emu]"') == 3
    assert "skipped cortex-m0plus, cortex-m3," in shown
    for more in (["--require"], ["--target", "host,wasm32"]):
        assert run([*command, *more]) == 2
        assert 'wasm32: ziglang, wasmtime not installed; pip install "wann-edge[emu]"' in (
            capsys.readouterr().out
        )


@pytest.mark.usefixtures("emulators")
def test_the_table_of_an_emulated_core_fits_80_columns(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    targets = "cortex-m0plus,onnxruntime"
    assert run(["verify", str(champion), "--target", targets, "--episodes", "2"]) == 0
    shown = capsys.readouterr().out
    assert "same bits" in shown
    assert "…" not in shown


def test_a_missing_compiler_is_no_fault_of_the_header(
    champion: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wann_edge.verify.host_target.COMPILERS", ("no-such-compiler",))
    assert run(["verify", str(champion), "--target", "host"]) == 2
    shown = capsys.readouterr().out
    assert "FAILED" not in shown
    assert "could not be tried: host: no-such-compiler not installed" in shown


def test_verify_of_a_wrong_artefact_fails(
    champion: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_target, "HARNESS", "#include <stdint.h>\nint wrong = missing;\n")
    assert run(["verify", str(champion), "--target", "host", "--episodes", "2"]) == 1
    shown = capsys.readouterr().out
    assert "FAILED" in shown
    assert "the exported header does not compile: " in shown
    assert "could not be tried" not in shown
