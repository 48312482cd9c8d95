"""What a search prints about the controllers of its finish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wann_edge.cli.tables import print_line, print_table, print_title, say, table

if TYPE_CHECKING:
    from wann_edge.finish.controllers import RatedController
    from wann_edge.finish.finishing import FinishResult
    from wann_edge.robustness.fresh import Fresh

# Controllers of the front that the summary shows.
SHOWN = 5


def print_finished(finished: FinishResult) -> None:
    """Print five controllers of the front, and why one of them is handed over."""
    from wann_edge.cli.held_report import held_line

    given = str(finished.disturbances)
    episodes = len(finished.controller.plain.returns)
    print_title(f"controllers, on {episodes} fresh episodes; disturbed: {given or 'not possible'}")
    columns = ("connections", "reward", "worst 5 %", "worst", "held", "disturbed", "held")
    made = table("controller", *columns, "flash, bytes", "instructions")
    for one in shown(finished):
        mark = "> " if one is finished.controller else "  "
        made.add_row(mark + one.origin, *_cells(one))
    print_table(made)
    say(held_line(finished.settings.rule))
    say(f"flash and instructions: estimates for {finished.settings.core}")
    for line in reasons(finished, finished.settings.within):
        print_line(line, "bold")


def shown(finished: FinishResult) -> list[RatedController]:
    """Return what the summary shows by size: controller, best, linear law, champion, and others."""
    from wann_edge.finish.controllers import best_of

    front = finished.front
    first = (finished.controller, finished.linear, finished.champion, best_of(front), *front[::-1])
    chosen = list({id(one): one for one in first}.values())[:SHOWN]
    return sorted(chosen, key=lambda one: (one.connections, one.value))


def reasons(finished: FinishResult, within: float) -> list[str]:
    """Return why the controller is handed over, and how the linear law compares."""
    one, law = finished.controller, finished.linear
    both = "" if one.disturbed is None else ", as it is and under disturbances"
    held = "" if one.plain.held is None else ", and holds as many episodes"
    why = (
        f"controller: {one.origin}, {one.connections} connections: the smallest within "
        f"{100 * within:g} % of the best reward{both}{held}"
    )
    if finished.is_linear:
        return [why, "The linear law is as good as every network that was found."]
    share = law.plain.held_share
    figures = f"reward {law.plain.mean:.1f}" + ("" if share is None else f", held {share}")
    verdict = "not as good" if law.connections <= one.connections else "not as small"
    return [why, f"The linear law is {verdict}: {law.connections} connections, {figures}."]


def _cells(one: RatedController) -> list[str]:
    plain, cost = one.plain, one.cost
    disturbed = ("-", "-") if one.disturbed is None else _mean_and_held(one.disturbed)
    mean, held = _mean_and_held(plain)
    return [
        *(str(one.connections), mean, f"{plain.worst_twentieth:.1f}"),
        *(f"{plain.returns.min():.1f}", held, *disturbed),
        *(f"{cost.flash_bytes:.0f}", f"{cost.instructions:.0f}"),
    ]


def _mean_and_held(fresh: Fresh) -> tuple[str, str]:
    share = fresh.held_share
    return f"{fresh.mean:.1f}", "-" if share is None else f"{share.held} of {share.episodes}"
