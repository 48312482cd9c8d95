"""The control period of a gymnasium environment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import gymnasium
import numpy as np

from wann_edge.errors import TaskError

_REMEDY = (
    'set it with --dt SECONDS, or give the environment an attribute dt or metadata "render_fps"'
)


class ControlPeriod(NamedTuple):
    """A control period.

    Attributes:
        seconds: the period, s.
        notes: what could not be read, or is not certain, a sentence each.
    """

    seconds: float
    notes: tuple[str, ...] = ()


def control_period(name: str, environment: gymnasium.Env[Any, Any]) -> ControlPeriod:
    """Return the time between two actions.

    It is the attribute ``dt``, or else ``tau`` where 1 / ``render_fps`` is the same time, or else
    1 / ``render_fps``, or else ``tau``.

    Raises:
        TaskError: the environment has none of them as a number above 0.
    """
    bare = environment.unwrapped
    notes: list[str] = []
    dt_s = _seconds("dt", getattr(bare, "dt", None), notes)
    if dt_s is not None:
        return ControlPeriod(dt_s)
    tau_s = _seconds("tau", getattr(bare, "tau", None), notes)
    metadata = environment.metadata
    fps = metadata.get("render_fps") if isinstance(metadata, Mapping) else None
    rate_hz = _seconds("render_fps", fps, notes)
    shown_s = None if rate_hz is None else 1 / rate_hz
    if shown_s is None:
        return _from_tau(name, tau_s, notes)
    if tau_s is not None and math.isclose(tau_s, shown_s, rel_tol=1e-3):
        return ControlPeriod(tau_s, _said(notes, tau_s))
    if tau_s is not None:
        notes.append(f"tau = {tau_s:g} differs from 1 / render_fps and is not used")
    return ControlPeriod(shown_s, _said(notes, shown_s))


def _from_tau(name: str, tau_s: float | None, notes: list[str]) -> ControlPeriod:
    if tau_s is None:
        what = f"the environment has no control period{': ' if notes else ''}{', '.join(notes)}"
        raise TaskError(what, where=name, remedy=_REMEDY)
    return ControlPeriod(tau_s, _said([*notes, "tau may be another quantity"], tau_s))


def _said(notes: list[str], seconds: float) -> tuple[str, ...]:
    if not notes:
        return ()
    return (f"{', '.join(notes)}: the control period is {seconds:g} s; --dt SECONDS sets another",)


def _seconds(name: str, value: object, notes: list[str]) -> float | None:
    """Return a number above 0, or None; note why a value that is there is not one."""
    if value is None:
        return None
    if callable(value):
        notes.append(f"{name} is a method, not {_unit(name)}")
        return None
    if isinstance(value, (str, bytes, bool)):
        notes.append(f"{name} is {value!r}, not {_unit(name)}")
        return None
    try:
        number = float(np.asarray(value).item())
    except (TypeError, ValueError):
        notes.append(f"{name} is {_described(value)}, not {_unit(name)}")
        return None
    if 0 < number < math.inf:
        return number
    notes.append(f"{name} is {number:g}, not above 0")
    return None


def _unit(name: str) -> str:
    return "a number" if name == "render_fps" else "seconds"


def _described(value: object) -> str:
    shape = getattr(value, "shape", None)
    return f"an array of shape {shape}" if shape else f"a {type(value).__name__}"
