"""The population through ask and tell: survival, breeding, and repeated scoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from helpers.genomes import BUSY, INPUTS, SPEC
from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.search.genome import as_published, express, initial
from wann_edge.search.population import Population
from wann_edge.search.settings import MutationOdds, Settings

# Without hidden nodes this mutation has no effect: children are copies.
COPIES = {
    "add_connection": 0.0,
    "add_node": 0.0,
    "enable": 0.0,
    "change_activation": 1.0,
}


def settings(**changes: object) -> Settings:
    return Settings.model_validate({"population": 40, "generations": 10, **changes})


def loop(population: Population, score: Callable[[Network], float], generations: int) -> None:
    """Run the loop of a user who has a scoring function."""
    for _ in range(generations):
        candidates = population.ask()
        population.tell([score(network) for network in candidates])


def size_score(network: Network) -> float:
    """Return a score that is highest, 0, at 25 connections."""
    return -float(abs(len(network.edges) - 25))


@pytest.mark.parametrize("fixed", [False, True])
def test_a_users_loop_reaches_a_goal(fixed: bool) -> None:
    population = Population(settings(complexity_probability=0.0, fixed_episodes=fixed), SPEC)
    loop(population, size_score, 1)
    first = population.best.mean
    loop(population, size_score, 60)
    # Most steps on the way need one link more, which a third of mutations bring.
    assert first < -10
    assert population.best.mean == 0
    assert len(population.best.network.edges) == 25


def test_the_seed_alone_decides() -> None:
    populations = [Population(settings(seed=seed), SPEC) for seed in (7, 7, 8)]
    for population in populations:
        loop(population, size_score, 8)
    first, same, other = ([m.genome for m in p.members] for p in populations)
    assert first == same
    assert first != other


def test_asking_twice_gives_the_same() -> None:
    population = Population(settings(), SPEC)
    assert population.ask() == population.ask()
    loop(population, size_score, 2)
    assert population.ask() == population.ask()


def test_worst_are_culled_best_are_copied_and_tournaments_are_of_twice_the_size() -> None:
    count, size, draws = 40, 3, Counter[int]()
    for seed in range(40):
        population = Population(
            settings(
                seed=seed,
                tournament_size=size,
                mutation=COPIES,
                complexity_probability=0.0,
            ),
            SPEC,
        )
        population.ask()
        population.tell(np.arange(count, dtype=np.float64))
        born = [member.genome for member in population.members]
        rank = {id(genome): place for place, genome in enumerate(reversed(born))}
        population.ask()
        places = [rank[id(member.genome)] for member in population.members]
        assert places[:6] == list(range(6))  # a fifth of the remaining 32
        draws.update(places[6:])
    assert max(draws) < 32
    total = draws.total()
    share = 1 - (1 - 1 / 32) ** (2 * size)  # the best of all, among as many as compete
    bound = 5 * np.sqrt(total * share * (1 - share))  # missed once in two million
    assert abs(draws[0] - total * share) <= bound


def test_complexity_ranks_with_its_probability() -> None:
    sizes = []
    for probability in (0.0, 1.0):
        population = Population(settings(complexity_probability=probability), SPEC)
        loop(population, lambda _: 1.0, 25)
        sizes.append(np.mean([member.genome.connections for member in population.members]))
    assert sizes[1] < 3 < sizes[0]


@pytest.mark.parametrize("again", [0.0, 0.6])
@pytest.mark.parametrize("is_bred", [False, True])
def test_the_number_of_mutations_has_its_distribution(again: float, is_bred: bool) -> None:
    """Each mutation adds a node, so the number of nodes counts them: a geometric distribution."""
    genome, size = initial(INPUTS, 2, 1.0, np.random.default_rng(3)), 3000
    odds = {"add_connection": 0.0, "add_node": 1.0, "enable": 0.0, "change_activation": 0.0}
    changes = {"mutation": odds, "mutate_again": again, "elite_ratio": 0.0}
    start = (genome,) * (size if is_bred else 1)
    population = Population(settings(population=size, start=start, **changes), SPEC)
    population.ask()
    if is_bred:
        population.tell([1.0] * size)
        population.ask()
    mutants = population.members if is_bred else population.members[1:]
    counts = Counter(len(member.genome.hidden) for member in mutants)
    for mutations in range(1, 6):
        share = (1 - again) * again ** (mutations - 1)
        bound = 5 * np.sqrt(len(mutants) * share * (1 - share))
        assert abs(counts[mutations] - len(mutants) * share) <= bound


def test_links_between_hidden_nodes_stay_enabled_if_set() -> None:
    """Breeding is the same; as in the published code, a split link stays enabled and counts."""
    splits = MutationOdds(add_connection=1, add_node=1, enable=0, change_activation=0)
    for stays in (False, True):
        population = Population(settings(mutation=splits, hidden_links_stay_on=stays), SPEC)
        loop(population, lambda network: network.hidden_count, 25)
        best = population.best
        assert best.network == express(as_published(best.genome) if stays else best.genome, SPEC)
        assert as_published(best.genome) != best.genome


@examples(max_examples=16)
@given(seed=st.integers(0, 2**32 - 1), stays=st.booleans())
def test_every_member_has_the_network_of_its_genome(seed: int, stays: bool) -> None:
    """However it came by it: a child may keep its parent's edges, packed ones too."""
    busy = settings(seed=seed, mutation=BUSY, hidden_links_stay_on=stays, fixed_episodes=True)
    population = Population(busy, SPEC)
    seen = np.random.default_rng(seed).normal(size=(8, INPUTS)).astype(np.float32)

    def actions(network: Network) -> list[list[float]]:
        found: list[list[float]] = network.program.forward(seen, np.linspace(-2, 2, 8)).tolist()
        return found

    for _ in range(12):
        loop(population, lambda network: float(np.sum(actions(network))), 1)
        for member in population.members:
            genome = as_published(member.genome) if stays else member.genome
            network = express(genome, SPEC)
            assert member.network == network
            assert len(member.reaching) == len(member.genome.hidden)
            assert sum(member.reaching) == network.hidden_count
            assert actions(member.network) == actions(network)


def test_elites_are_scored_anew_unless_episodes_are_fixed() -> None:
    for fixed in (False, True):
        population = Population(settings(fixed_episodes=fixed), SPEC)
        loop(population, size_score, 12)
        elites = population.ask()
        known = [member for member in population.members if member.scores]
        assert len(elites) + len(known) == 40
        # All six elites at least, and children whose mutation found nothing to do.
        assert (len(known) >= 6) is fixed
        assert all(member.mean == size_score(member.network) for member in known)


def test_no_candidate_is_left_when_all_are_known() -> None:
    population = Population(settings(fixed_episodes=True, mutation=COPIES), SPEC)
    loop(population, size_score, 1)
    assert population.ask() == []
    population.tell([])
    assert population.generation == 2


def test_scores_may_be_one_for_each_weight() -> None:
    population = Population(settings(), SPEC)
    rows = np.random.default_rng(2).normal(size=(len(population.ask()), 6))
    population.tell(rows)
    assert [member.scores for member in population.members] == [tuple(row) for row in rows]
    # The sum of six in order, and numpy's: at most some units in the last place apart.
    assert population.best.mean == pytest.approx(rows.mean(axis=1).max(), rel=1e-14)


@pytest.mark.parametrize(
    ("scores", "what"),
    [
        ([1.0] * 39, r"shape \(39,\) for 40 candidates"),
        ([], r"shape \(0,\)"),
        ([1.0] * 39 + [float("nan")], "not a finite"),
        ([[float("inf")] * 6] * 40, "not a finite"),
        ([["a"]] * 40, "numbers"),
        (1.0, r"shape \(\) for 40"),
        ([[]] * 40, r"shape \(40, 0\)"),
        ([[[1.0]]] * 40, r"shape \(40, 1, 1\)"),
    ],
)
def test_wrong_scores_are_refused_and_change_nothing(scores: list[float], what: str) -> None:
    population = Population(settings(), SPEC)
    candidates = population.ask()
    with pytest.raises(SettingsError, match=what):
        population.tell(scores)
    assert population.generation == 0
    assert population.ask() == candidates


def test_telling_before_asking_is_refused() -> None:
    population = Population(settings(), SPEC)
    with pytest.raises(SettingsError, match="call ask first"):
        population.tell([])
