"""Strategies: how a search spends its evaluations. One population, or islands that race."""

from __future__ import annotations

from typing import Protocol

from wann_edge.engine import Engine
from wann_edge.search.advance import Advance, episode_seeds, scores_of_candidates, steps_of
from wann_edge.search.draws import candidate_weights
from wann_edge.search.population import Population
from wann_edge.search.race import Race
from wann_edge.search.settings import Settings
from wann_edge.search.state import Standing


class Strategy(Protocol):
    """generation: how many have been run."""

    generation: int

    def advance(self, engine: Engine, deadline_s: float | None) -> Advance:
        """Runs a generation, or a round of them. Raises TimeoutError when the time is up."""
        ...

    def standing(self) -> Standing:
        """All that ``restore`` needs."""
        ...

    def restore(self, standing: Standing) -> None:
        """Goes on from where another stood."""
        ...


def strategy(settings: Settings, engine: Engine) -> Strategy:
    """The strategy that the settings ask for."""
    return Race(settings, engine) if settings.islands > 1 else OnePopulation(settings, engine)


class OnePopulation:
    """The paper's single population, its evaluations spread over the workers."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.generation = 0
        self._settings = settings
        self._population = Population(settings, engine.spec)

    def advance(self, engine: Engine, deadline_s: float | None) -> Advance:
        """One generation."""
        settings, population = self._settings, self._population
        candidates = population.ask()
        number = population.generation
        weights, seeds = candidate_weights(settings, number), episode_seeds(settings, number)
        before_s = engine.evaluation_s
        results = engine.rollouts(candidates, weights, seeds, deadline_s)
        evaluation_s = engine.evaluation_s - before_s
        population.tell(scores_of_candidates(results))
        self.generation = population.generation
        members = population.members
        return Advance(members, members, (), len(candidates), steps_of(results), evaluation_s)

    def standing(self) -> Standing:
        """All that ``restore`` needs."""
        return Standing(self.generation, (self._population.standing(),))

    def restore(self, standing: Standing) -> None:
        """Goes on from where another stood."""
        self.generation = standing.generation
        self._population.restore(standing.islands[0])
