"""Disturbances: which there are, how strong, and the text that names them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from wann_edge.errors import SettingsError
from wann_edge.kernel import AGE_ROOM

EXAMPLE = "vary=20%,noise=1%,adc=10,limit=80%,dead=5%,latency=1,jitter=20%,drop=10%"
MOST_LATENCY = AGE_ROOM - 2  # jitter adds one


@dataclass(frozen=True)
class Disturbances:
    """What a real machine adds. Without any, an episode is as the model has it.

    vary: each of the simulator's parameters (masses, lengths, friction) is multiplied by a
    factor between 1 - vary and 1 + vary, drawn for each episode.
    noise: standard deviation of each observation, as a share of its input's range.
    adc: bits of the converter that measures each observation over its input's range; 0: none.
    limit: the share of an action's range, about its safe value, that the actuator can give.
    dead: the share of that range, to either side of the safe value, that does nothing.
    latency: control periods from an observation to the action's effect. jitter: how often
    an action comes one period later. drop: how often a sample is lost; the last one stands.

    Raises SettingsError where one is out of range.
    """

    vary: float = 0.0
    noise: float = 0.0
    adc: int = 0
    limit: float = 1.0
    dead: float = 0.0
    latency: int = 0
    jitter: float = 0.0
    drop: float = 0.0

    def __post_init__(self) -> None:
        for name, (low, high) in RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise SettingsError(
                    f"{getattr(self, name)} is not {low} to {high}", where=f"disturbances.{name}"
                )

    @property
    def single(self) -> list[tuple[str, Disturbances]]:
        """Each of these alone, with its name and strength."""
        return [
            (f"{name}={_shown(name, value)}", replace(NONE, **{name: value}))  # type: ignore[arg-type]
            for name, value in self.strengths
        ]

    def __str__(self) -> str:
        """As ``parse`` reads it."""
        return ",".join(f"{name}={_shown(name, value)}" for name, value in self.strengths)

    @property
    def strengths(self) -> list[tuple[str, float]]:
        """The name and value of each that there is."""
        pairs = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return [(name, value) for name, value in pairs if value != getattr(NONE, name)]


RANGES: dict[str, tuple[float, float]] = {
    "vary": (0.0, 0.9),
    "noise": (0.0, 1.0),
    "adc": (0, 16),
    "limit": (0.0, 1.0),
    "dead": (0.0, 1.0),
    "latency": (0, MOST_LATENCY),
    "jitter": (0.0, 1.0),
    "drop": (0.0, 1.0),
}
COUNTED = ("adc", "latency")
NONE = Disturbances()


def parse(text: str, where: str = "--disturb") -> Disturbances:
    """The disturbances that ``vary=20%,adc=10,latency=1`` names. Raises SettingsError."""
    found: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (word.strip() for word in part.partition("="))
        pattern = r"(\d{1,4})" if name in COUNTED else r"(\d{1,4}(?:\.\d{1,6})?)%"
        match = re.fullmatch(pattern, value)
        if name not in RANGES or name in found or match is None:
            raise SettingsError(
                f"{part[:60]!r} is not a disturbance and its strength",
                where=where,
                remedy=f"write for example {EXAMPLE}",
            )
        read: Callable[[str], float] = int if name in COUNTED else _share
        found[name] = read(match[1])
    try:
        return Disturbances(**found)  # type: ignore[arg-type]
    except SettingsError as error:
        raise SettingsError(
            f"{error.where.partition('.')[2]}: {error.what}", where=where
        ) from error


def _share(text: str) -> float:
    return float(text) / 100


def _shown(name: str, value: float) -> str:
    return f"{value}" if name in COUNTED else f"{100 * value:g}%"
