"""The arguments of a gymnasium environment, as its task's name spells them.

A name is ``gymnasium:ENV-ID@key=value,key=value`` with keys in alphabetical order. A value is JSON
where it can be read as JSON, and otherwise text; commas, colons, quotation marks and the like are
percent-encoded, as in a URL. The key ``control_period_s`` sets the control period and does not
reach the environment.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, unquote

from wann_edge.errors import SettingsError
from wann_edge.registry import registered

PERIOD = "control_period_s"
# What this project itself passes to gymnasium.make.
_RESERVED = ("id", "render_mode", "disable_env_checker")
_PLAIN = "-_.~[]{}'+*/!"
_EXAMPLE = "write for example --env-arg gravity=-5.0"


class GymName(NamedTuple):
    """A task's name, taken apart.

    Attributes:
        environment: the name without arguments.
        arguments: the keyword arguments of the environment.
        control_period_s: the control period, or None.
    """

    environment: str
    arguments: dict[str, object]
    control_period_s: float | None = None

    @property
    def spelling(self) -> str:
        """The one spelling of the name."""
        values = dict(self.arguments)
        if self.control_period_s is not None:
            values[PERIOD] = self.control_period_s
        pairs = [f"{key}={quote(_text(values[key]), safe=_PLAIN)}" for key in sorted(values)]
        return f"{self.environment}@{','.join(pairs)}" if pairs else self.environment


def parsed_name(name: str) -> GymName:
    """Take a name apart. Raises SettingsError where an argument is not valid."""
    environment, _, text = name.partition("@")
    pairs = [unquote(pair) for pair in text.split(",")] if text else []
    return _with(GymName(environment, {}), pairs, None, name)


def with_arguments(name: str, pairs: Sequence[str], control_period_s: float | None) -> str:
    """Return a task's name with further arguments.

    Args:
        name: of the task.
        pairs: ``key=value`` each; they replace arguments that the name has.
        control_period_s: the control period, s; None for that of the name or environment.

    Raises:
        SettingsError: an argument is not valid, or the task is not a gymnasium environment.
    """
    if not pairs and control_period_s is None:
        return parsed_name(name).spelling if _is_gymnasium(name) else name
    if not _is_gymnasium(name):
        raise SettingsError(
            f"the task {name!r} takes no arguments and has its own control period",
            where="--dt" if control_period_s is not None else "--env-arg",
            remedy="use these options with gymnasium:ENV-ID or MODULE:ENV-ID",
        )
    return _with(parsed_name(name), pairs, control_period_s, "--env-arg").spelling


def _with(name: GymName, pairs: Sequence[str], period_s: float | None, where: str) -> GymName:
    values: dict[str, object] = dict(name.arguments)
    for pair in pairs:
        key, equals, text = pair.partition("=")
        if key in _RESERVED:
            raise SettingsError(
                f"{key} is not an argument of the environment",
                where=where,
                remedy=f"leave it out; {_EXAMPLE}",
            )
        if not equals or not key.isidentifier():
            raise SettingsError(f"{pair!r} is not KEY=VALUE", where=where, remedy=_EXAMPLE)
        values[key] = _value(text)
    found = values.pop(PERIOD, name.control_period_s) if period_s is None else period_s
    values.pop(PERIOD, None)
    return GymName(name.environment, values, None if found is None else _period(found))


def _period(value: object) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not 0 < float(str(value)) < math.inf:
        raise SettingsError(
            f"{value!r} is not a time above 0 s",
            where="--dt",
            remedy="give the control period in seconds, for example --dt 0.02",
        )
    return float(str(value))


def _is_gymnasium(name: str) -> bool:
    before, colon, _ = name.partition(":")
    if not colon or name in registered("tasks"):
        return False
    return before == "gymnasium" or before not in registered("simulators")


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _text(value: object) -> str:
    """Return the text that ``_value`` reads as this value."""
    if isinstance(value, str) and _value(value) == value:
        return value
    return json.dumps(value, separators=(",", ":"))


def without_arguments(name: str) -> str:
    """Return a task's name without arguments."""
    environment, _, arguments = name.partition("@")
    return environment if "=" in arguments else name
