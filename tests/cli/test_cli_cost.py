"""``wann-edge cost`` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from helpers.networks import random_network
from wann_edge.cli import run
from wann_edge.cli.parsing import parse_frequency_hz
from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.sims.swingup import SPEC


@pytest.fixture
def champion(tmp_path: Path) -> Path:
    """A small controller's network file: two sines and a step, the rest linear."""
    made = random_network(np.random.default_rng(1), inputs=5, hidden=5, outputs=1, density=0.8)
    kinds = ("sin", "linear", "step", "sin", "linear", "linear")
    network = Network(SPEC.inputs, SPEC.outputs, kinds, made.edges, task="swingup")
    network_file.save(network, tmp_path / "champion.json")
    return tmp_path / "champion.json"


@pytest.mark.usefixtures("emulators")
def test_the_table_and_the_json_say_the_same(
    champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cores = "cortex-m0plus,cortex-m4f,wasm32"
    command = ["cost", str(champion), "--target", cores, "--states", "10", "--clock", "16MHz"]
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert "16 MHz" in shown
    assert run([*command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    soft, fast, wasm = document["cores"]
    for row in document["cores"]:
        assert row["flash_bytes"] == row["code_bytes"] + row["constant_bytes"]
        assert f"{row['instructions_mean']:.0f}" in shown
        assert {share["activation"]: share["nodes"] for share in row["activations"]} == {
            "sin": 2,
            "step": 1,
        }
        sine = next(share for share in row["activations"] if share["activation"] == "sin")
        assert 0 < sine["instructions_mean"] < row["instructions_mean"]
        assert 0 < sine["flash_bytes"] < row["flash_bytes"]
    assert fast["highest_rate_hz"] == 16e6 / (1.5 * fast["instructions_worst"])
    assert wasm["highest_rate_hz"] is None
    assert "__aeabi_fmul" in soft["libraries"]
    assert "__aeabi_fmul" in shown
    assert document["skipped"] == {}


@pytest.mark.usefixtures("emulators")
@pytest.mark.parametrize("core", ["avr"])
def test_exact_cycles_are_taken_where_they_are_known(
    core: str, champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["cost", str(champion), "--target", core, "--states", "5", "--clock", "16MHz"]
    assert run([*command, "--json", "--cpi", "9"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["cores"]
    assert row["cycles_worst"] > row["instructions_worst"]
    assert row["highest_rate_hz"] == 16e6 / row["cycles_worst"]
    assert row["cycles_per_instruction_assumed"] is None


def test_missing_parts_are_said(
    champion: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wann_edge.system.needs.find_spec", lambda name: None)
    for more in ([], ["--target", "cortex-m3"]):
        assert run(["cost", str(champion), *more]) == 2
        assert 'pip install "wann-edge[emu]"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (["--target", "toaster"], "unknown core 'toaster'"),
        (["--clock", "fast"], "--clock: 'fast' is not a frequency"),
        (["--states", "0"], "--states"),
        (["--task", "nothing"], "nothing"),
    ],
)
def test_bad_input_is_one_line(
    more: list[str], what: str, champion: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["cost", str(champion), *more]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert what in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "hertz"),
    [("48MHz", 48e6), ("16000000 Hz", 16e6), ("32.768 khz", 32768), ("1GHz", 1e9), ("9Hz", 9)],
)
def test_frequencies(text: str, hertz: float) -> None:
    assert parse_frequency_hz(text) == hertz


@pytest.mark.parametrize(
    "text", ["", "MHz", "-1Hz", "0Hz", "16", "16000000", "1e6Hz", "48 m", "48000GHz"]
)
def test_what_is_no_frequency(text: str) -> None:
    with pytest.raises(SettingsError, match="is not a frequency"):
        parse_frequency_hz(text)
