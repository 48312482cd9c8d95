"""What disturbances are in each control period of an episode: numbers drawn from its seed."""

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
    """The numbers of every episode that a seed names.

    An episode's do not depend on the others, nor one kind's on the strength of another.
    Raises TaskError where the task declares no range for what is disturbed, or has no
    parameters to vary.
    """
    if given.vary and not parameters:
        raise TaskError("has no masses or lengths to vary", where=spec.name)
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
    return Disturbance(factors, noise, lost, ages.astype(np.int32), converters, actuators)


def _spans(spec: Spec) -> Floats:
    """The width of each input's range, float32 [inputs]."""
    for one in spec.inputs:
        if not math.isfinite(one.high - one.low):
            raise TaskError(
                f"the observation {one.name!r} has no range, so noise and ADC steps have no size",
                where=spec.name,
            )
    return np.array([one.high - one.low for one in spec.inputs], np.float32)


def _converters(given: Disturbances, spec: Spec) -> Floats:
    """Of each input: low, high, steps per unit, step; a step of 0 without a converter."""
    if not given.adc:
        return np.zeros((len(spec.inputs), 4), np.float32)
    step = _spans(spec).astype(np.float64) / (2**given.adc - 1)
    lows, highs = [one.low for one in spec.inputs], [one.high for one in spec.inputs]
    return np.array([lows, highs, 1 / step, step], np.float32).T.copy()


def _actuators(given: Disturbances, spec: Spec) -> Floats:
    """Of each output: rest, low, high, dead band."""
    rows = []
    for one in spec.outputs:
        below, above = one.safe - one.low, one.high - one.safe
        if (given.limit < 1 or given.dead) and not math.isfinite(below + above):
            raise TaskError(
                f"the action {one.name!r} has no range, so it has no limit and no dead band",
                where=spec.name,
            )
        low = one.low if given.limit == 1 else one.safe - given.limit * below
        high = one.high if given.limit == 1 else one.safe + given.limit * above
        rows.append((one.safe, low, high, given.dead * max(below, above) if given.dead else -1.0))
    return np.array(rows, np.float32)
