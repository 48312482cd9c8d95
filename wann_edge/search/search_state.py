"""The complete state of a search, from which it continues with the same result.

The names of the fields are those of the checkpoint files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, FailFast, Field, FiniteFloat

from wann_edge.evaluate import Scores
from wann_edge.search.genome import Genome, check_links
from wann_edge.search.packed_links import PackedLinks
from wann_edge.search.progress import Progress
from wann_edge.search.settings import Settings
from wann_edge.search.task_record import TaskRecord

# The mean return after each heat but the last.
Means = tuple[FiniteFloat, ...]
_Count = Annotated[int, Field(ge=0, le=2**53)]
_Genome = Annotated[Genome, AfterValidator(check_links)]
_Member = tuple[_Genome, tuple[FiniteFloat, ...], Means]


@dataclass(frozen=True)
class PopulationState:
    """A population between two generations.

    Attributes:
        island: its number.
        generation: generations done.
        members: each member's genome, its score for each shared weight, and its heats.
    """

    island: _Count
    generation: _Count
    members: Annotated[tuple[_Member, ...], FailFast()]


@dataclass(frozen=True)
class StrategyState:
    """A strategy between two rounds. A single population uses the first two fields only.

    Attributes:
        generation: generations done.
        islands: the populations.
        started: islands started so far.
        bracket: races done.
        stage: stages done in this race.
        rounds_left: rounds that this stage has left.
    """

    generation: _Count
    islands: Annotated[tuple[PopulationState, ...], FailFast()]
    started: _Count = 0
    bracket: _Count = 0
    stage: _Count = 0
    rounds_left: _Count = 0


@dataclass(frozen=True)
class ArchivedNetwork:
    """A network of the archive.

    Attributes:
        activations: of hidden nodes and outputs.
        edges: its connections.
        mean: its mean score in its generation, or None.
        scores: its scores on the validation episodes, or None.
    """

    activations: tuple[str, ...]
    edges: PackedLinks
    mean: FiniteFloat | None
    scores: Scores | None


@dataclass(frozen=True)
class SearchState:
    """A search between two rounds.

    Attributes:
        version: the version of the checkpoint file.
        task: the name of the task.
        settings: the settings of the search.
        standing: the state of the strategy.
        archive: the networks of the archive.
        history: the progress after each generation or round.
        record: the task as it was when the run began; None in checkpoints of earlier versions.
    """

    version: int
    task: str
    settings: Settings
    standing: StrategyState
    archive: Annotated[tuple[ArchivedNetwork, ...], FailFast()]
    history: Annotated[tuple[Progress, ...], FailFast()]
    record: TaskRecord | None = None
