"""Strategies: how a search spends its evaluations. One population, or islands that race."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wann_edge.evaluate import Weights
from wann_edge.parallel.engine import Engine
from wann_edge.search.advance import (
    Advance,
    episode_seeds,
    finalist_seeds,
    joined,
    scores_of_candidates,
    steps_of,
)
from wann_edge.search.generation_weights import candidate_weights
from wann_edge.search.heats import hold_heats
from wann_edge.search.islands import Race
from wann_edge.search.population import Population
from wann_edge.search.settings import Settings
from wann_edge.search.state import Standing
from wann_edge.task import Rollouts

Doubles = NDArray[np.float64]


class Strategy(Protocol):
    """generation: how many have been run."""

    generation: int

    def advance(self, engine: Engine, deadline_s: float | None) -> Advance:
        """Runs a generation, or a round of them. Raises TimeoutError when the time is up."""
        ...

    def rest(self) -> Advance:
        """What was found beyond the last whole step, when the time was up."""
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
        population = self._population
        seeds = episode_seeds(self._settings, population.generation)
        weights = candidate_weights(self._settings, population.generation)
        before_s = engine.evaluation_s
        heats = hold_heats(
            population,
            self._settings,
            lambda some, first, end: engine.rollouts(some, weights, seeds[first:end], deadline_s),
        )
        scores, steps = self._scored(engine, heats.results, weights, deadline_s)
        evaluation_s = engine.evaluation_s - before_s
        population.tell(scores, heats.means)
        self.generation = population.generation
        members = population.members
        return Advance(members, members, (), heats.candidates, heats.steps + steps, evaluation_s)

    def _scored(
        self,
        engine: Engine,
        first: Sequence[Rollouts],
        weights: Weights,
        deadline_s: float | None,
    ) -> tuple[Doubles, int]:
        """Scores [candidates, weights], finalists' over all their episodes; and steps of these."""
        settings, population = self._settings, self._population
        scores = scores_of_candidates(first)
        chosen = np.argsort(-scores.mean(axis=1), kind="stable")[: settings.finalists]
        if not len(chosen):
            return scores, 0
        seeds = finalist_seeds(settings, population.generation)
        candidates = population.ask()
        more = engine.rollouts([candidates[i] for i in chosen], weights, seeds, deadline_s)
        share = len(seeds) / (len(seeds) + settings.episodes)
        scores[chosen] += share * (scores_of_candidates(more) - scores[chosen])
        return scores, steps_of(more)

    def rest(self) -> Advance:
        """Nothing: a part of a generation's scores says little."""
        return joined([])

    def standing(self) -> Standing:
        """All that ``restore`` needs."""
        return Standing(self.generation, (self._population.standing(),))

    def restore(self, standing: Standing) -> None:
        """Goes on from where another stood."""
        self.generation = standing.generation
        self._population.restore(standing.islands[0])
