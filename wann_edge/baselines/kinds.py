"""Kinds of baselines: what defines one, and how it is tuned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, cast

from wann_edge.network import Network, with_single_weights
from wann_edge.registry import load
from wann_edge.task import Task, final_task
from wann_edge.task.disturbances import NONE, Disturbances
from wann_edge.task.disturbed import disturbed
from wann_edge.tune.core import OnTuningProgress, Tuned
from wann_edge.tune.one_network import tune_numbers
from wann_edge.tune.weight_grid import scattered


class Pair(NamedTuple):
    """The inputs that one output of a PID controller depends on.

    Attributes:
        inputs: the controlled input; then, where they are named, its derivative and integral.
        output: the name of the output.
    """

    inputs: tuple[str, ...]
    output: str


@dataclass(frozen=True)
class Choices:
    """What the user chooses about baselines.

    Attributes:
        layers: sizes of the hidden layers of a dense network.
        bias: whether a linear network has a bias.
        pairs: of a PID controller.
        seed: every random number derives from it.
    """

    layers: tuple[int, ...] = (10,)
    bias: bool = True
    pairs: tuple[Pair, ...] = ()
    seed: int = 0


class Plan(NamedTuple):
    """A controller whose numbers are to be tuned.

    Attributes:
        network_of: returns the network of some numbers.
        starts: numbers to try first, one or more rows.
        note: what the user should know about the controller, or "".
    """

    network_of: Callable[[Sequence[float]], Network]
    starts: Sequence[Sequence[float]]
    note: str = ""

    @property
    def numbers(self) -> int:
        """How many numbers are tuned."""
        return len(self.starts[0])


# A kind of baseline: a plan for a task without disturbances.
Kind = Callable[[Task, Choices], Plan]


def plan_of(kind: str, task: Task, choices: Choices) -> Plan:
    """Return the plan of a registered kind.

    Raises:
        SettingsError: the kind is unknown, or a choice does not suit it.
        TaskError: the task does not suit the kind.
    """
    return cast("Kind", load("baselines", kind))(task, choices)


def single_weights(network: Network, note: str = "") -> Plan:
    """Return the plan to tune all connections of a network."""
    starts = [[weight] * len(network.edges) for weight in scattered()]
    return Plan(partial(with_single_weights, network), starts, note)


def tuned_baseline(
    kind: str,
    plan: Plan,
    task: Task,
    *,
    seed: int,
    disturbances: Disturbances = NONE,
    evaluations: int | None = None,
    time_limit_s: float | None = None,
    on_progress: OnTuningProgress | None = None,
) -> Tuned:
    """Tune a baseline on the training episodes of ``tune``.

    Args:
        kind: its registered name, for the provenance.
        plan: its plan.
        task: the task.
        seed: every random number derives from it.
        disturbances: of the training episodes.
        evaluations: stop after this many candidates; None for the usual number, or for no
            limit where there is a time limit.
        time_limit_s: stop after this many seconds; None for no limit.
        on_progress: called after each evaluation.
    """
    world = task if disturbances == NONE else disturbed(final_task(task), disturbances)
    tuned = tune_numbers(
        plan.network_of,
        plan.starts,
        world,
        seed=seed,
        evaluations=evaluations,
        time_limit_s=time_limit_s,
        on_progress=on_progress,
    )
    provenance = {
        **tuned.network.provenance,
        "baseline": kind,
        "numbers": plan.numbers,
        "disturbances": str(disturbances),
    }
    return replace(tuned, network=replace(tuned.network, provenance=provenance))
