"""Check the state of a search that a file contains, before anything is computed from it."""

from __future__ import annotations

from collections.abc import Iterator

from wann_edge.errors import SettingsError
from wann_edge.search.heats import ends_of
from wann_edge.search.search_state import PopulationState, SearchState, StrategyState
from wann_edge.search.settings import Settings

# A race of 1024 islands, which is the most, has ten stages.
MOST_STAGES = 10


def check_state(state: SearchState) -> None:
    """Check that a search with the state's settings can be in this state.

    Raises:
        SettingsError: it can't; the message names the place.
    """
    faults = (
        *_faults_of_strategy(state.standing, state.settings),
        *_faults_of_results(state),
    )
    for place, fault in faults:
        raise SettingsError(
            fault, where=place, remedy="use a checkpoint that wann-edge search wrote"
        )


def _faults_of_strategy(found: StrategyState, settings: Settings) -> Iterator[tuple[str, str]]:
    numbers = [island.island for island in found.islands]
    if found.stage > MOST_STAGES:
        yield "stage", f"{found.stage} stages, where the most is {MOST_STAGES}"
        return
    if not 1 <= len(numbers) <= settings.islands or len(set(numbers)) < len(numbers):
        yield "islands", f"{len(numbers)} islands, or one twice, where {settings.islands} race"
    elif settings.islands > 1:
        yield from _faults_of_race(found, settings, max(numbers))
    for index, island in enumerate(found.islands):
        for place, fault in _faults_of_population(island, settings):
            yield f"islands[{index}].{place}", fault


def _faults_of_race(
    found: StrategyState, settings: Settings, highest: int
) -> Iterator[tuple[str, str]]:
    doublings = found.stage + min(found.bracket, settings.bracket_doublings)
    rounds = settings.stage_rounds << doublings
    if not 1 <= found.rounds_left <= rounds:
        yield "rounds_left", f"{found.rounds_left} rounds left of {rounds}"
    if highest >= found.started:
        yield "started", f"island {highest}, where {found.started} have started"


def _faults_of_population(found: PopulationState, settings: Settings) -> Iterator[tuple[str, str]]:
    niches, draws = settings.niches, settings.draws
    most = settings.population + (0 if niches is None else niches.count * niches.size)
    if not 1 <= len(found.members) <= most:
        yield "members", f"{len(found.members)} members, where the most is {most}"
    weights = len(settings.shared_weights) if draws is None else draws.count
    heats = len(ends_of(settings.first_heat, settings.episodes)) - 1
    for index, (_, scores, means) in enumerate(found.members):
        if (len(scores), len(means)) != (weights, heats):
            yield f"members[{index}]", f"{len(scores)} scores for {weights} weights, or other heats"
            return


def _faults_of_results(state: SearchState) -> Iterator[tuple[str, str]]:
    if not state.history:
        yield "history", "no generation is done"
    for index, kept in enumerate(state.archive):
        if kept.scores is not None and not kept.scores.per_weight:
            yield f"archive[{index}]", "no scores"
            return
