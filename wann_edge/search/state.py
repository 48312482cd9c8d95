"""State: all that a search must know to go on as if it had never stopped."""

from __future__ import annotations

from dataclasses import dataclass

from wann_edge.evaluate import Scores
from wann_edge.search.genome import Genome
from wann_edge.search.model import PackedLinks
from wann_edge.search.progress import Progress
from wann_edge.search.settings import Settings

# Mean returns after each heat but the last.
Means = tuple[float, ...]


@dataclass(frozen=True)
class Island:
    """A population: each member's genome, scores, one a shared weight, and means after heats."""

    island: int
    generation: int
    members: tuple[tuple[Genome, tuple[float, ...], Means], ...]


@dataclass(frozen=True)
class Standing:
    """Where a strategy stands. What it does not use is 0."""

    generation: int
    islands: tuple[Island, ...]
    started: int = 0
    bracket: int = 0
    stage: int = 0
    rounds_left: int = 0


@dataclass(frozen=True)
class Kept:
    """A network of the archive: its wiring, and its mean where scored, its scores where tested."""

    activations: tuple[str, ...]
    edges: PackedLinks
    mean: float | None
    scores: Scores | None


@dataclass(frozen=True)
class State:
    """A search between two rounds."""

    version: int
    task: str
    settings: Settings
    standing: Standing
    archive: tuple[Kept, ...]
    history: tuple[Progress, ...]
