"""Weights as options name them: a list, or a distribution."""

from __future__ import annotations

from wann_edge.errors import SettingsError
from wann_edge.evaluate import PAPER_WEIGHTS
from wann_edge.network import LARGEST
from wann_edge.search.weight_distributions import WeightDraws

# The numbers that each distribution is told, in the order of the option.
DISTRIBUTIONS = {
    "uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "log-uniform": ("low", "high"),
}


def numbers_of(text: str) -> tuple[float, ...]:
    """The numbers that a list with commas names. Raises ValueError where one is not finite."""
    numbers = tuple(float(part) for part in text.split(","))
    if not all(abs(number) <= LARGEST for number in numbers):
        raise ValueError(text)
    return numbers


def weight_settings(
    weights: str | None, per: str | None, sampling: str | None, count: int | None
) -> dict[str, object]:
    """The settings that the options of weights stand for; none where none was given.

    A list is drawn from only where it is said how. Raises SettingsError.
    """
    distribution = _distribution_of(weights)
    drawn = per is not None or sampling == "per-connection"
    if distribution["kind"] == "list" and not drawn:
        if count is not None:
            raise SettingsError(
                "nothing is drawn",
                where="--draws",
                remedy="give a distribution as --weights, or --weights-per, or "
                "--sampling per-connection",
            )
        return {} if weights is None else {"shared_weights": distribution["weights"]}
    given = {"count": count, "per": per, "sampling": sampling}
    try:
        draws = WeightDraws.model_validate(
            {"distribution": distribution, **{k: v for k, v in given.items() if v is not None}}
        )
    except SettingsError as error:
        raise SettingsError(
            f"{weights!r}: {error.where.rpartition('.')[2]} {error.what}", where="--weights"
        ) from error
    return {"draws": draws}


def _distribution_of(text: str | None) -> dict[str, object]:
    """The paper's list where there is no text."""
    shown = ",".join(map(str, PAPER_WEIGHTS)) if text is None else text
    kind, colon, numbers = shown.partition(":")
    try:
        if not colon:
            return {"kind": "list", "weights": numbers_of(kind)}
        names = DISTRIBUTIONS[kind.strip()]
        return {"kind": kind.strip(), **dict(zip(names, numbers_of(numbers), strict=True))}
    except (KeyError, ValueError) as error:
        raise SettingsError(
            f"{text!r} is neither a list of finite numbers nor a distribution",
            where="--weights",
            remedy="write for example -2,-1,1,2, uniform:-2,2, normal:0,1 or log-uniform:0.1,3",
        ) from error
