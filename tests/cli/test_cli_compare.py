"""``wann-edge compare`` as a user meets it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.commands import complaint
from wann_edge.baselines.linear import linear
from wann_edge.cli import run
from wann_edge.cli.compare import margin_cells, names_of
from wann_edge.exporters.cost.estimator import estimate
from wann_edge.network import file as network_file
from wann_edge.network import with_single_weights
from wann_edge.robustness.margins import Margins
from wann_edge.task import load_task

Capture = pytest.CaptureFixture[str]
SPEC = load_task("cartpole").spec


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """A controller that balances the cart-pole, and one that does not, in a run folder."""
    good, bad = tmp_path / "good.json", tmp_path / "run" / "champion.json"
    network = linear(SPEC, bias=False)
    network_file.save(with_single_weights(network, [1.0, 1.0, 2.0, 2.0]), good)
    bad.parent.mkdir()
    network_file.save(replace(network, shared_weight=-1), bad)
    return [str(good), str(bad.parent)]


def test_the_table_has_a_column_for_each_controller(files: list[str], capsys: Capture) -> None:
    assert run(["compare", *files, "--episodes", "4", "--disturb", "latency=1"]) == 0
    shown = capsys.readouterr().out
    rows = {line[:25].strip(): line[25:].split() for line in shown.splitlines()}
    assert "good" in shown
    assert "run" in shown
    assert rows["reward"][0] == "500.0"
    assert rows["numbers"] == ["4", "1"]
    assert rows["connections"] == ["4", "4"]
    assert "disturbed: the same episodes with latency=1" in shown
    assert "held: " in shown


def test_json_has_what_the_parts_measure(files: list[str], capsys: Capture) -> None:
    assert run(["compare", *files, "--episodes", "4", "--core", "cortex-m0plus", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    good, bad = document["controllers"]
    assert [one["network"] for one in (good, bad)] == [files[0], f"{files[1]}/champion.json"]
    assert good["mean"] == 500 > bad["mean"]
    assert good["margins"]["delay_s"] == good["margins"]["delay_periods"] * 0.02
    assert bad["margins"] is None
    costs = estimate(network_file.load(Path(files[0])), "cortex-m0plus")
    assert (good["instructions"], good["flash_bytes"]) == tuple(costs)
    assert document["disturbances"]["vary"] == 0.2
    capsys.readouterr()
    assert run(["compare", files[1], "--episodes", "4", "--held", "1", "--json"]) == 0
    (bad,) = json.loads(capsys.readouterr().out)["controllers"]
    assert bad["held"] == 4
    assert bad["margins"] is not None


def test_what_does_not_fit_gets_a_line(files: list[str], champion: Path, capsys: Capture) -> None:
    assert "champion.json: the network has 5 inputs" in complaint(
        capsys, "compare", files[0], champion
    )
    assert "disturbance" in complaint(capsys, "compare", files[0], "--disturb", "rain=1%")
    assert "cost of core 'z80'" in complaint(capsys, "compare", files[0], "--core", "z80")


def test_the_picture_shows_every_controller(files: list[str], tmp_path: Path) -> None:
    """The colour of each is there, and not that of a third."""
    image = pytest.importorskip("PIL.Image")
    colours = pytest.importorskip("wann_edge.pictures.overlay").COLOURS
    path = tmp_path / "compare.png"
    assert run(["compare", *files, "--episodes", "2", "--picture", str(path)]) == 0
    seen = {colour for _, colour in image.open(path).getcolors(1_000_000)}
    rgb = [tuple(bytes.fromhex(colour[1:])) for colour in colours]
    assert [colour in seen for colour in rgb[:3]] == [True, True, False]


def test_names_are_short_and_differ() -> None:
    paths = [Path("a/champion.json"), Path("b/controller.json"), Path("c/linear.json")]
    assert names_of(paths) == ["a", "b", "linear"]
    same = [Path("a/linear.json"), Path("b/linear.json")]
    assert names_of(same) == ["a/linear.json", "b/linear.json"]


@pytest.mark.parametrize(
    ("margins", "cells"),
    [
        (None, ("-", "-")),
        (Margins(0.5, 3.25, 2), ("0.50 to 3.25", "20 ms")),
        (Margins(1 / 32, 32, 6), ("≤ 0.03 to ≥ 32", "≥ 60 ms")),
        (Margins(None, None, 0), ("-", "0 ms")),
    ],
)
def test_margins_are_written_with_their_limits(
    margins: Margins | None, cells: tuple[str, str]
) -> None:
    assert margin_cells(margins, 0.01) == cells
