"""Fronts and archives for several tests."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from helpers.genomes import SPEC, grown
from wann_edge.evaluate import Scores, WeightScore
from wann_edge.network import Network
from wann_edge.search import archive, front
from wann_edge.search.complexity import measure
from wann_edge.search.genome import express
from wann_edge.search.settings import Settings, preset

NETWORKS = [express(grown(np.random.default_rng(seed), seed), SPEC) for seed in range(40)]


def judged(network: Network, mean: float, name: str) -> archive.Validated:
    scores = Scores((WeightScore(1.0, mean, 0.0),), 1)
    return archive.Validated(network, measure(name).of(network), scores)


# Few means and few networks, so that means, networks or both are often equal.
offers = st.lists(
    st.tuples(st.sampled_from(NETWORKS), st.one_of(st.integers(0, 9), st.floats(-1e9, 1e9))),
    min_size=1,
)


def check_front(found: list[tuple[Network, float]], name: str, widest: float | None = None) -> None:
    """Check that an archive's front ascends and that its members dominate all that was offered.

    Args:
        found: networks and their means.
        name: the complexity.
        widest: a member may be more complex than the network by less than this factor; None if
            it may not be more complex at all.
    """
    kept = archive.Archive(measure(name))
    offered = [judged(network, mean, name) for network, mean in found]
    for one in offered:
        kept.add(one)
    members = kept.front()
    assert all(member in offered for member in members)
    for lower, higher in pairwise(members):
        assert lower.complexity < higher.complexity
        assert lower.mean < higher.mean
    for one in offered:
        reached = [member.complexity for member in members if member.mean >= one.mean]
        if widest is None:
            assert any(complexity <= one.complexity for complexity in reached)
        else:
            assert any(complexity < one.complexity * widest for complexity in reached)
    assert members[-1].mean == max(one.mean for one in offered)


def small(**changes: object) -> Settings:
    defaults = {"population": 24, "generations": 16, "round_generations": 8, "episodes": 2}
    changes = {"time_limit_s": None, "complexity": "nodes", **changes}
    return preset("fast", **{**defaults, **changes})


def results(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in ("champion.json", front.NAME)]


def check_front_file(folder: Path, name: str) -> None:
    document = json.loads((folder / front.NAME).read_text())
    assert document["complexity"] == name
    found = front.load(folder / front.NAME)
    assert found.complexity == name
    for row, entry in zip(document["networks"], found.entries, strict=True):
        assert row["connections"] == len(entry.network.edges)
        assert row["nodes"] == entry.network.node_count
        assert row["complexity"] == measure(name).of(entry.network) == entry.complexity
        assert row["mean"] == entry.mean
    values = [entry.complexity for entry in found.entries]
    assert values == sorted(set(values))
