"""Uses of a seed: each has a stream of its own, and every generator of the package is listed."""

from __future__ import annotations

import ast
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from helpers.sources import called, package
from wann_edge.evaluate import episode_seeds
from wann_edge.robustness.faults import FAULTS
from wann_edge.system.seeds import FIXED_SEEDS, Use, drawn_seeds, fixed_generator, sequence

SEED = 7
# Every number that the package gives beside the seed, at its smallest; and some above.
COUNTED = tuple(range(30))

# The module's docstring names these.
COINCIDE = (
    {"VERIFICATION_INPUTS", "PRECISION_INPUTS", "COST_INPUTS", "FRESH_EPISODES 0"},
    {"LINK_FAULTS", "FRESH_EPISODES 1"},
)

# Files that make a generator themselves, each with the reason.
GIVEN = {
    "system/seeds.py": "the enumeration",
    "sims/native.py": "the start of an episode: its seed, and nothing else",
    "sims/robots/rigid_world.py": "the start of an episode: its seed, and nothing else",
}


def calls(use: Use) -> Iterator[tuple[int, ...]]:
    """The numbers that a use is called with."""
    if use is Use.FAULTY_NETWORKS:
        for name, fault in FAULTS.items():
            yield from ((zlib.crc32(name.encode()), i) for i in range(len(fault.severities)))
    elif use is Use.BREEDING:
        yield from ((number,) for number in COUNTED)
        yield from ((number, island) for number in COUNTED for island in COUNTED[1:])
    elif use.counts and use.counts != ("0",):
        yield from ((number,) for number in COUNTED)
    else:
        yield (0,) * len(use.counts)


def streams() -> dict[bytes, set[str]]:
    """The uses of one seed, by the beginning of what they draw."""
    found = defaultdict(set)
    for use in Use:
        if use not in FIXED_SEEDS:
            for numbers in calls(use):
                drawn = sequence(SEED, use, *numbers).generate_state(8).tobytes()
                is_listed = use is Use.FRESH_EPISODES or not numbers
                name = f"{use.name} {numbers[0]}" if is_listed and numbers else use.name
                found[drawn].add(name)
    return found


def test_no_two_uses_of_a_seed_are_one_stream_but_those_stated() -> None:
    shared = [uses for uses in streams().values() if len(uses) > 1]
    assert sorted(map(sorted, shared)) == sorted(map(sorted, COINCIDE))


def test_no_two_calls_of_a_use_are_one_stream() -> None:
    for use in Use:
        drawn = [
            sequence(SEED, use, *numbers).generate_state(8).tobytes() for numbers in calls(use)
        ]
        assert len(drawn) == len(set(drawn))


def test_streams_of_one_key_are_seen() -> None:
    """A control: keys of another length are others, and a plain seed is one with a 0 behind it."""
    assert sequence(1, Use.TRAINING_EPISODES).spawn_key == (1,)
    assert sequence(1, Use.BREEDING, 0).spawn_key == (1, 0)
    plain, zero = sequence(1, Use.COST_INPUTS), sequence(1, Use.FRESH_EPISODES, 0)
    assert plain.generate_state(8).tobytes() == zero.generate_state(8).tobytes()
    assert len(streams()) > 900


# A change of any of these numbers would change what a seed means.
KEYS = {
    (1,): "TRAINING_EPISODES",
    (2,): "TUNING_RUNS",
    (3,): "MODE_WEIGHTS",
    (4,): "LINEARISATION",
    (7,): "SCALING_EPISODES",
    (8,): "SCALING_ACTIONS",
    (101,): "VARIATION",
    (102,): "NOISE",
    (103,): "DROPPED_SAMPLES",
    (104,): "JITTER",
    (1, 5): "BREEDING",
    (2, 5): "CANDIDATE_EPISODES",
    (3, 5): "VALIDATION_EPISODES",
    (4, 5): "CANDIDATE_WEIGHTS",
    (5, 5): "VALIDATION_WEIGHTS",
    (6, 5): "FINALIST_EPISODES",
    (11, 5): "FRONT_EPISODES",
    (12, 5): "FRONT_RUNS",
    (13, 5): "FRONT_FINAL",
    (21, 5): "REDRAWN_EPISODES",
    (22, 5): "REDRAWN_RUNS",
    (23, 5): "REDRAWN_JUDGED",
    (31,): "TRIAL_ACTIONS",
    (41, 5): "PRUNING_EPISODES",
    (42, 5): "PRUNING_RUNS",
    (43, 5): "FINISH_EPISODES",
    (44, 5): "FINISH_RUNS",
    (45, 5): "FINISH_JUDGED",
}


@pytest.mark.parametrize(("key", "name"), KEYS.items(), ids=KEYS.values())
def test_a_key_never_changes(key: tuple[int, ...], name: str) -> None:
    found = sequence(9, Use[name], *key[1:])
    assert (found.entropy, found.spawn_key) == (9, key)


def test_every_use_is_held() -> None:
    unheld = {use.name for use in Use if use.way == "key"} - {*KEYS.values(), "FAULTY_NETWORKS"}
    assert unheld == set()
    assert sequence(9, Use.FAULTY_NETWORKS, 4, 2).spawn_key == (4, 2)


@pytest.mark.parametrize("seed", [0, 5, 2**32 + 1, 2**64 - 1])
def test_uses_without_a_key_are_numpy_s_own(seed: int) -> None:
    plain = np.random.SeedSequence(seed).generate_state(8)
    for use in (Use.VERIFICATION_INPUTS, Use.PRECISION_INPUTS, Use.COST_INPUTS):
        assert (sequence(seed, use).generate_state(8) == plain).all()
    link = np.random.SeedSequence([seed, 1]).generate_state(8)
    assert (sequence(seed, Use.LINK_FAULTS).generate_state(8) == link).all()
    third = np.random.SeedSequence([seed, 3]).generate_state(1)
    assert episode_seeds(seed, 4)[3] == third[0] == drawn_seeds(1, seed, Use.FRESH_EPISODES, 3)[0]


def test_fixed_seeds_never_change() -> None:
    seeds = {use.name: seed for use, seed in FIXED_SEEDS.items()}
    assert seeds == {"RANGE_INPUTS": 9_100_001, "GOLDEN_VECTORS": 0, "SELF_TEST": 0, "ESTIMATE": 0}
    for use, seed in FIXED_SEEDS.items():
        assert fixed_generator(use).random() == np.random.default_rng(seed).random()


def makers(trees: Mapping[str, ast.Module]) -> set[str]:
    """The files that call numpy for a generator or a seed sequence."""
    named = {"default_rng", "SeedSequence", "RandomState", "PCG64", "spawn"}
    return {
        file
        for file, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) in named
    }


def test_no_other_module_makes_a_generator() -> None:
    assert makers(package()) == GIVEN.keys()


def test_a_generator_is_seen() -> None:
    """A control."""
    sources = {"a": "np.random.default_rng([s, 1])", "b": "SeedSequence(1)", "c": "rng.random()"}
    assert makers({name: ast.parse(text) for name, text in sources.items()}) == {"a", "b"}


def test_every_use_is_used() -> None:
    used = {
        node.attr
        for tree in package().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Use"
    }
    assert used == {use.name for use in Use}
