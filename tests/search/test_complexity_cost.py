"""An estimate of a device's cost as the complexity: of a made-up core, by the registry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import costs
from helpers.commands import SEARCH, complaint
from helpers.fronts import check_front, check_front_file, offers, results, small
from helpers.networks import networks
from wann_edge import registry
from wann_edge.cli import run
from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.search import front
from wann_edge.search.complexity import ESTIMATES, measure
from wann_edge.search.run import run_search

NAMES = [f"{cost}:toy" for cost in ESTIMATES]
# How much wider than its lowest value the widest cell is.
WIDEST = 1 + 1 / 64

# The fixture changes nothing between one example and the next.
any_example = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def toy_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.BUILT_IN["costs"], "c", "helpers.costs:estimate")


@any_example
@given(networks())
def test_the_value_is_the_estimates_for_a_weight_that_is_multiplied_by(network: Network) -> None:
    cost = costs.estimate(replace(network, shared_weight=-0.5), "toy")
    assert measure("instructions:toy").of(network) == cost.instructions
    assert measure("flash_bytes:toy").of(network) == cost.flash_bytes


@pytest.mark.parametrize("name", ["instructions", "instructions:", "energy:toy", ":toy"])
def test_what_is_no_estimate_is_refused(name: str) -> None:
    with pytest.raises(
        SettingsError, match=r"unknown complexity .*; use .* instructions:CORE, flash_bytes"
    ):
        small(complexity=name)


def test_an_unknown_core_gets_the_estimates_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        "search",
        "swingup",
        "--complexity",
        "flash_bytes:toi",
        "--out",
        str(tmp_path / "run"),
    ]
    assert "'toi' is not one of the cores; use toy" in complaint(capsys, *command)
    assert not (tmp_path / "run").exists()


@any_example
@given(st.floats(1.0, 1e9), st.floats(1.0, 1e9))
def test_cells_ascend_and_are_narrow(first: float, second: float) -> None:
    cell = measure(NAMES[0]).cell
    low, high = sorted((first, second))
    assert cell(low) <= cell(high)
    assert cell(low) < cell(low * WIDEST * (1 + 1e-15))
    if cell(low) == cell(high):
        assert high < low * WIDEST


@any_example
@given(offers, st.sampled_from(NAMES))
def test_nothing_on_the_front_is_dominated_and_all_else_is_within_a_cell(
    found: list[tuple[Network, float]], name: str
) -> None:
    check_front(found, name, WIDEST)


@pytest.mark.usefixtures("no_main_module")
def test_a_search_by_cost_repeats_for_any_workers_and_goes_on(tmp_path: Path) -> None:
    changes = {"complexity": "instructions:toy", "complexity_probability": 0.5}
    run_search("swingup", small(**changes), tmp_path / "whole")
    check_front_file(tmp_path / "whole", "instructions:toy")
    run_search("swingup", small(**changes, workers=2), tmp_path / "two")
    run_search("swingup", small(**changes, generations=8), tmp_path / "half")
    run_search("swingup", small(**changes), tmp_path / "half", resume=True)
    for other in ("two", "half"):
        assert results(tmp_path / other) == results(tmp_path / "whole")


def test_the_command_takes_it_and_show_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*SEARCH, "--population", "12", "--generations", "8"]
    assert run([*command, "--complexity", "flash_bytes:toy", "--out", str(tmp_path)]) == 0
    assert f"wann-edge show {tmp_path}" in capsys.readouterr().out
    assert run(["show", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "by flash_bytes:toy" in shown
    entries = front.load(tmp_path / front.NAME).entries
    assert len(entries) > 1
    for entry in entries:
        assert f" {entry.complexity:.0f} " in shown
