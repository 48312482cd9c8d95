"""Episodes as options name them: how many, who runs more, what ends one early."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from wann_edge.errors import SettingsError
from wann_edge.task.disturbances import parse
from wann_edge.task.practice import Practice

Value = TypeVar("Value", int, float)


def episode_settings(
    episodes: int | None,
    first_heat: int | None,
    finalists: str | None,
    patience: str | None,
    reward_floor: float | None,
    disturb: str | None,
) -> dict[str, object]:
    """The settings that the options of episodes stand for; none where none was given.

    Raises SettingsError.
    """
    found: dict[str, object] = {}
    if episodes is not None:
        found["episodes"] = episodes
    if first_heat is not None:
        found["first_heat"] = first_heat
    if finalists is not None:
        found["finalists"], found["finalist_episodes"] = _pair(finalists, int, "--finalists")
    if patience is not None or reward_floor is not None:
        steps, reward = (None, 0.0) if patience is None else _pair(patience, float, "--patience")
        found["practice"] = Practice(steps, reward, reward_floor)
    if disturb is not None:
        found["disturbances"] = parse(disturb)
    return found


def _pair(text: str, kind: Callable[[str], Value], where: str) -> tuple[int, Value]:
    """A whole number and another, with a colon between them."""
    before, _, after = text.partition(":")
    try:
        return int(before), kind(after)
    except ValueError as error:
        raise SettingsError(
            f"{text!r} is not two numbers", where=where, remedy="write for example 32:3"
        ) from error
