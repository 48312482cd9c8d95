"""Disturbances: the table of kinds, the strengths of each, and the text that gives them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from wann_edge.errors import SettingsError
from wann_edge.kernel import AGE_ROOM
from wann_edge.system.percent import parse_percent

MOST_LATENCY = AGE_ROOM - 2  # jitter adds one period


class DisturbanceKind(NamedTuple):
    """A kind of disturbance.

    Attributes:
        what: what it does with its strength, in one phrase.
        usual: the strength for a carefully built machine with cheap parts.
        low: the least strength.
        high: the greatest strength.
        is_count: whether the strength is a whole number; otherwise it is a share, in text a
            percentage.
    """

    what: str
    usual: float
    low: float = 0.0
    high: float = 1.0
    is_count: bool = False


KINDS = {
    "vary": DisturbanceKind(
        "multiplies each mass, length and friction by a factor within this share of 1, drawn "
        "for each episode",
        usual=0.2,
        high=0.9,
    ),
    "noise": DisturbanceKind(
        "adds normal noise to each observation; the standard deviation is this share of its range",
        usual=0.01,
    ),
    "adc": DisturbanceKind(
        "measures each observation with a converter of this many bits over its range, which clips",
        usual=10,
        high=16,
        is_count=True,
    ),
    "limit": DisturbanceKind(
        "limits each action to this share of its range, around its safe value",
        usual=0.8,
    ),
    "dead": DisturbanceKind(
        "ignores each action within this share of its range, around its safe value",
        usual=0.05,
    ),
    "latency": DisturbanceKind(
        f"delays each action by this many control periods, at most {MOST_LATENCY}; before the "
        "first action the safe value acts",
        usual=1,
        high=MOST_LATENCY,
        is_count=True,
    ),
    "jitter": DisturbanceKind(
        "delays each action by one more control period with this probability",
        usual=0.2,
    ),
    "drop": DisturbanceKind(
        "loses each sample but the first with this probability; the controller sees the last "
        "one again",
        usual=0.1,
    ),
}


@dataclass(frozen=True)
class Disturbances:
    """The strength of each kind of disturbance; the defaults are the undisturbed model.

    Attributes:
        vary: multiplies each mass, length and friction by a factor within this share of 1,
            drawn for each episode.
        noise: adds normal noise to each observation; the standard deviation is this share of
            its range.
        adc: measures each observation with a converter of this many bits over its range, which
            clips.
        limit: limits each action to this share of its range, around its safe value.
        dead: ignores each action within this share of its range, around its safe value.
        latency: delays each action by this many control periods, at most 6; before the first
            action the safe value acts.
        jitter: delays each action by one more control period with this probability.
        drop: loses each sample but the first with this probability; the controller sees the
            last one again.

    Raises:
        SettingsError: a strength is outside the range in ``KINDS``.
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
        for name, kind in KINDS.items():
            value = getattr(self, name)
            if not kind.low <= value <= kind.high:
                raise SettingsError(
                    f"{value} is not {kind.low:g} to {kind.high:g}",
                    where=f"disturbances.{name}",
                    remedy=f"set it to {kind.low:g} to {kind.high:g}",
                )

    @property
    def single(self) -> list[tuple[str, Disturbances]]:
        """Each kind alone, with its text such as ``noise=1%``."""
        return [
            (_text(name, value), replace(NONE, **{name: value}))  # type: ignore[arg-type]
            for name, value in self.strengths
        ]

    def __str__(self) -> str:
        """Return the text that ``parse`` reads."""
        return ",".join(_text(name, value) for name, value in self.strengths)

    @property
    def strengths(self) -> list[tuple[str, float]]:
        """The name and strength of each kind that differs from the undisturbed model."""
        pairs = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return [(name, value) for name, value in pairs if value != getattr(NONE, name)]


NONE = Disturbances()
USUAL = Disturbances(**{name: kind.usual for name, kind in KINDS.items()})  # type: ignore[arg-type]


def parse(text: str, where: str = "--disturb") -> Disturbances:
    """Return the disturbances that a text such as ``vary=20%,adc=10,latency=1`` gives.

    Args:
        text: names with strengths: a percentage, or a whole number for a count.
        where: the option or file that the text is from, for errors.

    Raises:
        SettingsError: a part is not a known name with a strength in its range.
    """
    found: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = (word.strip() for word in part.partition("="))
        strength = _strength(name, value)
        if strength is None or name in found:
            raise SettingsError(
                f"{part[:60]!r} is not a disturbance with its strength",
                where=where,
                remedy=f"write for example {USUAL}",
            )
        found[name] = strength
    try:
        return Disturbances(**found)  # type: ignore[arg-type]
    except SettingsError as error:
        name = error.where.partition(".")[2]
        raise SettingsError(f"{name}: {error.what}", where=where, remedy=error.remedy) from error


def _strength(name: str, text: str) -> float | None:
    if name not in KINDS:
        return None
    if KINDS[name].is_count:
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
    return parse_percent(text)


def _text(name: str, value: float) -> str:
    return f"{name}={value}" if KINDS[name].is_count else f"{name}={100 * value:g}%"
