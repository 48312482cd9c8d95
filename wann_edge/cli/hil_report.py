"""Print the results of a session with a device."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.markup import escape

from wann_edge.cli.tables import console, print_line, print_table, say, table, verdict_cell
from wann_edge.hil.capture import Replay
from wann_edge.hil.loop import HISTOGRAM_S, Report
from wann_edge.robustness.fresh import HeldShare

_BAR_WIDTH = 40


def print_report(report: Report) -> None:
    """Print rewards, times, the counts of the link, the verdict, and a histogram of round trips."""
    seen, hello = report.observed, report.hello
    made = table(escape(f"{hello.build}, {report.mode}"), "")
    rewards = len(report.device_rewards)
    if rewards:
        made.add_row("reward with the device, mean", f"{_mean(report.device_rewards):.2f}")
        made.add_row("reward on the host, mean", f"{_mean(report.host_rewards):.2f}")
    made.add_row("episodes with equal rewards", f"{report.equal_episodes} of {rewards}")
    if report.held:
        made.add_row("episodes held", str(HeldShare(sum(report.held), rewards)))
    made.add_row("actions that differ", f"{seen.mismatches} of {len(seen.latencies_s)}")
    for name, quantile in (("median", 0.5), ("99th percentile", 0.99), ("worst", 1.0)):
        made.add_row(f"round trip, {name}", _ms(report.latency_s(quantile)))
    for name, quantile in (("median", 0.5), ("worst", 1.0)):
        made.add_row(f"computing on the device, {name}", _ms(report.compute_s(quantile)))
    late = f"{seen.missed_deadlines} of {len(seen.latencies_s)}"
    made.add_row(f"deadlines of {report.period_s * 1e3:g} ms missed", late)
    for name, value in _counts(report).items():
        made.add_row(name, value)
    made.add_row("verdict", verdict_cell("same bits", ok=report.ok, tried=not report.untried))
    print_table(made)
    if report.held:
        say(f"held: {report.held_when}")
    _print_histogram(report)
    if report.untried:
        print_line(f"could not be tried: {report.untried}", "yellow")
    if seen.first_mismatch is not None:
        observation, theirs, ours = seen.first_mismatch
        console.print(
            f"first difference: action {theirs.tolist()} of the device, {ours.tolist()} of the "
            f"kernel, for observation {observation.tolist()}; the kernel's action was applied",
            style="red",
            markup=False,
        )


def print_replay(found: Replay, path: Path) -> None:
    """Print the verdict of a replay in one line."""
    if found.ok:
        say(f"{path}: {found.steps} steps, same bits")
    else:
        first = "" if found.first is None else f", the first at step {found.first}"
        say(f"{path}: {found.mismatches} of {found.steps} actions differ{first}")


def _counts(report: Report) -> dict[str, str]:
    """List the injected faults, the counts of the host and the counts of the device."""
    found = {f"injected: {name}": f"{n}" for name, n in sorted(report.injected.items())}
    link = asdict(report.link)
    link["longest_recovery_s"] = _ms(report.link.longest_recovery_s)
    found |= {f"host: {_words(name)}": f"{value}" for name, value in link.items()}
    if report.statistics is not None:
        names = ("frames", "bad_frames", "refused", "stale", "repeated", "timeouts")
        values = asdict(report.statistics)
        found |= {f"device: {_words(name)}": f"{values[name]}" for name in names}
    return found


def _print_histogram(report: Report) -> None:
    counts = report.histogram()
    if not any(counts):
        return
    names = [*(f"< {_ms(limit)}" for limit in HISTOGRAM_S), "longer"]
    block = "█" if _prints("█") else "#"
    filled = [index for index, count in enumerate(counts) if count]
    console.print("round trips")
    for index in range(filled[0], filled[-1] + 1):
        bar = block * round(_BAR_WIDTH * counts[index] / max(counts))
        console.print(f"  {names[index]:>12}  {counts[index]:7}  {bar}", markup=False)


def _prints(text: str) -> bool:
    """Return whether the terminal's encoding has the characters."""
    try:
        text.encode(console.encoding)
    except UnicodeError:
        return False
    return True


def _words(name: str) -> str:
    return name.removesuffix("_s").replace("_", " ")


def _mean(values: tuple[float, ...]) -> float:
    return sum(values) / len(values)


def _ms(time_s: float | None) -> str:
    return "no clock" if time_s is None else f"{time_s * 1e3:.3g} ms"
