"""The search: generations until an end, a champion, and files."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from wann_edge.errors import SettingsError
from wann_edge.evaluate import Scores
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.search import checkpoint
from wann_edge.search.advance import Advance, steps_of, tested, validation_seeds
from wann_edge.search.archive import Archive, Tested
from wann_edge.search.complexity import measure
from wann_edge.search.generation_weights import validation_weights
from wann_edge.search.genome import network_of
from wann_edge.search.population import Member
from wann_edge.search.progress import Progress
from wann_edge.search.record import Record
from wann_edge.search.settings import Settings
from wann_edge.search.state import State
from wann_edge.search.strategy import strategy
from wann_edge.system.jsonfile import short
from wann_edge.task import Task, load_task
from wann_edge.task.disturbances import NONE
from wann_edge.task.disturbed import disturbed
from wann_edge.task.practice import Practice, practised

OnGeneration = Callable[[Progress], None]

SAVE_EVERY_S = 10.0
# Settings that a resumed run may change.
MAY_CHANGE = {"preset", "generations", "time_limit_s", "workers"}
# What testing the front may add to a search that was told to stop.
FINISH_S = 1.0


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    champion: with its best weights. scores: the champion's, on the validation
    episodes. front: the best of each complexity, the champion the last.
    stopped: "generations", "time limit" or "interrupted". evaluating: how much of the
    workers' time, in this call, was evaluation, 0 to 1.
    """

    champion: Network
    scores: Scores
    front: tuple[Tested, ...]
    stopped: str
    progress: Progress
    evaluating: float


def run_search(
    task: Task | str,
    settings: Settings,
    out_dir: Path,
    *,
    on_generation: OnGeneration | None = None,
    overwrite: bool = False,
    resume: bool = False,
) -> SearchResult:
    """Searches until the generations are done, the time is up or Ctrl-C; writes files.

    task: a task, or the name of a registered one; Engine says more.
    on_generation: called after each generation.
    resume: go on from the last checkpoint in ``out_dir``, where ``settings`` may differ
    from those of the run in its end and its workers only.

    Raises SettingsError when ``out_dir`` holds a run and neither ``overwrite`` nor
    ``resume`` is set, when there is no checkpoint or one of other settings to resume,
    or when the time was too short for one generation; KeyboardInterrupt when
    interrupted before one was done; TaskError when the task fails.
    """
    with Engine(_changed(task, settings), settings.workers) as engine:
        record = Record(out_dir, engine.spec.name, engine.final_name, settings)
        search = _Search(engine, settings)
        if resume:
            search.restore(checkpoint.load(out_dir), str(out_dir))
        else:
            record.begin(overwrite=overwrite)
        stopped = "failed"
        try:
            stopped = _until_stopped(search, record, on_generation)
        finally:
            _keep(search, record, stopped)
        evaluating = search.evaluating
        if stopped == "generations":
            search.test_front(engine)
        elif search.seconds_to_test_front() <= FINISH_S:
            # Workers that were broken off are gone; to start others takes longer.
            search.test_front(engine if engine.ready else Engine(_changed(task, settings)))
    _keep(search, record, stopped)
    front = search.archive.front()
    record.save_front(front)
    return SearchResult(
        record.shipped(front[-1]),
        front[-1].scores,
        tuple(front),
        stopped,
        search.history[-1],
        evaluating,
    )


def _changed(task: Task | str, settings: Settings) -> Task | str:
    """The task as the settings change it."""
    if settings.practice == Practice() and settings.disturbances == NONE:
        return task
    made = load_task(task) if isinstance(task, str) else task
    return practised(disturbed(made, settings.disturbances), settings.practice)


def _until_stopped(search: _Search, record: Record, on_generation: OnGeneration | None) -> str:
    """Runs generations; gives the reason of the end."""
    saved_s = time.monotonic()
    try:
        while search.generation != search.settings.generations:
            progress = search.advance()
            if on_generation is not None:
                on_generation(progress)
            checkpoint.save(record.folder, search.state())
            if time.monotonic() > saved_s + SAVE_EVERY_S:
                _keep(search, record, "running")
                saved_s = time.monotonic()
    except TimeoutError as error:
        whole_steps = len(search.history)
        search.take_rest()
        if search.history:
            if not whole_steps:
                # None is there; the islands in it are as they were at the beginning.
                checkpoint.save(record.folder, search.state())
            return "time limit"
        raise SettingsError(
            f"{search.settings.time_limit_s} s are too short for one generation",
            where="time_limit_s",
            remedy="give more time, or a smaller population",
        ) from error
    except KeyboardInterrupt:
        if search.history:
            return "interrupted"
        raise
    return "generations"


def _keep(search: _Search, record: Record, stopped: str) -> None:
    if search.history:
        record.save(stopped, search.history, search.archive.front()[-1])
    else:
        record.discard()


class _Search:
    """The state of a search: all but its files."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.settings = settings
        self._measure = measure(settings.complexity)
        self.archive = Archive(self._measure)
        self.history: list[Progress] = []
        self._engine = engine
        self._strategy = strategy(settings, engine)
        self._evaluations = 0
        self._steps = 0
        self._evaluation_s = 0.0
        self._begin(0.0)

    def state(self) -> State:
        """All that ``restore`` needs."""
        return State(
            version=checkpoint.VERSION,
            task=self._engine.spec.name,
            settings=self.settings,
            standing=self._strategy.standing(),
            archive=self.archive.kept(),
            history=tuple(self.history),
        )

    def restore(self, state: State, where: str) -> None:
        """Goes on from a state. Raises SettingsError when it is of another search."""
        if state.task != self._engine.spec.name:
            raise SettingsError(f"the run's task is {state.task!r}", where=where)
        for name in type(self.settings).model_fields:
            was = getattr(state.settings, name)
            if name not in MAY_CHANGE and was != getattr(self.settings, name):
                told = short(f"the run was begun with {name} = {was}")
                raise SettingsError(told, where=where)
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
        """Sets the clock, with what an interrupted run has used already."""
        self._started_s = time.monotonic() - elapsed_s
        self._begun_s, self._evaluated_s = elapsed_s, self._evaluation_s
        limit_s = self.settings.time_limit_s
        self._deadline_s = None if limit_s is None else self._started_s + limit_s

    @property
    def generation(self) -> int:
        """How many generations have been run."""
        return self._strategy.generation

    @property
    def evaluating(self) -> float:
        """How much of the workers' time was evaluation, since this process began."""
        last = self.history[-1]
        spent_s = (last.elapsed_s - self._begun_s) * self.settings.workers
        return (last.evaluation_s - self._evaluated_s) / spent_s if spent_s > 0 else 0.0

    def advance(self) -> Progress:
        """A step of the strategy, its best tested. Raises TimeoutError when the time is up."""
        found = self._strategy.advance(self._engine, self._deadline_s)
        self._take(found)
        best = max(found.members, key=lambda member: member.mean).network
        if not found.tested and not self.archive.holds(best):
            self._test(self._engine, [best])
        self.history.append(self._progress(found.members))
        return self.history[-1]

    def take_rest(self) -> None:
        """Takes what was found beyond the last whole step; the last row tells of it.

        It is in no checkpoint: a search that goes on does it again, in its place.
        """
        found = self._strategy.rest()
        self._take(found)
        if found.tested:
            row = self._progress(found.members)
            if self.history:
                last = self.history.pop()
                row = replace(row, best_mean=last.best_mean, mean_mean=last.mean_mean)
            self.history.append(row)

    def _take(self, found: Advance) -> None:
        self._evaluations += found.evaluations
        self._steps += found.steps
        self._evaluation_s += found.evaluation_s
        self.archive.offer(found.best_of_size)
        for best_tested in found.tested:
            self.archive.add(best_tested)

    def seconds_to_test_front(self) -> float:
        """What ``test_front`` may take in one process at the most, by what evaluations took."""
        settings = self.settings
        episodes = settings.validation_episodes * len(self.archive.untested())
        return self._evaluation_s / self._evaluations * episodes / settings.episodes

    def test_front(self, engine: Engine) -> None:
        """Tests what scored best for each complexity. Ctrl-C leaves it out."""
        self._deadline_s = None
        with suppress(KeyboardInterrupt):
            self._test(engine, self.archive.untested())

    def _test(self, engine: Engine, networks: Sequence[Network]) -> None:
        """Adds networks to the archive with their scores on the validation episodes."""
        weights = validation_weights(self.settings)
        # What the first round found is tested even when the time is up.
        deadline_s = self._deadline_s if self.history else None
        before_s = engine.evaluation_s
        results = engine.rollouts(
            networks, weights, validation_seeds(self.settings), deadline_s, final=True
        )
        self._evaluation_s += engine.evaluation_s - before_s
        self._steps += steps_of(results)
        for network, result in zip(networks, results, strict=True):
            self.archive.add(tested(network, self._measure.of(network), result, self.settings))

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
