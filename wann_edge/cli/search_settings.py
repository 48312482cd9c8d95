"""The settings of a search, from the options of ``wann-edge search``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wann_edge.cli.parsing import parse_pair, parse_time_limit_s, parse_weights
from wann_edge.errors import SettingsError

if TYPE_CHECKING:
    from wann_edge.search.weight_distributions import WeightDraws


def end_settings(generations: int | None, time_limit: str | None) -> dict[str, object]:
    """Give the settings of the search's end; none where neither limit is given.

    A limit that is given replaces both of the preset's.
    """
    if generations is None and time_limit is None:
        return {}
    return {"generations": generations, "time_limit_s": parse_time_limit_s(time_limit)}


def weight_settings(
    weights: str | None, per: str | None, sampling: str | None, count: int | None
) -> dict[str, object]:
    """Give the settings of the weights that candidates are scored with; none without options.

    Args:
        weights: --weights, a list or a distribution; None for the paper's six.
        per: --weights-per, "rollout" or "generation".
        sampling: --sampling, "shared" or "per-connection".
        count: --draws, how many weights to draw.

    Returns:
        ``shared_weights`` for a list; ``draws`` for a distribution, and for a list that
        --weights-per or --sampling per-connection draws from.

    Raises:
        SettingsError: the weights are not valid, or --draws has nothing to draw from.
    """
    from wann_edge.evaluate import PAPER_WEIGHTS

    text = ",".join(map(str, PAPER_WEIGHTS)) if weights is None else weights
    distribution = parse_weights(text)
    is_drawn = per is not None or sampling == "per-connection"
    if distribution["kind"] == "list" and not is_drawn:
        if count is not None:
            raise SettingsError(
                "a list of weights is not drawn from",
                where="--draws",
                remedy="give a distribution as --weights, or add --weights-per or "
                "--sampling per-connection",
            )
        return {} if weights is None else {"shared_weights": distribution["weights"]}
    given = {"count": count, "per": per, "sampling": sampling}
    chosen = {name: value for name, value in given.items() if value is not None}
    return {"draws": _draws({"distribution": distribution, **chosen}, weights)}


def _draws(document: dict[str, object], weights: str | None) -> WeightDraws:
    from wann_edge.search.weight_distributions import WeightDraws

    try:
        return WeightDraws.model_validate(document)
    except SettingsError as error:
        field = error.where.rpartition(".")[2]
        raise SettingsError(
            f"{weights!r}: {field} {error.what}",
            where="--weights",
            remedy=error.remedy
            or "write for example uniform:-2,2, normal:0,1 or log-uniform:0.1,3",
        ) from error


def episode_settings(
    *,
    episodes: int | None,
    first_heat: int | None,
    finalists: str | None,
    patience: str | None,
    reward_floor: float | None,
    disturb: str | None,
) -> dict[str, object]:
    """Give the settings of the episodes that candidates are scored on; none without options.

    Each argument is the value of the option of its name.

    Raises:
        SettingsError: a value is not valid.
    """
    from wann_edge.task.disturbances import parse
    from wann_edge.task.practice import Practice

    found: dict[str, object] = {}
    if episodes is not None:
        found["episodes"] = episodes
    if first_heat is not None:
        found["first_heat"] = first_heat
    if finalists is not None:
        found["finalists"], found["finalist_episodes"] = parse_pair(
            finalists, int, "--finalists", "32:3"
        )
    if patience is not None or reward_floor is not None:
        steps, reward = (
            (None, 0.0) if patience is None else parse_pair(patience, float, "--patience", "150:3")
        )
        found["practice"] = Practice(steps, reward, reward_floor)
    if disturb is not None:
        found["disturbances"] = parse(disturb)
    return found
