"""Parse the values of options: times, frequencies, sizes, weights."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from wann_edge.errors import SettingsError

Number = TypeVar("Number", int, float)

_UNITS_S = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_UNITS_HZ = {"hz": 1.0, "khz": 1e3, "mhz": 1e6, "ghz": 1e9}

# The parameters of each distribution of weights, in the order in which --weights lists them.
DISTRIBUTIONS = {
    "uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "log-uniform": ("low", "high"),
}


def parse_duration_s(text: str) -> float:
    """Parse a duration such as "90", "90s", "10m" or "2h".

    Returns:
        The duration in seconds.

    Raises:
        SettingsError: the text is not a duration from 0 to 2e6 s, beyond which the system
            can't wait.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    if match is None or not 0 < float(match[1]) * _UNITS_S[match[2]] < 2e6:
        raise SettingsError(
            f"{text!r} is not a time",
            where="--time-limit",
            remedy="write 90, 90s, 10m or 2h; at most 500h",
        )
    return float(match[1]) * _UNITS_S[match[2]]


def parse_time_limit_s(text: str | None) -> float | None:
    """Parse the value of --time-limit; None stands for no limit."""
    return None if text is None else parse_duration_s(text)


def parse_frequency_hz(text: str) -> float:
    """Parse a frequency such as "48MHz", "32768Hz" or "1.2 GHz".

    Returns:
        The frequency in hertz.

    Raises:
        SettingsError: the text is not a frequency between 0 and 1 THz.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?hz)", text.strip().lower())
    if match is None or not 0 < float(match[1]) * _UNITS_HZ[match[2]] < 1e12:
        raise SettingsError(
            f"{text!r} is not a frequency",
            where="--clock",
            remedy="write a number with its unit, such as 48MHz or 32768Hz",
        )
    return float(match[1]) * _UNITS_HZ[match[2]]


def parse_layers(text: str) -> list[int]:
    """Parse the sizes of hidden layers, such as "10" or "10,10".

    Raises:
        SettingsError: a size is not a whole number.
    """
    sizes = [size.strip() for size in text.split(",")]
    if not all(size.isascii() and size.isdigit() for size in sizes):
        raise SettingsError(
            f"{text!r} is not a list of sizes", where="--layers", remedy="write 10, or 10,10"
        )
    return [int(size) for size in sizes]


def parse_pair(
    text: str, kind: Callable[[str], Number], where: str, example: str
) -> tuple[int, Number]:
    """Parse a whole number and a second number with a colon between them, such as "32:3".

    Args:
        text: the value of the option.
        kind: converts the second number, ``int`` or ``float``.
        where: the option, for the message of an error.
        example: a correct value, for the same message.

    Raises:
        SettingsError: the text does not consist of two such numbers.
    """
    before, _, after = text.partition(":")
    try:
        return int(before), kind(after)
    except ValueError as error:
        raise SettingsError(
            f"{text!r} is not two numbers with a colon between them",
            where=where,
            remedy=f"write for example {example}",
        ) from error


def parse_weights(text: str) -> dict[str, object]:
    """Parse --weights: a list such as "-2,-1,1,2", or a distribution such as "normal:0,1".

    Returns:
        The fields of a distribution of ``search.weight_distributions``: its ``kind``, and
        ``weights`` of a list or the parameters of a distribution.

    Raises:
        SettingsError: the text is neither.
    """
    kind, colon, numbers = text.partition(":")
    try:
        if not colon:
            return {"kind": "list", "weights": _finite_numbers(kind)}
        names = DISTRIBUTIONS[kind.strip()]
        return {"kind": kind.strip(), **dict(zip(names, _finite_numbers(numbers), strict=True))}
    except (KeyError, ValueError) as error:
        raise SettingsError(
            f"{text!r} is neither a list of finite numbers nor a distribution",
            where="--weights",
            remedy="write for example -2,-1,1,2, uniform:-2,2, normal:0,1 or log-uniform:0.1,3",
        ) from error


def parse_weight_list(text: str) -> tuple[float, ...]:
    """Parse --weights where only a list is allowed.

    Returns:
        The weights, each rounded to float32.

    Raises:
        SettingsError: the text is not a list of finite numbers.
    """
    from wann_edge.network import float32

    weights = parse_weights(text).get("weights")
    if not isinstance(weights, tuple):
        raise SettingsError(
            f"{text!r} is a distribution, not a list of finite numbers",
            where="--weights",
            remedy="write for example -2,-1,1,2; only wann-edge search draws weights",
        )
    return tuple(map(float32, weights))


def _finite_numbers(text: str) -> tuple[float, ...]:
    """Parse numbers with commas; raises ValueError where one is beyond the range of float32."""
    from wann_edge.network import LARGEST

    numbers = tuple(float(part) for part in text.split(","))
    if not all(abs(number) <= LARGEST for number in numbers):
        raise ValueError(text)
    return numbers


def c_identifier(text: str) -> str:
    """Make a C identifier of a file's name: "2 fast" becomes "policy_2_fast"."""
    made = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    return made if made[:1].isalpha() else f"policy_{made}".rstrip("_")
