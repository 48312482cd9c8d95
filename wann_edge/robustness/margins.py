"""Gain and delay margins of a controller, measured in episodes of its task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from wann_edge.confidence import KEPT, enough
from wann_edge.network import Network, Output
from wann_edge.robustness.fresh import Fresh, fresh_episodes
from wann_edge.task import Task, final_task
from wann_edge.task.disturbances import MOST_LATENCY, Disturbances
from wann_edge.task.disturbed import disturbed
from wann_edge.task.held import Held

# Gains are powers of two. Their exponent takes steps until one is too large; then halvings refine
# the last one that works.
STEP, MOST_STEPS, HALVINGS = 0.5, 10, 3
MOST_GAIN = 2 ** (STEP * MOST_STEPS)


class Margins(NamedTuple):
    """The changes of the loop that a controller stands.

    A change is one that it stands if at least 80 % of the episodes are held; where the task
    does not say when an episode is held, if 80 % of the mean return remain.

    Attributes:
        low_gain: the least factor on all actions, at least 1/32; None where actions are
            discrete.
        high_gain: the greatest factor, at most 32; None where actions are discrete.
        delay_periods: the greatest latency of all actions, whole control periods, at most 6.
    """

    low_gain: float | None
    high_gain: float | None
    delay_periods: int


def margins_of(
    network: Network, task: Task, episodes: int, seed: int, rule: Held | None = None
) -> Margins | None:
    """Measure the margins of a network with its own weights.

    Args:
        network: the network.
        task: its task, without disturbances.
        episodes: fresh episodes for each change.
        seed: of the episodes.
        rule: when an episode is held; None for the task's own rule.

    Returns:
        The margins; None where the controller fails without any change.

    Raises:
        TaskError: the network does not fit the task.
    """
    world = final_task(task)

    def fresh(changed: Network, latency: int = 0) -> Fresh:
        given = disturbed(world, Disturbances(latency=latency))
        return fresh_episodes(changed, given, (changed.shared_weight,), episodes, seed, rule)[0]

    whole = fresh(network)
    least = float(enough(np.array(whole.mean)))

    def stands(found: Fresh) -> bool:
        share = found.held_share
        return found.mean >= least if share is None else share.held >= KEPT * share.episodes

    if not stands(whole):
        return None
    delays = range(1, MOST_LATENCY + 1)
    delay = next((d - 1 for d in delays if not stands(fresh(network, d))), MOST_LATENCY)
    if any(output.choice for output in network.outputs):
        return Margins(None, None, delay)
    low, high = (
        _last_gain(lambda gain: stands(fresh(with_gain(network, gain))), step)
        for step in (-STEP, STEP)
    )
    return Margins(low, high, delay)


def with_gain(network: Network, gain: float) -> Network:
    """Return the network with each action, as far as it differs from its safe value, multiplied.

    The bounds of actions stay.
    """
    return replace(network, outputs=tuple(_amplified(one, gain) for one in network.outputs))


def _amplified(output: Output, gain: float) -> Output:
    offset = gain * output.offset + (1 - gain) * output.safe
    return replace(output, scale=gain * output.scale, offset=offset)


def _last_gain(stands: Callable[[float], bool], step: float) -> float:
    """Return the last gain that a controller stands, from 1 on, by steps of its power of two."""
    power = 0.0
    for _ in range(MOST_STEPS):
        if not stands(2 ** (power + step)):
            break
        power += step
    else:
        return float(2**power)
    for _ in range(HALVINGS):
        step /= 2
        if stands(2 ** (power + step)):
            power += step
    return float(2**power)
