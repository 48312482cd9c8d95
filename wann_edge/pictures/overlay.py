"""One picture of several controllers: their observations and actions over time, overlaid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from wann_edge.evaluate import run_episode
from wann_edge.kernel import Floats
from wann_edge.pictures.drawing import BLUE, GREY, INK, ORANGE, PAPER, font
from wann_edge.task import Picture, Policy, Spec, Task, World
from wann_edge.task.open_world import opened

COLOURS = (BLUE, ORANGE, "#2a8c4a", "#b03060", "#7a5fb0", "#807020", "#20808c", INK)
# Pixels: the names at the left, a panel, the gap between panels, a signal, the text above.
NAMES, PANEL, GAP, ROW, TOP = 190, 440, 20, 64, 52
# More inputs than this are left out.
MOST_INPUTS = 12


class Trace(NamedTuple):
    """An episode of a controller.

    Attributes:
        seen: the observations, float32 [inputs] each.
        done: the actions, float32 [outputs] each.
    """

    seen: Sequence[Floats]
    done: Sequence[Floats]


class Panel(NamedTuple):
    """The episodes of all controllers under one condition, which the title names."""

    title: str
    traces: Sequence[Trace]


class _RecordedWorld:
    """A world that keeps what is observed and done."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.seen: list[Floats] = []
        self.done: list[Floats] = []

    def reset(self, seed: int) -> Floats:
        """Start the episode of this seed, and return the first observation."""
        observation = self._world.reset(seed)
        self.seen.append(observation.copy())
        return observation

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period: observation, reward, whether the episode is over."""
        self.done.append(action.copy())
        found = self._world.step(action)
        self.seen.append(found[0].copy())
        return found


def trace_of(policy: Policy, task: Task, seed: int) -> Trace:
    """Run the episode of a seed, and return what was observed and done."""
    with opened(task.world()) as world:
        recorded = _RecordedWorld(world)
        run_episode(policy, recorded, seed, task.spec.max_steps)
    return Trace(recorded.seen, recorded.done)


def overlay(spec: Spec, names: Sequence[str], panels: Sequence[Panel]) -> Picture:
    """Draw a row for each input and output, a panel for each condition, a colour for each name.

    Args:
        spec: the task's description.
        names: of the controllers.
        panels: with a trace of each controller.
    """
    inputs = min(len(spec.inputs), MOST_INPUTS)
    labels = [one.name for one in spec.inputs[:inputs]] + [one.name for one in spec.outputs]
    width = NAMES + len(panels) * (PANEL + GAP)
    image = Image.new("RGB", (width, TOP + ROW * len(labels) + 8), PAPER)
    pen = ImageDraw.Draw(image)
    _legend(pen, names)
    curves = [[_curves(trace, inputs) for trace in panel.traces] for panel in panels]
    for place, panel in enumerate(panels):
        pen.text((NAMES + place * (PANEL + GAP), 30), panel.title, INK, font=font(12))
    for row, label in enumerate(labels):
        found = [[curve[row] for curve in of_panel] for of_panel in curves]
        base = TOP + ROW * (row + 1)
        low, high = _range(found)
        pen.text((8, base - 44), label[:24], INK, font=font(13))
        pen.text((8, base - 24), f"{low:.3g} to {high:.3g}", INK, font=font(11))
        for place, of_panel in enumerate(found):
            left = NAMES + place * (PANEL + GAP)
            pen.line((left, base, left + PANEL, base), GREY, 1)
            for values, colour in zip(of_panel, _colours(len(of_panel)), strict=True):
                points = _points(values, (left, base), (low, high), spec.max_steps)
                if len(points) > 1:
                    pen.line(points, colour, 2)
    return np.asarray(image)


def _legend(pen: ImageDraw.ImageDraw, names: Sequence[str]) -> None:
    at = 8.0
    for name, colour in zip(names, _colours(len(names)), strict=True):
        pen.line((at, 17, at + 24, 17), colour, 4)
        pen.text((at + 30, 8), name[:40], INK, font=font(13))
        at += 54 + pen.textlength(name[:40], font=font(13))


def _colours(count: int) -> list[str]:
    return [COLOURS[index % len(COLOURS)] for index in range(count)]


def _curves(trace: Trace, inputs: int) -> list[Floats]:
    """Return the values of each shown input, then of each output, over the steps."""
    return [*np.array(trace.seen).T[:inputs], *np.array(trace.done).T]


def _range(found: Sequence[Sequence[Floats]]) -> tuple[float, float]:
    """Return the least and the greatest finite value of all curves."""
    values = np.concatenate([values for of_panel in found for values in of_panel])
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _points(
    values: Floats, corner: tuple[float, float], bounds: tuple[float, float], steps: int
) -> list[tuple[float, float]]:
    """Return the points of a curve; corner is the lower left one of its field."""
    low, high = bounds
    stride = max(1, len(values) // PANEL)
    return [
        (
            corner[0] + PANEL * step / steps,
            corner[1] - 4 - (ROW - 12) * (float(values[step]) - low) / (high - low),
        )
        for step in range(0, len(values), stride)
        if np.isfinite(values[step])
    ]
