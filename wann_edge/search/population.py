"""A population: it returns candidates and takes their scores. It runs no simulator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from wann_edge.errors import SettingsError
from wann_edge.kernel import Links
from wann_edge.network import Network
from wann_edge.search.complexity import measure
from wann_edge.search.genome import (
    Genome,
    activations_of,
    as_published,
    check_shape,
    initial,
    network_of,
    wiring,
)
from wann_edge.search.mutation import mutate
from wann_edge.search.niches import Niches
from wann_edge.search.ranking import Objectives, ranked
from wann_edge.search.search_state import Means, PopulationState
from wann_edge.search.settings import Settings
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Spec


class Member(NamedTuple):
    """One of the population.

    Attributes:
        genome: its genome.
        network: the network of the genome.
        reaching: 1 for each hidden node of the genome that is in the network, else 0.
        complexity: of the network.
        scores: one for each shared weight; empty until told.
        heats: its mean return after each heat but the last.
    """

    genome: Genome
    network: Network
    reaching: bytes
    complexity: float
    scores: tuple[float, ...] = ()
    heats: Means = ()

    @property
    def mean(self) -> float:
        """The mean score over the shared weights."""
        return sum(self.scores) / len(self.scores)


class Population:
    """The search of Gaier & Ha (2019) as a pair of calls.

    ``ask`` returns the candidates whose scores ``tell`` takes::

        population = Population(settings, task.spec)
        for _ in range(100):
            candidates = population.ask()
            population.tell([score(network) for network in candidates])

    The random numbers of a generation depend on the seed, the island and the generation only.

    Attributes:
        island: its number; each population of a search draws different random numbers.
        generation: generations told.
        members: the current generation; all have scores once told.
        measure: the complexity that the settings name.
    """

    def __init__(self, settings: Settings, spec: Spec, island: int = 0) -> None:
        self.island = island
        self.generation = 0
        self.members: list[Member] = []
        self._settings = settings
        self.measure = measure(settings.complexity)
        self._spec = spec
        self._asked = False

    @property
    def best(self) -> Member:
        """The member with the highest mean score; of equals the first."""
        return max(self.members, key=lambda member: member.mean)

    def ask(self) -> list[Network]:
        """Return the candidates of the next generation; until they are told, the same again.

        With fixed episodes these are only the networks whose score is not known.
        """
        if not self._asked:
            numbers = (self.generation, self.island) if self.island else (self.generation,)
            rng = generator(self._settings.seed, Use.BREEDING, *numbers)
            self.members = self._bred(rng) if self.members else self._first(rng)
            self._asked = True
        return [self.members[i].network for i in self._waiting]

    def bars(self) -> list[Means]:
        """Return the mean that each candidate must reach after each heat but the last.

        The bar is the lowest mean of the networks that hold the places of its niche. There is no
        bar where a place is free, or without niches.
        """
        niches = self._settings.niches
        held = [member for member in self.members if member.scores]
        waiting = [self.members[i] for i in self._waiting]
        if niches is None or not held:
            return [()] * len(waiting)
        bars: dict[int, Means] = {}
        for niche in niches.best(held):
            if len(niche) == niches.size:
                heats = zip(*(member.heats for member in niche), strict=True)
                bars[niches.number(niche[0].complexity)] = tuple(map(min, heats))
        return [bars.get(niches.number(member.complexity), ()) for member in waiting]

    def give_up(self, finished: Sequence[int]) -> None:
        """Drop all candidates but those at these places of what ``ask`` returned."""
        waiting = self._waiting
        kept = {waiting[place] for place in finished}
        self.members = [m for i, m in enumerate(self.members) if m.scores or i in kept]

    def tell(self, scores: ArrayLike, heats: Sequence[Means] | None = None) -> None:
        """Take the candidates' scores.

        Args:
            scores: [candidates], or [candidates, shared weights]; higher is better.
            heats: each candidate's mean after each heat but the last; None without heats.

        Raises:
            SettingsError: ``ask`` was not called, the scores do not match the candidates, or a
                score is not finite.
        """
        if not self._asked:
            raise SettingsError("there are no candidates", where="tell", remedy="call ask first")
        waiting = self._waiting
        rows = _rows(scores, len(waiting))
        for i, row, means in zip(waiting, rows, heats or [()] * len(rows), strict=True):
            self.members[i] = self.members[i]._replace(scores=tuple(row), heats=means)
        self.generation += 1
        self._asked = False

    def state(self) -> PopulationState:
        """Return what ``restore`` takes, between ``tell`` and ``ask``."""
        members = tuple((member.genome, member.scores, member.heats) for member in self.members)
        return PopulationState(self.island, self.generation, members)

    def restore(self, state: PopulationState) -> None:
        """Continue from the state of another population with these settings."""
        for genome, _, _ in state.members:
            check_shape(genome, self._spec)
        self.island, self.generation = state.island, state.generation
        self.members = [self._made(*member) for member in state.members]

    @property
    def _waiting(self) -> list[int]:
        """The places of the candidates, whose scores are not told yet."""
        return [i for i, member in enumerate(self.members) if not member.scores]

    def _first(self, rng: np.random.Generator) -> list[Member]:
        return [self._made(genome) for genome in self._first_genomes(rng)]

    def _first_genomes(self, rng: np.random.Generator) -> Iterator[Genome]:
        """Return the start, then mutants of it in turn; random genomes without a start."""
        settings, spec = self._settings, self._spec
        if settings.start is None:
            shape = len(spec.inputs), len(spec.outputs)
            for _ in range(settings.population):
                yield initial(*shape, settings.initial_enable_probability, rng)
            return
        # The best of a front that is larger than the population.
        chosen = settings.start[-settings.population :]
        for genome in chosen:
            check_shape(genome, spec)
            yield genome
        for number in range(settings.population - len(chosen)):
            parent = chosen[number % len(chosen)]
            yield self._mutant(parent, rng)

    def _bred(self, rng: np.random.Generator) -> list[Member]:
        """Return the elites, and a mutated child of the winner of each tournament."""
        settings = self._settings
        if settings.niches is not None:
            return self._bred_in_niches(settings.niches, rng)
        order = ranked(self._objectives(rng), published=settings.published_crowding).tolist()
        survivors = order[: len(order) - int(settings.cull_ratio * len(order))]
        elites = survivors[: int(settings.elite_ratio * len(survivors))]
        shape = (len(order) - len(elites), 2 * settings.tournament_size)
        winners = rng.integers(len(survivors), size=shape).min(axis=1)
        members = [self.members[i] for i in elites]
        members += [self._child(self.members[survivors[i]], rng) for i in winners.tolist()]
        if settings.fixed_episodes:
            return members
        return [member._replace(scores=()) for member in members]

    def _bred_in_niches(self, niches: Niches, rng: np.random.Generator) -> list[Member]:
        """Return the best of all niches, and children of parents from niches drawn uniformly."""
        best = niches.best(self.members)
        drawn = (best[i] for i in rng.integers(len(best), size=self._settings.population))
        parents = [niche[rng.integers(len(niche))] for niche in drawn]
        children = [self._child(parent, rng) for parent in parents]
        return [member for niche in best for member in niche] + children

    def _objectives(self, rng: np.random.Generator) -> Objectives:
        """Return the objectives that a generation is ranked by, [members, 2]."""
        means = [member.mean for member in self.members]
        if rng.random() < self._settings.complexity_probability:
            others = [1 / max(1, self._size(member)) for member in self.members]
        else:
            others = [max(member.scores) for member in self.members]
        return np.array([means, others]).T

    def _size(self, member: Member) -> float:
        """Return the size for ranking, which counts connections of dead nodes, as published."""
        if self._settings.complexity == "connections":
            return self._expressed(member.genome).connections
        return member.complexity

    def _expressed(self, genome: Genome) -> Genome:
        """Return the genome with the links that make its network."""
        return as_published(genome) if self._settings.hidden_links_stay_on else genome

    def _child(self, parent: Member, rng: np.random.Generator) -> Member:
        """Return a child, which has its parent's scores where it has its parent's network."""
        genome, old = self._mutant(parent.genome, rng), parent.genome
        if genome.links is old.links and genome.enabled is old.enabled:
            # Half of the mutations change an activation and nothing else.
            edges, reaching = Links.of(parent.network.edges), parent.reaching
            activations = activations_of(genome, reaching)
        else:
            activations, edges, reaching = wiring(self._expressed(genome))
        if (activations, edges) == (parent.network.activations, parent.network.edges):
            return parent._replace(genome=genome, reaching=reaching)
        network = parent.network.with_topology(activations, edges)
        return Member(
            genome=genome,
            network=network,
            reaching=reaching,
            complexity=self.measure.of(network),
        )

    def _mutant(self, genome: Genome, rng: np.random.Generator) -> Genome:
        """Return the genome after one mutation, or after more with ``mutate_again``."""
        settings = self._settings
        mutant = mutate(genome, settings.mutation, settings.activations, rng)
        while settings.mutate_again and rng.random() < settings.mutate_again:
            mutant = mutate(mutant, settings.mutation, settings.activations, rng)
        return mutant

    def _made(self, genome: Genome, scores: tuple[float, ...] = (), heats: Means = ()) -> Member:
        """Return a member without a parent."""
        activations, edges, reaching = wiring(self._expressed(genome))
        network = network_of(activations, edges, self._spec)
        return Member(
            genome=genome,
            network=network,
            reaching=reaching,
            complexity=self.measure.of(network),
            scores=scores,
            heats=heats,
        )


def _rows(scores: ArrayLike, candidates: int) -> list[list[float]]:
    """Return a row of scores for each candidate."""
    try:
        rows = np.asarray(scores, np.float64)
    except (TypeError, ValueError) as error:
        raise SettingsError(
            f"scores are not numbers: {error}", where="tell", remedy="give floats"
        ) from error
    if rows.shape[:1] != (candidates,) or rows.ndim > 2 or 0 in rows.shape[1:]:
        raise SettingsError(
            f"scores of shape {rows.shape} for {candidates} candidates",
            where="tell",
            remedy="give a score, or a row of scores, for each candidate",
        )
    if not np.isfinite(rows).all():
        raise SettingsError(
            "a score is not a finite number",
            where="tell",
            remedy="give a very low score instead",
        )
    found: list[list[float]] = rows.reshape(candidates, -1 if candidates else 1).tolist()
    return found
