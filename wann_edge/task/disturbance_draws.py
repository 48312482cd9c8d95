"""The random numbers of the disturbances of episodes, drawn from their seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from wann_edge.errors import TaskError
from wann_edge.kernel import Disturbance, Floats
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Spec
from wann_edge.task.disturbances import Disturbances


def draw(
    given: Disturbances, spec: Spec, parameters: Sequence[str], seeds: Sequence[int]
) -> Disturbance:
    """Draw the disturbances of the episode of each seed.

    The numbers of an episode do not depend on the other episodes, nor those of a kind on the
    strength of another kind.

    Args:
        given: the strengths.
        spec: the task's contract, whose ranges scale noise, converters and actuators.
        parameters: names of the parameters that the world can vary.
        seeds: one per episode.

    Raises:
        TaskError: a disturbed input or output has no range, or there is nothing to vary.
    """
    if given.vary and not parameters:
        raise TaskError(
            "the task has no masses or lengths to vary",
            where=spec.name,
            remedy="leave out vary",
        )
    rows, steps = len(seeds), spec.max_steps
    factors = np.ones((rows, len(parameters) if given.vary else 0), np.float32)
    noise = np.zeros((rows, steps + 1, len(spec.inputs)), np.float32)
    lost, ages = np.zeros((rows, steps + 1), np.int32), np.full((rows, steps), given.latency)
    converters, actuators = _converters(given, spec), _actuators(given, spec)
    for row, seed in enumerate(seeds):
        if given.vary:
            rng = generator(seed, Use.VARIATION)
            factors[row] = 1 + rng.uniform(-given.vary, given.vary, len(parameters))
        if given.noise:
            noise[row] = generator(seed, Use.NOISE).standard_normal(noise.shape[1:], np.float32)
        if given.drop:
            lost[row, 1:] = generator(seed, Use.DROPPED_SAMPLES).random(steps) < given.drop
        if given.jitter:
            ages[row] += generator(seed, Use.JITTER).random(steps) < given.jitter
    if given.noise:
        noise *= np.float32(given.noise) * _spans(spec)
    return Disturbance(
        factors=factors,
        noise=noise,
        lost=lost,
        ages=ages.astype(np.int32),
        converters=converters,
        actuators=actuators,
    )


def _spans(spec: Spec) -> Floats:
    """Return the width of the range of each input, float32 [inputs]."""
    for one in spec.inputs:
        if not math.isfinite(one.high - one.low):
            raise TaskError(
                f"the observation {one.name!r} has no range, which noise and adc need",
                where=spec.name,
                remedy="leave out noise and adc",
            )
    return np.array([one.high - one.low for one in spec.inputs], np.float32)


def _converters(given: Disturbances, spec: Spec) -> Floats:
    """Return low, high, 1 / step and step of each input; a step of 0 for no converter."""
    if not given.adc:
        return np.zeros((len(spec.inputs), 4), np.float32)
    step = _spans(spec).astype(np.float64) / (2**given.adc - 1)
    lows, highs = [one.low for one in spec.inputs], [one.high for one in spec.inputs]
    return np.array([lows, highs, 1 / step, step], np.float32).T.copy()


def _actuators(given: Disturbances, spec: Spec) -> Floats:
    """Return rest, low, high and dead band of each output; a dead band of -1 for none."""
    rows = []
    for one in spec.outputs:
        below, above = one.safe - one.low, one.high - one.safe
        if (given.limit < 1 or given.dead) and not math.isfinite(below + above):
            raise TaskError(
                f"the action {one.name!r} has no range, which limit and dead need",
                where=spec.name,
                remedy="leave out limit and dead",
            )
        low = one.low if given.limit == 1 else one.safe - given.limit * below
        high = one.high if given.limit == 1 else one.safe + given.limit * above
        rows.append((one.safe, low, high, given.dead * max(below, above) if given.dead else -1.0))
    return np.array(rows, np.float32)
