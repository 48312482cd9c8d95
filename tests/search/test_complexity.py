"""Complexities by name, the archive that keeps the best of each, and searches that use them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.fronts import NETWORKS, check_front, check_front_file, judged, offers, results, small
from helpers.genomes import SPEC, genomes
from helpers.networks import random_network
from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.search import checkpoint, front
from wann_edge.search.archive import Archive, Scored
from wann_edge.search.complexity import COUNTS, measure
from wann_edge.search.genome import Genome, express
from wann_edge.search.population import Population
from wann_edge.search.run import run_search
from wann_edge.search.settings import Settings, preset


@given(offers, st.sampled_from(sorted(COUNTS)))
def test_the_front_is_the_set_of_networks_that_no_other_dominates(
    found: list[tuple[Network, float]], name: str
) -> None:
    check_front(found, name)


@given(offers, st.sampled_from(sorted(COUNTS)))
def test_the_best_scored_of_each_complexity_is_to_be_tested_and_an_archive_can_be_restored(
    found: list[tuple[Network, float]], name: str
) -> None:
    chosen = measure(name)
    kept = Archive(chosen)
    scored = [Scored(network, chosen.of(network), mean) for network, mean in found]
    kept.offer(scored)
    best: dict[float, Scored] = {}
    for one in sorted(scored, key=lambda one: -one.mean):  # among equals the first stays
        best.setdefault(one.complexity, one)
    waiting = kept.unvalidated()
    assert {chosen.of(n): n for n in waiting} == {c: one.network for c, one in best.items()}
    assert len(waiting) == len(best)
    kept.add(judged(waiting[0], 1.0, name))
    assert kept.holds(waiting[0])
    assert kept.unvalidated() == waiting[1:]
    by_wiring = {(n.activations, n.edges): n for n in NETWORKS}
    other = Archive(chosen)
    other.restore(kept.kept(), lambda item: by_wiring[item.activations, item.edges])
    assert other.unvalidated() == kept.unvalidated()
    assert other.front() == kept.front()


@given(genomes())
def test_counts_are_those_of_the_network(genome: Genome) -> None:
    network = express(genome, SPEC)
    assert measure("connections").of(network) == len(network.edges)
    assert measure("nodes").of(network) == 1 + 3 + network.hidden_count + 2


@pytest.mark.parametrize("name", ["", "conections", "Nodes", "nodes:", "x" * 5000])
def test_an_unknown_complexity_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(
        SettingsError, match=r"^complexity: unknown complexity '.*'; use one of conn"
    ):
        preset("fast", complexity=name)


def test_ranking_uses_the_chosen_complexity() -> None:
    """If only complexity counts, a population loses its nodes or connections."""
    small = {"population": 40, "generations": 1, "complexity_probability": 1.0}
    nodes: dict[str, float] = {}
    for name in COUNTS:
        population = Population(Settings.model_validate({**small, "complexity": name}), SPEC)
        for _ in range(25):
            population.tell([float(len(network.edges)) for network in population.ask()])
        nodes[name] = float(np.mean([m.network.node_count for m in population.members]))
        for member in population.members:
            assert member.complexity == measure(name).of(member.network)
    # More connections score more, so nodes disappear only if complexity counts them.
    assert nodes["nodes"] < nodes["connections"] - 1


def test_a_search_by_nodes_repeats_and_goes_on(tmp_path: Path) -> None:
    run_search("swingup", small(), tmp_path / "whole")
    run_search("swingup", small(generations=8), tmp_path / "half")
    run_search("swingup", small(), tmp_path / "half", resume=True)
    assert results(tmp_path / "half") == results(tmp_path / "whole")
    check_front_file(tmp_path / "whole", "nodes")
    with pytest.raises(SettingsError, match="the run was begun with complexity = nodes"):
        run_search("swingup", small(complexity="connections"), tmp_path / "half", resume=True)


def test_the_complexity_changes_the_front_alone_where_it_is_not_ranked_by(tmp_path: Path) -> None:
    for name in COUNTS:
        run_search("swingup", small(complexity=name), tmp_path / name)
        check_front_file(tmp_path / name, name)
    champions = [json.loads(results(tmp_path / name)[0]) for name in COUNTS]
    assert champions[0]["edges"] == champions[1]["edges"]


def test_a_front_of_release_0_1_0_is_read(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(0))
    entry = front.FrontEntry(network, 3.0, 1.5)
    document = json.loads(front.to_json(front.Front("nodes", (entry,))))
    del document["complexity"], document["networks"][0]["complexity"]
    del document["networks"][0]["nodes"]
    (tmp_path / front.NAME).write_text(json.dumps(document))
    read = front.load(tmp_path / front.NAME)
    assert read == front.Front("connections", (front.FrontEntry(network, len(network.edges), 1.5),))


def test_files_omit_the_default_complexity(tmp_path: Path) -> None:
    """Checkpoints of release 0.1.0 can be resumed, and champions keep their bytes."""
    run_search("swingup", small(complexity="connections", generations=8), tmp_path)
    champion = json.loads(results(tmp_path)[0])
    assert "complexity" not in champion["provenance"]["settings"]
    assert checkpoint.load(tmp_path).settings.complexity == "connections"
    assert b'complexity"' not in b"".join((tmp_path / n).read_bytes() for n in checkpoint.NAMES[:1])
    other = small(complexity="nodes", generations=8).model_dump()
    assert other["complexity"] == "nodes"
