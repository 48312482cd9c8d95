"""The control period of a gymnasium environment."""

from __future__ import annotations

from typing import Any

import gymnasium

from wann_edge.errors import TaskError


def control_period_s(name: str, environment: gymnasium.Env[Any, Any]) -> float:
    """Return the time step of the simulation, or else of the pictures."""
    bare = environment.unwrapped
    fps = environment.metadata.get("render_fps")
    for found in (getattr(bare, "dt", None), getattr(bare, "tau", None), fps and 1 / fps):
        if found:
            return float(found)
    raise TaskError(
        "the environment has no time step",
        where=name,
        remedy='give it an attribute dt in seconds, or metadata "render_fps"',
    )
