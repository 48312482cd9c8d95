"""``wann-edge cost``: what the C header takes on a microcontroller."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path

from wann_edge.cli.fixed import EPISODES, fixed_network
from wann_edge.cli.show import console, known_task, table
from wann_edge.errors import MissingError, SettingsError
from wann_edge.exporters import Optimize
from wann_edge.fixed_point.precision import MAX_LOSS
from wann_edge.network import Network
from wann_edge.network import file as network_file
from wann_edge.task import Task
from wann_edge.verify.emulated.cores import CORES
from wann_edge.verify.emulated.measured_cost import Cost, Share, measure_cost, measure_shares

# Typical states for shares: each takes a build and a count of its own.
SHARE_STATES = 20
_UNITS_HZ = {"": 1.0, "hz": 1.0, "khz": 1e3, "mhz": 1e6, "ghz": 1e9}


def clock_hz(text: str) -> float:
    """The frequency that "48MHz", "32768Hz" or "1.2 GHz" stands for. Raises SettingsError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(|[kmg]?hz)", text.strip().lower())
    if match is None or not 0 < float(match[1]) * _UNITS_HZ[match[2]] < 1e12:
        raise SettingsError(
            f"{text!r} is not a frequency", where="--clock", remedy="write 48MHz or 16000000"
        )
    return float(match[1]) * _UNITS_HZ[match[2]]


def highest_rate_hz(cost: Cost, clock: float, cycles_per_instruction: float) -> float | None:
    """Steps a second of a core that does nothing else, at the worst step of the typical ones.

    Exact cycles where they are known; None for WebAssembly, whose engine has no clock.
    """
    if CORES[cost.core].architecture == "wasm":
        return None
    return clock / (cost.cycles_worst or cost.instructions_worst * cycles_per_instruction)


def run_cost(
    file: Path,
    target: str,
    task: str | None,
    clock: str,
    cycles_per_instruction: float,
    states: int,
    seed: int,
    dtype: str,
    optimize: Optimize,
    *,
    as_json: bool,
) -> int:
    """Prints what each core needs; a core that was asked for by name must be there."""
    hertz = clock_hz(clock)
    network = network_file.load(file)
    world = known_task(task, network)
    fixed = fixed_network(network, dtype, world, EPISODES, seed, MAX_LOSS)
    network = fixed[0] if fixed else network
    names = list(CORES) if target == "all" else target.split(",")
    found: list[tuple[Cost, tuple[Share, ...]]] = []
    skipped: dict[str, list[str]] = {}
    for name in names:
        try:
            found.append(_measure(network, name, world, states, seed, optimize, quiet=as_json))
        except MissingError as error:
            if target != "all":
                raise
            skipped.setdefault(str(error), []).append(name)
    if not found:
        raise MissingError("no emulated core is installed", remedy='pip install "wann-edge[emu]"')
    if as_json:
        rows = [_document(cost, shares, hertz, cycles_per_instruction) for cost, shares in found]
        numbers = fixed[1].dtype if fixed else "float"
        document = {
            "network": str(file),
            "dtype": numbers,
            "clock_hz": hertz,
            "cores": rows,
            "skipped": skipped,
        }
        print(json.dumps(document, indent=2))
        return 0
    if fixed:
        print(f"fixed point, {fixed[1].dtype}")
    _print_costs([cost for cost, _ in found], hertz, cycles_per_instruction)
    for cost, shares in found:
        _print_parts(cost, shares)
    for why, cores in skipped.items():
        print(f"skipped {', '.join(cores)}: {why}")
    return 0


def _measure(
    network: Network,
    core: str,
    task: Task | None,
    states: int,
    seed: int,
    optimize: Optimize,
    *,
    quiet: bool,
) -> tuple[Cost, tuple[Share, ...]]:
    with console.status("" if quiet else f"measuring on {core}"):
        few = min(states, SHARE_STATES)
        return (
            measure_cost(network, core, task=task, states=states, seed=seed, optimize=optimize),
            measure_shares(network, core, task=task, states=few, seed=seed, optimize=optimize),
        )


def _document(
    cost: Cost, shares: tuple[Share, ...], hertz: float, cycles_per_instruction: float
) -> dict[str, object]:
    is_assumed = cost.cycles_worst is None
    return {
        **asdict(cost),
        "flash_bytes": cost.flash_bytes,
        "highest_rate_hz": highest_rate_hz(cost, hertz, cycles_per_instruction),
        "cycles_per_instruction_assumed": cycles_per_instruction if is_assumed else None,
        "activations": [asdict(share) for share in shares],
    }


def _print_costs(costs: list[Cost], hertz: float, cycles_per_instruction: float) -> None:
    made = table("core", "code", "const", "RAM", "stack", "mean", "worst", "max Hz")
    for cost in costs:
        rate = highest_rate_hz(cost, hertz, cycles_per_instruction)
        made.add_row(
            cost.core,
            str(cost.code_bytes),
            str(cost.constant_bytes),
            str(cost.ram_bytes),
            "-" if cost.stack_bytes is None else str(cost.stack_bytes),
            f"{cost.instructions_mean:.0f}",
            str(cost.instructions_worst),
            "-" if rate is None else f"{rate:.0f}",
        )
    console.print(made)
    print(
        "Bytes of flash (code, constants), RAM and stack. Instructions a step, mean and worst\n"
        f"of {costs[0].states} typical states. The highest control rate is for the worst of them "
        f"at {hertz / 1e6:g} MHz,\nnothing else on the core, and an assumed "
        f"{cycles_per_instruction:g} cycles an instruction\n(avr: exact cycles). Below, what each "
        "activation adds to the mean."
    )


def _print_parts(cost: Cost, shares: tuple[Share, ...]) -> None:
    parts = ", ".join(
        f"{share.activation} {100 * part:.0f} %"
        for share in shares
        if (part := share.instructions_mean / cost.instructions_mean) >= 0.01
    )
    print(f"{cost.core}: {parts or 'none'}")
    if cost.libraries:
        print(f"  links {', '.join(cost.libraries)}")
