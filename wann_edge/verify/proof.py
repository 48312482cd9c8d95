"""Compares artefacts with the kernel: on inputs, then in the task's closed loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple, cast

import numpy as np

from wann_edge.errors import MissingError, TaskError, ToolError, VerifyError
from wann_edge.evaluate import (
    PAPER_WEIGHTS,
    ForwardPolicy,
    check_repeats,
    episode_seeds,
    rollouts,
    run_episode,
)
from wann_edge.exporters import Optimize
from wann_edge.kernel import ACTIVATIONS, Floats
from wann_edge.network import Network
from wann_edge.registry import load
from wann_edge.task import Task, check_fit, final_task
from wann_edge.task.open_world import opened
from wann_edge.verify.inputs import verification_inputs
from wann_edge.verify.outcome import Artefact, Check, Loop, Target, Verification

# Beside the paper's weights: products with a power of two are exact, so those weights would not
# show a sum or a product taken in another order.
ODD_WEIGHTS = (-1.7, 0.3)
# Rounding decides the sign of a step function's argument this near to 0, of terms of size 1.
STEP_BAND = 1e-4

Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def prove(
    network: Network,
    targets: Sequence[str],
    *,
    task: Task | None = None,
    episodes: int = 100,
    seed: int = 0,
    require: bool = True,
    on_check: Callable[[str], None] = lambda what: None,
    optimize: Optimize = "size",
) -> Verification:
    """Export the network for each target, build it, run it and compare it with the kernel.

    Args:
        network: the network to export.
        targets: names of targets.
        task: supplies typical states and the closed loop; None for inputs drawn from the
            declared bounds and no loop.
        episodes: number of episodes of the closed loop.
        seed: inputs and episodes derive from it.
        require: whether a target whose parts are not installed is a failed check, not a skipped
            one.
        on_check: called with the target's name before its checks.
        optimize: what a C header is exported for.

    Returns:
        The checks of all artefacts of all targets.

    Raises:
        SettingsError: a target is unknown.
        TaskError: the network does not fit the task.
    """
    task = None if task is None else final_task(task)
    kinds = {name: _loaded(name) for name in targets}
    kernel = Reference(network, task, episode_seeds(seed, episodes), seed)
    checks: list[Check] = []
    for name, kind in kinds.items():
        on_check(name)
        if isinstance(kind, MissingError):
            checks.append(_lacking(name, kind, require=require))
        else:
            checks.extend(_check_target(name, kind(), kernel, optimize, require=require))
    return Verification(tuple(checks))


def _loaded(name: str) -> type[Target] | MissingError:
    """Return the target of a name, or what prevents its import."""
    try:
        return cast("type[Target]", load("targets", name))
    except MissingError as error:
        return error


def _lacking(name: str, error: MissingError, *, require: bool) -> Check:
    """Return the check of a target without its parts."""
    if require:
        return Check(name, "", fault=str(error), tried=False)
    return Check(name, "", skipped=str(error))


class Reference:
    """The kernel's results, with which every artefact is compared.

    Attributes:
        observations: float32 [n, inputs]; every input with every weight.
        weights: float32 [n].
        actions: float32 [n, outputs].
        ordinary: bool [n]; inputs on which an inexact artefact must agree in value.
        near_step: bool [n]; inputs where a step function's argument is within STEP_BAND of 0.
    """

    def __init__(
        self, network: Network, task: Task | None, seeds: Sequence[int], seed: int
    ) -> None:
        if task is not None:
            check_fit(network, task.spec)
        inputs = verification_inputs(network, task, seed)
        agnostic = PAPER_WEIGHTS if network.weights is None else ()
        weights = [network.shared_weight, *ODD_WEIGHTS, *agnostic]
        count = len(inputs.observations)
        self.network, self.task, self.seeds = network, task, seeds
        self.observations: Floats = np.tile(inputs.observations, (len(weights), 1))
        self.weights: Floats = np.repeat(np.array(weights, np.float32), count)
        self.ordinary: Flags = np.tile(np.arange(count) < inputs.ordinary, len(weights))
        self.actions, sums = network.program.forward_with_sums(self.observations, self.weights)
        steps = [ACTIVATIONS[name].is_step for name in network.without_dead_nodes().activations]
        self.near_step: Flags = np.any(np.abs(sums[:, steps]) < STEP_BAND, axis=1, keepdims=False)

    @cached_property
    def returns(self) -> Floats:
        """Return float32 [episodes]: the return of each episode; empty without a task."""
        if self.task is None:
            return np.empty(0, np.float32)
        weights = [self.network.shared_weight]
        returns: Floats = rollouts(self.network, self.task, weights, self.seeds).returns[0]
        return returns

    @cached_property
    def unsteady(self) -> str:
        """Return how the kernel's own returns differ from run to run; "" where they do not."""
        if self.task is None:
            return ""
        try:
            check_repeats(self.network, self.task, self.seeds, self.returns)
        except TaskError as error:
            return str(error)
        return ""


def _check_target(
    name: str, target: Target, kernel: Reference, optimize: Optimize, *, require: bool
) -> Iterator[Check]:
    """Yield the checks of a target; an artefact that can't be built is a failed check."""
    try:
        with target.artefacts(kernel.network, optimize) as artefacts:
            for artefact in artefacts:
                yield _check_artefact(name, artefact, kernel)
    except MissingError as error:
        yield _lacking(name, error, require=require)
    except ToolError as error:
        yield Check(name, "", fault=str(error), tried=False)
    except VerifyError as error:
        yield Check(name, "", fault=str(error))


def _check_artefact(name: str, artefact: Artefact, kernel: Reference) -> Check:
    found = artefact.forward(kernel.observations, kernel.weights)
    compare = _compare_values if artefact.tolerance else _compare_bits
    difference = compare(kernel, found, artefact.tolerance)
    loop = _close_loop(artefact, kernel, kernel.task) if kernel.task else None
    faults = artefact.faults()
    unsteady = ""
    if loop is not None and not loop.ok and not difference.mismatches and not faults:
        unsteady = kernel.unsteady
    return Check(
        target=name,
        artefact=artefact.name,
        inputs=len(found),
        mismatches=difference.mismatches,
        step_flips=difference.step_flips,
        max_difference=difference.worst,
        tolerance=artefact.tolerance,
        loop=loop,
        fault=unsteady or "; ".join(faults),
        tried=not unsteady,
    )


class _Difference(NamedTuple):
    """Inputs that differ, those that differ by a step's flip, and the largest other difference."""

    mismatches: int
    step_flips: int
    worst: float


def _compare_bits(kernel: Reference, found: Floats, tolerance: float) -> _Difference:
    wrong = (kernel.actions.view(np.uint32) != found.view(np.uint32)).any(axis=1)
    difference = np.abs(kernel.actions.astype(np.float64) - found)
    return _Difference(int(wrong.sum()), 0, float(np.nanmax(difference, initial=0.0)))


def _compare_values(kernel: Reference, found: Floats, tolerance: float) -> _Difference:
    """Compare values on ordinary inputs; on all others, demand finite values in bounds."""
    low = np.array([output.low for output in kernel.network.outputs])
    high = np.array([output.high for output in kernel.network.outputs])
    span = np.where(np.isfinite(high - low) & (high > low), high - low, 1.0)
    difference = (np.abs(kernel.actions.astype(np.float64) - found) / span).max(axis=1)
    differs = ~(difference <= tolerance) & kernel.ordinary
    flipped = differs & kernel.near_step
    inside = (found >= low - tolerance * span) & (found <= high + tolerance * span)
    wrong = (differs & ~flipped) | ~inside.all(axis=1)
    worst = difference[kernel.ordinary & ~flipped].max(initial=0.0)
    return _Difference(int(wrong.sum()), int(flipped.sum()), float(worst))


def _close_loop(artefact: Artefact, kernel: Reference, task: Task) -> Loop | None:
    """Run the kernel's episodes again with the artefact.

    An exact artefact must reach each episode's return to the bit; another one a mean return
    within 3 standard errors of the difference.
    """
    if not artefact.in_loop:
        return None
    policy = ForwardPolicy(artefact.forward, kernel.network.shared_weight)
    seeds = kernel.seeds[: artefact.most_episodes]
    with opened(task.world()) as world:
        found = [run_episode(policy, world, seed, task.spec.max_steps)[0] for seed in seeds]
    theirs, ours = np.array(found, np.float64), kernel.returns[: len(seeds)].astype(np.float64)
    equal = int((ours == theirs).sum())
    if artefact.tolerance == 0:
        ok = equal == len(ours)
    else:
        error = np.sqrt((ours.var() + theirs.var()) / max(1, len(ours) - 1))
        ok = bool(abs(ours.mean() - theirs.mean()) <= 3 * error)
    return Loop(
        episodes=len(ours),
        mean_reward=float(theirs.mean()),
        kernel_mean_reward=float(ours.mean()),
        equal_episodes=equal,
        ok=ok,
    )
