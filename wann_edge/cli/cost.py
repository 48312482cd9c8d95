"""The command ``wann-edge cost``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from wann_edge.cli.arguments import task_if_named
from wann_edge.cli.choices import CORES
from wann_edge.cli.exit_codes import ExitCode
from wann_edge.cli.options import (
    MAX_EPISODES,
    AcceptContract,
    Dtype,
    Json,
    NetworkFile,
    OptimizeFor,
    Seed,
    TaskName,
)
from wann_edge.cli.parsing import parse_frequency_hz
from wann_edge.cli.tables import print_json, print_table, say, status_line, table
from wann_edge.errors import MissingError

if TYPE_CHECKING:
    from wann_edge.exporters import Optimize
    from wann_edge.kernel import Floats
    from wann_edge.network import Network
    from wann_edge.verify.emulated.measured_cost import MeasuredCost, Share

EXAMPLE = "my-run/champion.json --clock 48MHz"

# Typical states for the shares of activations: each takes a build and a run.
SHARE_STATES = 20


_Target = Annotated[
    str,
    typer.Option(
        help=f"An emulated core ({', '.join(CORES)}), several separated by commas, or all "
        "that are installed."
    ),
]
_Clock = Annotated[str, typer.Option(help="The core's clock, for the highest control rate.")]
_Cpi = Annotated[float, typer.Option(min=0.1, max=1000, help="Cycles per instruction to assume.")]
_States = Annotated[
    int, typer.Option(min=1, max=MAX_EPISODES, help="Typical observations of the task to run.")
]


def command(
    file: NetworkFile,
    target: _Target = "all",
    task: TaskName = None,
    accept_contract: AcceptContract = False,
    clock: _Clock = "48MHz",
    cpi: _Cpi = 1.5,
    states: _States = 100,
    seed: Seed = 0,
    dtype: Dtype = "float",
    optimize: OptimizeFor = "size",
    as_json: Json = False,
) -> int:
    """Measure what the C header costs on each core: flash, RAM, stack, instructions, rate.

    The header is compiled for each core and runs on an emulator (pip install
    "wann-edge[emu]").
    """
    from wann_edge.cli.dtype import fixed_point
    from wann_edge.network import file as network_file
    from wann_edge.system import cores
    from wann_edge.verify.emulated import measured_cost

    clock_hz = parse_frequency_hz(clock)
    network = network_file.load(file)
    world = task_if_named(task, network, where=str(file), accept_contract=accept_contract)
    fixed = fixed_point(network, dtype, world, seed=seed)
    network = fixed[0] if fixed else network
    seen, few = (
        measured_cost.cost_states(network, world, count, seed)
        for count in (states, min(states, SHARE_STATES))
    )
    found, skipped = _measure_all(
        list(cores.CORES) if target == "all" else target.split(","),
        lambda core: _measure(network, core, (seen, few), optimize=optimize, quiet=as_json),
        is_required=target != "all",
    )
    if as_json:
        document = {
            "network": str(file),
            "dtype": fixed[1].dtype if fixed else "float",
            "clock_hz": clock_hz,
            "cores": [_document(one, shares, clock_hz, cpi) for one, shares in found],
            "skipped": skipped,
        }
        print_json(document)
        return ExitCode.OK
    if fixed:
        say(f"fixed point, {fixed[1].dtype}")
    _print_costs([one for one, _ in found], clock_hz, cpi)
    for one, shares in found:
        _print_parts(one, shares)
    for why, lacking in skipped.items():
        say(f"skipped {', '.join(lacking)}: {why}")
    return ExitCode.OK


def _measure_all(
    names: Sequence[str],
    measure: Callable[[str], tuple[MeasuredCost, tuple[Share, ...]]],
    *,
    is_required: bool,
) -> tuple[list[tuple[MeasuredCost, tuple[Share, ...]]], dict[str, list[str]]]:
    """Measure each core; return also the cores skipped, by the reason, unless all are required."""
    found: list[tuple[MeasuredCost, tuple[Share, ...]]] = []
    skipped: dict[str, list[str]] = {}
    for name in names:
        try:
            found.append(measure(name))
        except MissingError as error:
            if is_required:
                raise
            skipped.setdefault(str(error), []).append(name)
    if not found:
        raise MissingError(
            "no emulated core is installed", where="cost", remedy='pip install "wann-edge[emu]"'
        )
    return found, skipped


def highest_rate_hz(
    cost: MeasuredCost, clock_hz: float, cycles_per_instruction: float
) -> float | None:
    """Compute how many steps per second a core can do that does nothing else.

    Args:
        cost: what was measured; its worst step counts.
        clock_hz: the core's clock.
        cycles_per_instruction: assumed where the exact cycles are not known.

    Returns:
        Steps per second; None for WebAssembly, whose engine has no clock.
    """
    from wann_edge.system import cores

    if cores.CORES[cost.core].architecture == "wasm":
        return None
    return clock_hz / (cost.cycles_worst or cost.instructions_worst * cycles_per_instruction)


def _measure(
    network: Network, core: str, states: tuple[Floats, Floats], *, optimize: Optimize, quiet: bool
) -> tuple[MeasuredCost, tuple[Share, ...]]:
    from wann_edge.verify.emulated.measured_cost import measure_cost, measure_shares

    with status_line(f"measuring on {core}", quiet=quiet):
        seen, few = states
        return (
            measure_cost(network, core, seen, optimize),
            measure_shares(network, core, few, optimize),
        )


def _document(
    cost: MeasuredCost, shares: tuple[Share, ...], clock_hz: float, cycles_per_instruction: float
) -> dict[str, object]:
    is_assumed = cost.cycles_worst is None
    return {
        **asdict(cost),
        "flash_bytes": cost.flash_bytes,
        "highest_rate_hz": highest_rate_hz(cost, clock_hz, cycles_per_instruction),
        "cycles_per_instruction_assumed": cycles_per_instruction if is_assumed else None,
        "activations": [asdict(share) for share in shares],
    }


def _print_costs(costs: list[MeasuredCost], clock_hz: float, cycles_per_instruction: float) -> None:
    made = table("core", "code", "const", "RAM", "stack", "mean", "worst", "max Hz")
    for cost in costs:
        rate = highest_rate_hz(cost, clock_hz, cycles_per_instruction)
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
    print_table(made)
    say(
        "code, const: bytes of flash. RAM, stack: bytes. mean, worst: instructions per step over\n"
        f"{costs[0].states} typical states. max Hz: the highest control rate for the worst step "
        f"at {clock_hz / 1e6:g} MHz\nif the core does nothing else, at an assumed "
        f"{cycles_per_instruction:g} cycles per instruction (avr: exact\ncycles). Below: the share "
        "of each activation in the mean."
    )


def _print_parts(cost: MeasuredCost, shares: tuple[Share, ...]) -> None:
    parts = ", ".join(
        f"{share.activation} {100 * part:.0f} %"
        for share in shares
        if (part := share.instructions_mean / cost.instructions_mean) >= 0.01
    )
    say(f"{cost.core}: {parts or 'none'}")
    if cost.libraries:
        say(f"  links {', '.join(cost.libraries)}")
