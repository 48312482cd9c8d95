"""Draw worlds that can't draw themselves, from their observations. Needs Pillow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from wann_edge.kernel import Floats
from wann_edge.task import Picture, Spec, World
from wann_edge.task.open_world import close

WIDTH, HEIGHT = 640, 360
PAPER, INK, GREY, BLUE, ORANGE = "#ffffff", "#222222", "#c8c8c8", "#3355aa", "#e08020"

# Draws a picture from the observations and the actions so far, the last one included.
Draw = Callable[[Spec, Sequence[Floats], Sequence[Floats]], Picture]


class DrawnWorld:
    """A world whose pictures are drawn from its observations and actions."""

    def __init__(self, world: World, spec: Spec) -> None:
        self._world, self._spec, self._draw = world, spec, drawing_for(spec)
        self._seen: list[Floats] = []
        self._done: list[Floats] = []

    def reset(self, seed: int) -> Floats:
        """Start the episode of this seed, and return the first observation."""
        observation = self._world.reset(seed)
        self._seen, self._done = [observation.copy()], []
        return observation

    def step(self, action: Floats) -> tuple[Floats, np.float32, bool]:
        """Run one control period: observation, reward, whether the episode is over."""
        self._done.append(action.copy())
        observation, reward, over = self._world.step(action)
        self._seen.append(observation.copy())
        return observation, reward, over

    def close(self) -> None:
        """Close the simulator's world."""
        close(self._world)

    def picture(self) -> Picture:
        """Draw the world as it is now."""
        return self._draw(self._spec, self._seen, self._done)


def drawing_for(spec: Spec) -> Draw:
    """Choose how to draw a task: a cart with its pole, or curves over time for any other."""
    names = {channel.name for channel in spec.inputs}
    return cart_pole if {"position", "angle_cos", "angle_sin"} <= names else signals


def captioned(picture: Picture, text: str) -> Picture:
    """Return the picture with a line of text at its upper edge."""
    image = Image.fromarray(picture)
    pen = ImageDraw.Draw(image)
    box = pen.textbbox((8, 6), text, font=font(14))
    pen.rectangle((box[0] - 4, box[1] - 3, box[2] + 4, box[3] + 3), fill=PAPER)
    pen.text((8, 6), text, INK, font=font(14))
    return np.asarray(image)


def cart_pole(spec: Spec, seen: Sequence[Floats], done: Sequence[Floats]) -> Picture:
    """Draw a cart with its pole on a track, and the force below; a positive angle leans left."""
    index = {channel.name: number for number, channel in enumerate(spec.inputs)}
    now = seen[-1]
    x, cosine, sine = (float(now[index[name]]) for name in ("position", "angle_cos", "angle_sin"))
    track = spec.inputs[index["position"]].high
    image, pen = _page()
    unit = WIDTH / (2.3 * track)
    rail, length, middle = HEIGHT * 0.6, 0.6 * unit, WIDTH / 2 + x * unit
    pen.line((WIDTH / 2 - track * unit, rail, WIDTH / 2 + track * unit, rail), GREY, 4)
    pen.rectangle((middle - 26, rail - 14, middle + 26, rail + 14), fill=BLUE)
    pen.line((middle, rail, middle - length * sine, rail - length * cosine), ORANGE, 8)
    if done:
        end = middle + 60 * float(np.clip(done[-1][0], -1, 1))
        pen.line((middle, rail + 32, end, rail + 32), INK, 3)
        pen.ellipse((end - 4, rail + 28, end + 4, rail + 36), fill=INK)
    return np.asarray(image)


def signals(spec: Spec, seen: Sequence[Floats], done: Sequence[Floats]) -> Picture:
    """Draw each observation and action as a curve over the episode; twelve rows at most."""
    rows = [
        *(
            (channel.name, BLUE, [float(each[i]) for each in seen])
            for i, channel in enumerate(spec.inputs)
        ),
        *(
            (channel.name, ORANGE, [float(each[i]) for each in done])
            for i, channel in enumerate(spec.outputs)
        ),
    ]
    shown = rows[: 12 - len(spec.outputs)] + rows[len(spec.inputs) :] if len(rows) > 12 else rows
    image, pen = _page()
    top, height = 30, (HEIGHT - 36) / len(shown)
    for number, (name, colour, values) in enumerate(shown):
        base = top + height * (number + 1)
        pen.line((180, base, WIDTH - 10, base), GREY, 1)
        now = f"{values[-1]:9.3g}" if values else ""
        pen.text((8, base - height / 2 - 7), f"{name[:18]} {now}", INK, font=font(12))
        pen.line(_curve(values, spec.max_steps, base, height * 0.9), colour, 2)
    return np.asarray(image)


def _curve(values: Sequence[float], steps: int, base: float, height: float) -> list[float]:
    """The points of a curve, x and y in turn, between its lowest and highest value."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    span = high - low if high > low else 1.0
    width = (WIDTH - 190) / max(steps, 1)
    stride = max(1, math.ceil(len(values) / WIDTH))
    points = [
        (180 + width * i, base - height * (values[i] - low) / span)
        for i in range(0, len(values), stride)
    ]
    return [number for point in points for number in point] if len(points) > 1 else []


def _page() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    return image, ImageDraw.Draw(image)


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's own font in a size in pixels."""
    return ImageFont.load_default(size)
