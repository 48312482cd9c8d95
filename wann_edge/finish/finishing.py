"""The finish of a search: tunes and prunes the linear law and the front, and rates the results."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from wann_edge.baselines.linear import linear
from wann_edge.finish.controllers import RatedController, chosen, front_of, rated
from wann_edge.finish.race import TunedRun, peaks_of_each, race
from wann_edge.network import Network
from wann_edge.parallel.engine import Engine
from wann_edge.robustness.validate import possible
from wann_edge.task.disturbances import Disturbances
from wann_edge.task.held import Held
from wann_edge.tune.prune import Pruning, episodes_for, prune

# What a carefully built machine with cheap parts does to a controller at least.
MILD = Disturbances(vary=0.2, noise=0.01, adc=10, latency=1)
# Shares of the finish at which the race of the linear law, the race of the front, and the pruning
# of the law end. The rest prunes the best of the front.
LINEAR_END, RACE_END, LAW_PRUNED = 0.15, 0.7, 0.8
# Of a race, for the shared weights that it begins at.
PEAKS_SHARE = 0.1
# Pruning goes on until a controller is so many times worse than one that counts as good.
PRUNE_FURTHER = 3
# A pruning of fewer candidates removes no connection.
LEAST_PRUNING = 300
# Networks of the front with their best shared weight, which are rated beside the tuned ones.
UNTUNED = 4

CHAMPION, LINEAR, FRONT = "champion", "linear law", "front"
# First steps of the runs of CMA-ES; the linear law begins far from what it will be.
FIRST_STEPS = {LINEAR: (0.3, 1.0), FRONT: (0.3,)}


@dataclass(frozen=True)
class FinishSettings:
    """The settings of a finish.

    Attributes:
        seed: every random number derives from it.
        steps: the budget in steps of the task; episodes count as if none ended early.
        within: a controller within this share of the best counts as equally good.
        core: the core whose cost is estimated.
        time_limit_s: the budget in seconds; None for no limit.
        disturbances: the second condition, as far as the task supports it.
        rule: when an episode is held; None where nobody says.
    """

    seed: int
    steps: float
    within: float
    core: str
    time_limit_s: float | None = None
    disturbances: Disturbances = MILD
    rule: Held | None = None


@dataclass(frozen=True)
class FinishProgress:
    """How far a finish is.

    Attributes:
        stage: what it does, such as "tune the front".
        share_done: of the whole finish, 0 to 1.
        best: the mean return over both conditions of the best controller of this stage.
        connections: of that controller.
        elapsed_s: seconds since the start.
        time_limit_s: the limit, or None.
    """

    stage: str
    share_done: float
    best: float
    connections: int
    elapsed_s: float
    time_limit_s: float | None


@dataclass(frozen=True)
class FinishResult:
    """The result of a finish.

    Attributes:
        front: the controllers that no smaller one equals, and the one that is handed over.
        controller: the one that is handed over.
        linear: the smallest linear law that is as good as the best linear law.
        champion: the champion of the search, as it is.
        disturbances: of the second condition; none if the task supports none.
        settings: of the finish.
    """

    front: tuple[RatedController, ...]
    controller: RatedController
    linear: RatedController
    champion: RatedController
    disturbances: Disturbances
    settings: FinishSettings

    @property
    def is_linear(self) -> bool:
        """Whether the controller is a linear law."""
        return _is_linear(self.controller)


OnFinish = Callable[[FinishProgress], None]


def finish(
    networks: Sequence[Network],
    engine: Engine,
    settings: FinishSettings,
    on_progress: OnFinish = lambda progress: None,
) -> FinishResult:
    """Turn the front of a search into a controller.

    The linear law and the networks of the front are tuned under two conditions: the plain task,
    and mild disturbances. The best of each are pruned, and all are rated on fresh episodes. The
    same seed gives the same controllers for any number of workers, unless time ends it.

    Args:
        networks: the front; the last one is the champion.
        engine: runs the episodes of its task, which is the plain one, in all its workers.
        settings: the settings.
        on_progress: called after each stage.

    Raises:
        TaskError: a network does not fit the task, or the task fails.
        KeyboardInterrupt: interrupted.
    """
    return _Finish(engine, settings, on_progress).run(networks)


def _is_linear(controller: RatedController) -> bool:
    return controller.origin.startswith(LINEAR)


@dataclass
class _Finish:
    engine: Engine
    settings: FinishSettings
    on_progress: OnFinish
    found: list[RatedController] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._began_s = time.monotonic()
        self.given, _ = possible(self.engine.task, self.settings.disturbances)
        self._episodes = self.settings.steps / self.engine.spec.max_steps

    def run(self, networks: Sequence[Network]) -> FinishResult:
        self._champion = networks[-1]
        self._rate(CHAMPION, self._champion)
        law = self._race(LINEAR, [self._linear_law()], 0, LINEAR_END)
        bare = [replace(one, weights=None).without_dead_nodes() for one in networks]
        front = [one for one in bare if len(one.edges) > 1]
        best = self._race(FRONT, front, LINEAR_END, RACE_END) if front else []
        self._prune(LINEAR, law[0].network, RACE_END, LAW_PRUNED)
        if best:
            self._prune(FRONT, best[0].network, LAW_PRUNED, 1.0)
        return self._result()

    def _linear_law(self) -> Network:
        """Return the linear law with the channels of the champion, whose scales are searched."""
        law = linear(self.engine.spec)
        return replace(law, inputs=self._champion.inputs, outputs=self._champion.outputs)

    def _result(self) -> FinishResult:
        laws = [one for one in self.found if _is_linear(one)]
        controller, front = chosen(self.found, self.settings.within), front_of(self.found)
        if controller not in front:
            front = sorted([*front, controller], key=lambda one: (one.connections, one.value))
        return FinishResult(
            front=tuple(front),
            controller=controller,
            linear=chosen(laws, self.settings.within),
            champion=self.found[0],
            disturbances=self.given,
            settings=self.settings,
        )

    def _race(
        self, name: str, networks: Sequence[Network], begin: float, end: float
    ) -> list[TunedRun]:
        """Tune topologies in a race that takes this part of the finish; rate the best ones."""
        seed, given = self.settings.seed, self.given
        budget = (end - begin) * self._episodes
        starts = peaks_of_each(
            networks, self.engine, given, seed=seed, episodes=PEAKS_SHARE * budget
        )
        self._rate_all(f"{name}, shared weight", [one.network for one in starts[:UNTUNED]])

        def on_stage(share: float, best: TunedRun) -> None:
            done = begin + share * (end - begin)
            self._report(f"tune the {name}", done, best.value, best.network)

        left = race(
            starts,
            self.engine,
            given,
            seed=seed,
            first_steps=FIRST_STEPS[name],
            episodes=(1 - PEAKS_SHARE) * budget,
            within=self.settings.within,
            deadline_s=self._deadline_s(end),
            on_stage=on_stage,
        )
        self._rate_all(f"{name}, tuned", [one.network for one in left])
        return left

    def _prune(self, name: str, network: Network, begin: float, end: float) -> None:
        """Prune a controller in this part of the finish; rate each one that is reached."""
        settings, deadline_s = self.settings, self._deadline_s(end)
        conditions = 1 + bool(self.given.strengths)
        most = (end - begin) * self._episodes / (conditions * episodes_for(self.engine.task))
        if most < LEAST_PRUNING:
            return
        how = Pruning(PRUNE_FURTHER * settings.within, self.given)
        for reached in prune(network, self.engine, how, seed=settings.seed):
            if len(reached.network.edges) < len(network.edges):
                self._rate(f"{name}, pruned", reached.network)
            done = begin + (end - begin) * min(1.0, reached.evaluations / most)
            value = float(reached.means.mean())
            self._report(f"prune the {name}", done, value, reached.network)
            late = deadline_s is not None and time.monotonic() > deadline_s
            if late or reached.evaluations > most:
                break

    def _rate_all(self, origin: str, networks: Sequence[Network]) -> None:
        """Rate the first network, and the others while there is time."""
        for place, network in enumerate(networks):
            deadline_s = self._deadline_s(1)
            if place == 0 or deadline_s is None or time.monotonic() < deadline_s:
                self._rate(origin, network)

    def _rate(self, origin: str, network: Network) -> None:
        settings = self.settings
        searched = {k: v for k, v in self._champion.provenance.items() if k != "scores"}
        made = {"origin": origin, "disturbances": str(self.given), "within": settings.within}
        one = rated(
            origin,
            replace(
                network,
                provenance={**searched, "finish": made},
                task=self._champion.task,
                hashes=self._champion.hashes,
            ),
            self.engine,
            self.given,
            seed=settings.seed,
            core=settings.core,
            rule=settings.rule,
        )
        self.found.append(one)

    def _deadline_s(self, share: float) -> float | None:
        limit_s = self.settings.time_limit_s
        return None if limit_s is None else self._began_s + share * limit_s

    def _report(self, stage: str, done: float, best: float, network: Network) -> None:
        self.on_progress(
            FinishProgress(
                stage=stage,
                share_done=done,
                best=best,
                connections=len(network.edges),
                elapsed_s=time.monotonic() - self._began_s,
                time_limit_s=self.settings.time_limit_s,
            )
        )
