"""Strategies: how a search spends its evaluations, on one population or on islands that race."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wann_edge.evaluate import Weights
from wann_edge.parallel.engine import Engine
from wann_edge.search.drawn_weights import candidate_weights
from wann_edge.search.episodes import candidate_seeds, finalist_seeds
from wann_edge.search.findings import Findings, joined, scores_of_candidates, steps_of
from wann_edge.search.heats import hold_heats
from wann_edge.search.island_race import IslandRace
from wann_edge.search.population import Population
from wann_edge.search.search_state import StrategyState
from wann_edge.search.settings import Settings
from wann_edge.task import Rollouts

Doubles = NDArray[np.float64]


class Strategy(Protocol):
    """A way to spend evaluations.

    Attributes:
        generation: generations done.
    """

    generation: int

    def advance(self, engine: Engine, deadline_s: float | None) -> Findings:
        """Run a generation, or a round of them. Raises TimeoutError when the time is up."""
        ...

    def rest(self) -> Findings:
        """Return what was found since the last whole generation or round."""
        ...

    def state(self) -> StrategyState:
        """Return what ``restore`` takes."""
        ...

    def restore(self, state: StrategyState) -> None:
        """Continue from a state."""
        ...


def strategy(settings: Settings, engine: Engine) -> Strategy:
    """Return the strategy that the settings name."""
    return IslandRace(settings, engine) if settings.islands > 1 else OnePopulation(settings, engine)


class OnePopulation:
    """The paper's single population; all workers share its evaluations."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.generation = 0
        self._settings = settings
        self._population = Population(settings, engine.spec)

    def advance(self, engine: Engine, deadline_s: float | None) -> Findings:
        """Run a generation. Raises TimeoutError when the time is up."""
        population = self._population
        seeds = candidate_seeds(self._settings, population.generation)
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
        return Findings(
            members=population.members,
            best_of_size=population.members,
            validated=(),
            evaluations=heats.candidates,
            steps=heats.steps + steps,
            evaluation_s=evaluation_s,
        )

    def _scored(
        self,
        engine: Engine,
        first: Sequence[Rollouts],
        weights: Weights,
        deadline_s: float | None,
    ) -> tuple[Doubles, int]:
        """Run the finalists' extra episodes.

        Returns:
            Scores [candidates, weights], those of finalists over all their episodes; and the
            steps of the extra episodes.
        """
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

    def rest(self) -> Findings:
        """Return nothing: scores of a part of a generation are not comparable."""
        return joined([])

    def state(self) -> StrategyState:
        """Return what ``restore`` takes."""
        return StrategyState(self.generation, (self._population.state(),))

    def restore(self, state: StrategyState) -> None:
        """Continue from a state."""
        self.generation = state.generation
        self._population.restore(state.islands[0])
