"""A search without its files: strategy, archive and history."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from wann_edge.errors import SettingsError
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.search import checkpoint
from wann_edge.search.archive import Archive
from wann_edge.search.complexity import measure
from wann_edge.search.drawn_weights import validation_weights
from wann_edge.search.episodes import validation_seeds
from wann_edge.search.findings import Findings, steps_of, validated
from wann_edge.search.genome import network_of
from wann_edge.search.population import Member
from wann_edge.search.progress import Progress
from wann_edge.search.search_state import SearchState
from wann_edge.search.settings import Settings
from wann_edge.search.strategy import strategy
from wann_edge.search.task_record import TaskRecord, check_same_task
from wann_edge.system.jsonfile import short

# Settings that a resumed run may change.
MAY_CHANGE = {"preset", "generations", "time_limit_s", "workers"}


class RunningSearch:
    """A search.

    Attributes:
        settings: its settings.
        archive: the networks found.
        history: the progress after each generation or round.
    """

    def __init__(
        self, engine: Engine, settings: Settings, record: TaskRecord | None = None
    ) -> None:
        self.settings, self._record = settings, record
        self._measure = measure(settings.complexity)
        self.archive = Archive(self._measure)
        self.history: list[Progress] = []
        self._engine = engine
        self._strategy = strategy(settings, engine)
        self._evaluations = 0
        self._steps = 0
        self._evaluation_s = 0.0
        self._begin(0.0)

    def state(self) -> SearchState:
        """Return what ``restore`` takes."""
        return SearchState(
            version=checkpoint.VERSION,
            task=self._engine.spec.name,
            settings=self.settings,
            standing=self._strategy.state(),
            archive=self.archive.kept(),
            history=tuple(self.history),
            record=self._record,
        )

    def restore(self, state: SearchState, where: str) -> None:
        """Continue from a state.

        Args:
            state: the state.
            where: the run folder, for error messages.

        Raises:
            SettingsError: the state is that of another search.
        """
        if state.task != self._engine.spec.name:
            raise SettingsError(
                f"the run's task is {state.task!r}", where=where, remedy="resume it with its task"
            )
        if state.record is not None and self._record is not None:
            check_same_task(state.record, self._record, where)
        for name in type(self.settings).model_fields:
            was = getattr(state.settings, name)
            if name not in MAY_CHANGE and was != getattr(self.settings, name):
                what = short(f"the run was begun with {name} = {was}")
                raise SettingsError(what, where=where, remedy="resume it with the same settings")
        self._strategy.restore(state.standing)
        spec = self._engine.spec
        self.archive.restore(
            state.archive, lambda kept: network_of(kept.activations, kept.edges, spec)
        )
        self.history = list(state.history)
        last = self.history[-1]
        self._evaluations, self._steps = last.evaluations, last.steps
        self._evaluation_s = last.evaluation_s
        self._begin(last.elapsed_s)

    def _begin(self, elapsed_s: float) -> None:
        """Set the clock, with the time that an interrupted run has used."""
        self._started_s = time.monotonic() - elapsed_s
        self._begun_s, self._evaluated_s = elapsed_s, self._evaluation_s
        limit_s = self.settings.time_limit_s
        self._deadline_s = None if limit_s is None else self._started_s + limit_s

    @property
    def generation(self) -> int:
        """Generations done."""
        return self._strategy.generation

    @property
    def evaluating(self) -> float:
        """The share of the workers' time, since this process began, that was evaluation."""
        last = self.history[-1]
        spent_s = (last.elapsed_s - self._begun_s) * self.settings.workers
        return (last.evaluation_s - self._evaluated_s) / spent_s if spent_s > 0 else 0.0

    def advance(self) -> Progress:
        """Run a generation or a round and validate its best network.

        Raises:
            TimeoutError: the time is up.
        """
        found = self._strategy.advance(self._engine, self._deadline_s)
        self._take(found)
        best = max(found.members, key=lambda member: member.mean).network
        if not found.validated and not self.archive.holds(best):
            self._validate(self._engine, [best])
        self.history.append(self._progress(found.members))
        return self.history[-1]

    def take_rest(self) -> None:
        """Take what was found since the last whole round, and count it in the last row.

        No checkpoint contains it: a search that continues runs that round again.
        """
        found = self._strategy.rest()
        self._take(found)
        if found.validated:
            row = self._progress(found.members)
            if self.history:
                last = self.history.pop()
                row = replace(row, best_mean=last.best_mean, mean_mean=last.mean_mean)
            self.history.append(row)

    def _take(self, found: Findings) -> None:
        self._evaluations += found.evaluations
        self._steps += found.steps
        self._evaluation_s += found.evaluation_s
        self.archive.offer(found.best_of_size)
        for best_validated in found.validated:
            self.archive.add(best_validated)

    def seconds_to_validate_front(self) -> float:
        """Estimate the seconds that ``validate_front`` takes in one process at the most."""
        settings = self.settings
        episodes = settings.validation_episodes * len(self.archive.unvalidated())
        return self._evaluation_s / max(1, self._evaluations) * episodes / settings.episodes

    def validate_front(self, engine: Engine) -> None:
        """Validate the networks that scored best at each complexity. Ctrl-C skips it."""
        self._deadline_s = None
        with suppress(KeyboardInterrupt):
            self._validate(engine, self.archive.unvalidated())

    def _validate(self, engine: Engine, networks: Sequence[Network]) -> None:
        """Add networks to the archive with their scores on the validation episodes."""
        weights = validation_weights(self.settings)
        # The findings of the first round are validated even when the time is up.
        deadline_s = self._deadline_s if self.history else None
        before_s = engine.evaluation_s
        results = engine.rollouts(
            networks, weights, validation_seeds(self.settings), deadline_s, final=True
        )
        self._evaluation_s += engine.evaluation_s - before_s
        self._steps += steps_of(results)
        for network, result in zip(networks, results, strict=True):
            complexity = self._measure.of(network)
            self.archive.add(validated(network, complexity, result, self.settings))

    def _progress(self, members: Sequence[Member]) -> Progress:
        means = [member.mean for member in members]
        champion = self.archive.front()[-1]
        return Progress(
            generation=self.generation,
            evaluations=self._evaluations,
            steps=self._steps,
            evaluation_s=self._evaluation_s,
            elapsed_s=time.monotonic() - self._started_s,
            best_mean=max(means),
            mean_mean=sum(means) / len(means),
            champion_mean=champion.scores.mean_of_weights,
            connections=champion.connections,
            hidden=champion.network.hidden_count,
            generations=self.settings.generations,
            time_limit_s=self.settings.time_limit_s,
        )
