"""A search that starts from networks: its first populations, and what determines them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.genomes import SPEC, check_invariants, genomes
from helpers.networks import random_network
from helpers.parts import ROOT
from wann_edge.baselines.paper import score_mode
from wann_edge.cli import run
from wann_edge.cli.arguments import genomes_at
from wann_edge.errors import NetworkError, SettingsError
from wann_edge.network import Network, with_single_weights
from wann_edge.network import file as network_file
from wann_edge.search import front
from wann_edge.search.genome import Genome, express, genome_of
from wann_edge.search.population import Population
from wann_edge.search.run import run_search
from wann_edge.search.settings import preset
from wann_edge.task import load_task

pytestmark = pytest.mark.usefixtures("no_main_module")

RESULTS = ("champion.json", "pareto.json")
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a short search."""
    folder = tmp_path_factory.mktemp("earlier")
    settings = preset("fast", population=12, generations=16, validation_episodes=4, seed=2)
    run_search("swingup", settings, folder)
    return folder


@given(genomes())
def test_the_genome_of_a_network_expresses_it(genome: Genome) -> None:
    network = express(genome, SPEC)
    again = genome_of(network)
    check_invariants(again)
    assert express(again, SPEC) == network


def test_an_output_that_is_not_linear_is_refused() -> None:
    network = random_network(np.random.default_rng(0))
    bent = replace(network, activations=(*network.activations[:-1], "tanh"))
    with pytest.raises(NetworkError, match=r"an output is .*; those of a search are linear"):
        genome_of(bent)


@given(
    st.lists(genomes(), min_size=1, max_size=12),
    st.integers(2, 20),
    st.sampled_from(["fast", "paper"]),
)
def test_the_first_population_is_the_networks_and_mutants_of_them(
    start: list[Genome], size: int, name: str
) -> None:
    settings = preset(name, population=size, start=start, generations=1)
    population = Population(settings, SPEC)
    population.ask()
    members = population.members
    chosen = start[-size:]
    assert len(members) == size
    assert [member.genome for member in members[: len(chosen)]] == chosen
    for number, member in enumerate(members[len(chosen) :]):
        check_invariants(member.genome)
        parent = chosen[number % len(chosen)]
        # One mutation adds a node and two links, or changes fewer genes.
        assert 0 <= len(member.genome.hidden) - len(parent.hidden) <= 1
        assert -1 <= len(member.genome.links) - len(parent.links) <= 2


def test_islands_begin_with_other_mutants() -> None:
    start = (genome_of(random_linear(5)),)
    settings = preset("fast", population=24, start=start)
    first, other, again = (Population(settings, SPEC, island).ask() for island in (0, 1, 0))
    assert first[0] == other[0]
    assert first != other
    assert first == again


def random_linear(hidden: int) -> Network:
    """Return a network for the toy task with linear outputs."""
    network = random_network(np.random.default_rng(1), hidden=hidden).without_dead_nodes()
    names = network.activations[: network.hidden_count]
    return replace(network, activations=(*names, "linear", "linear"))


# 60 generations of islands: the first race takes 56, then fresh islands start.
@pytest.mark.parametrize(("name", "generations"), [("paper", 6), ("fast", 60)])
def test_neither_workers_nor_a_break_change_what_is_found(
    name: str, generations: int, earlier: Path, tmp_path: Path
) -> None:
    start = tmp_path / "start"
    shutil.copytree(earlier, start)
    command = ["search", "swingup", "--preset", name, "--population", "12", "--seed", "7"]
    command += ["--episodes", "2", "--weights=-1,1.5", "--finish", "0"]
    begin = [*command, "--start", str(start)]
    whole, half = tmp_path / "whole", tmp_path / "half"
    ends = ["--generations", str(generations), "--workers"]
    assert run([*begin, *ends, "2", "--out", str(whole)]) == 0
    stop = str(generations * 2 // 3)
    assert run([*begin, "--generations", stop, "--workers", "1", "--out", str(half)]) == 0
    shutil.rmtree(start)
    assert run(["search", "--finish", "0", "--resume", str(half), *ends, "1"]) == 0
    for file in RESULTS:
        assert (half / file).read_bytes() == (whole / file).read_bytes()
    assert run([*command, *ends, "1", "--out", str(tmp_path / "random")]) == 0
    champions = [network_file.load(folder / RESULTS[0]) for folder in (whole, tmp_path / "random")]
    assert champions[0].edges != champions[1].edges


def test_single_weights_are_said_to_be_left_out(
    earlier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network, task = network_file.load(earlier / "champion.json"), load_task("swingup")
    tuned = with_single_weights(network, [0.5] * len(network.edges))
    network_file.save(tuned, tmp_path / "tuned.json")
    plain = genomes_at(earlier / "champion.json", task)
    assert capsys.readouterr().out == ""
    assert genomes_at(tmp_path / "tuned.json", task) == plain
    assert "tuned.json: single weights are left out" in capsys.readouterr().out


def test_files_record_the_start(earlier: Path, tmp_path: Path) -> None:
    command = ["search", "swingup", "--population", "12", "--generations", "2", "--workers", "1"]
    command += ["--finish", "0"]
    champion = earlier / "champion.json"
    assert run([*command, "--start", str(champion), "--out", str(tmp_path)]) == 0
    told = json.loads((tmp_path / "run.json").read_text())["settings"]["start"]
    assert told["networks"] == 1
    found = network_file.load(tmp_path / "champion.json")
    assert found.provenance["settings"]["start"] == told  # type: ignore[index]
    first = (tmp_path / "pareto.json").read_bytes()
    # The weights of a file are set aside, and a run may begin with what it overwrites.
    network = replace(network_file.load(champion), shared_weight=0.25)
    network_file.save(network, tmp_path / "champion.json")
    again = [*command, "--start", str(tmp_path / "champion.json"), "--force"]
    assert run([*again, "--out", str(tmp_path)]) == 0
    assert (tmp_path / "pareto.json").read_bytes() == first


def complaint(capsys: Capture, *arguments: str) -> str:
    """Return the one line on standard error of a refused search."""
    assert run(["search", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    return shown.err


def test_an_unsuitable_start_is_refused_in_one_line(
    earlier: Path, tmp_path: Path, capsys: Capture
) -> None:
    out = ["--out", str(tmp_path / "out"), "--start"]
    champion = network_file.load(earlier / "champion.json")

    def says(path: Path, task: str = "swingup") -> str:
        line = complaint(capsys, task, *out, str(path))
        assert str(path) in line
        return line

    assert "can't read: No such file" in says(tmp_path / "none")
    assert "holds no run" in says(tmp_path)
    assert "has 5 inputs and 1 outputs, the task 'pendulum' needs 3 and 1" in says(
        earlier, "pendulum"
    )
    assert "has 5 inputs" in says(earlier / "champion.json", "cartpole")
    assert "not a network file" in says(earlier / "run.json")
    bent = replace(champion, activations=(*champion.activations[:-1], "tanh"))
    network_file.save(bent, tmp_path / "bent.json")
    assert "an output is tanh; those of a search are linear" in says(tmp_path / "bent.json")
    (tmp_path / front.NAME).write_text(front.to_json(front.Front("nodes", ())))
    assert "the front is empty" in says(tmp_path)
    assert not (tmp_path / "out").exists()
    line = complaint(capsys, "--resume", str(earlier), "--start", str(earlier))
    assert "keeps its task, weights, episodes, start and settings" in line


def test_settings_refuse_what_fits_no_task(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="start"):
        preset("fast", start=())
    settings = preset("fast", start=(genome_of(random_linear(3)),), generations=1)
    with pytest.raises(NetworkError, match="where the task has"):
        run_search("swingup", settings, tmp_path)


def test_a_champion_of_two_searches_works_for_any_weight() -> None:
    """What docs/results/search.md tells of it; the published champion has 515."""
    network = network_file.load(ROOT / "examples" / "swingup_any_weight.json")
    means = [
        score_mode(network, load_task("swingup"), "random-shared", 100, seed).mean
        for seed in range(3)
    ]
    assert [round(mean) for mean in means] == [655, 684, 679]
