"""Progress: where a search stands after a generation or a round."""

from __future__ import annotations

from dataclasses import dataclass

from wann_edge.system.limits import share_done


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a search stands after a generation.

    generation: how many are done, on each island that is still in the race. evaluations:
    networks scored, steps: environment steps taken (those of validation too), and
    evaluation_s: seconds of scoring, added up over workers, all since the start.
    best_mean, mean_mean: this generation's highest and average mean over the shared
    weights. champion_mean: the champion's on the validation episodes; connections,
    hidden: its size.
    """

    generation: int
    evaluations: int
    steps: int
    evaluation_s: float
    elapsed_s: float
    best_mean: float
    mean_mean: float
    champion_mean: float
    connections: int
    hidden: int
    generations: int | None
    time_limit_s: float | None

    @property
    def steps_per_s(self) -> float:
        """Environment steps a second since the start."""
        return self.steps / self.elapsed_s

    @property
    def share_done(self) -> float:
        """How much of the search is done, 0 to 1, by whichever limit is nearer."""
        return share_done(self.generation, self.generations, self.elapsed_s, self.time_limit_s)
