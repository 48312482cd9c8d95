"""The episodes of a search: seeds for candidates, finalists and validation."""

from __future__ import annotations

from wann_edge.search.settings import Settings
from wann_edge.system.seeds import Use, drawn_seeds


def candidate_seeds(settings: Settings, generation: int) -> list[int]:
    """Return the episodes that candidates of a generation are scored on."""
    number = 0 if settings.fixed_episodes else generation
    return drawn_seeds(settings.episodes, settings.seed, Use.CANDIDATE_EPISODES, number)


def finalist_seeds(settings: Settings, generation: int) -> list[int]:
    """Return the extra episodes of a generation's finalists."""
    number = 0 if settings.fixed_episodes else generation
    return drawn_seeds(settings.finalist_episodes, settings.seed, Use.FINALIST_EPISODES, number)


def validation_seeds(settings: Settings) -> list[int]:
    """Return the validation episodes, on which champions are compared."""
    return drawn_seeds(settings.validation_episodes, settings.seed, Use.VALIDATION_EPISODES, 0)
