"""How far a search is after a generation or a round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, FiniteFloat

from wann_edge.system.limits import share_done

_Count = Annotated[int, Field(ge=0, le=2**63)]
_Seconds = Annotated[FiniteFloat, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is; the fields but the limits are the columns of history.csv.

    Attributes:
        generation: generations done, on each island that is still in the race.
        evaluations: networks scored since the start.
        steps: environment steps since the start, those of validation included.
        evaluation_s: seconds of these steps, summed over workers.
        elapsed_s: seconds since the start.
        best_mean: the highest mean over the shared weights in this generation.
        mean_mean: the average of these means in this generation.
        champion_mean: the champion's mean on the validation episodes.
        connections: connections of the champion.
        hidden: hidden nodes of the champion.
        generations: the limit of generations, or None.
        time_limit_s: the time limit, or None.
    """

    generation: _Count
    evaluations: _Count
    steps: _Count
    evaluation_s: _Seconds
    elapsed_s: _Seconds
    best_mean: FiniteFloat
    mean_mean: FiniteFloat
    champion_mean: FiniteFloat
    connections: _Count
    hidden: _Count
    generations: int | None
    time_limit_s: float | None

    @property
    def steps_per_s(self) -> float:
        """Environment steps a second since the start."""
        return self.steps / self.elapsed_s if self.elapsed_s else 0.0

    @property
    def share_done(self) -> float:
        """The share of the nearer limit that is used, 0 to 1."""
        return share_done(self.generation, self.generations, self.elapsed_s, self.time_limit_s)
