"""Measures an exported header on an emulated core: flash, RAM, stack, instructions."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from wann_edge.errors import SettingsError
from wann_edge.exporters import Optimize, export
from wann_edge.kernel import Floats
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.number_formats import WORDS
from wann_edge.system.cores import CORES, Core, core_names
from wann_edge.system.keeper import scratch_folder
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task, check_fit
from wann_edge.verify.emulated.emulated_target import load_program
from wann_edge.verify.emulated.image import Count, Image
from wann_edge.verify.emulated.toolchain import check_installed, compile_for
from wann_edge.verify.inputs import typical_states

# A state takes some milliseconds where library routines compute floats.
STATES = 200
NAME = "costed_policy"
# One step and nothing else: the growth of a firmware. A header in fixed point names its word.
HARNESS = f"""
#include "policy.h"
#ifndef {NAME.upper()}_WORD
#define {NAME.upper()}_WORD float
#endif
typedef {NAME.upper()}_WORD number;
void step(const number *observation, number *action);
void step(const number *observation, number *action) {{ {NAME}_step(observation, action); }}
"""


@dataclass(frozen=True)
class MeasuredCost:
    """The cost of one header on one core.

    Attributes:
        core: name of the core.
        code_bytes: flash taken by code, and by constants among the instructions.
        constant_bytes: flash taken by other constants.
        ram_bytes: static memory.
        stack_bytes: stack depth of a step; None where it can't be measured.
        instructions_mean: instructions of a step, mean over the states.
        instructions_worst: instructions of the longest step.
        cycles_mean: cycles of a step, mean over the states; None where they are not counted.
        cycles_worst: cycles of the longest step; None where they are not counted.
        states: number of typical states.
        libraries: linked library routines of the compiler.
    """

    core: str
    code_bytes: int
    constant_bytes: int
    ram_bytes: int
    stack_bytes: int | None
    instructions_mean: float
    instructions_worst: int
    cycles_mean: float | None
    cycles_worst: int | None
    states: int
    libraries: tuple[str, ...]

    @property
    def flash_bytes(self) -> int:
        """Return the bytes of code and constants."""
        return self.code_bytes + self.constant_bytes


def cost_states(
    network: Network, task: Task | None = None, count: int = STATES, seed: int = 0
) -> Floats:
    """Return typical states on which a network's cost is measured.

    Args:
        network: the network to measure.
        task: supplies the states; None for states drawn from the declared bounds.
        count: number of states.
        seed: the states derive from it.

    Returns:
        float32 [count, inputs]; fewer rows where episodes are short.

    Raises:
        TaskError: the network does not fit the task.
    """
    if task is not None:
        check_fit(network, task.spec)
    return typical_states(network, task, count, generator(seed, Use.COST_INPUTS))


def measure_cost(
    network: Network, core: str, seen: Floats, optimize: Optimize = "size"
) -> MeasuredCost:
    """Export the header, compile it for a core with -Os and run it on typical states.

    Args:
        network: the network to measure.
        core: a name of ``core_names()``.
        seen: the states, float32 [n, inputs], as ``cost_states`` returns them.
        optimize: what the header is exported for.

    Raises:
        SettingsError: the core is unknown.
        MissingError: a part that the core needs is not installed.
        VerifyError: the header can't be built or run.
    """
    return _measured(core_named(core), network, seen, optimize)


@dataclass(frozen=True)
class Share:
    """The cost of one activation: the network's, less that with ``linear`` in its place.

    Attributes:
        activation: name of the activation.
        nodes: number of nodes with it.
        flash_bytes: flash that it adds.
        instructions_mean: instructions that it adds to a mean step.
    """

    activation: str
    nodes: int
    flash_bytes: int
    instructions_mean: float


def measure_shares(
    network: Network, core: str, seen: Floats, optimize: Optimize = "size"
) -> tuple[Share, ...]:
    """Measure what each activation of a network adds on a core, most instructions first.

    Each activation is replaced by ``linear`` and the network measured on the same states. The
    shares need not add up: activations share routines, and a soft float's cost depends on its
    value. Arguments and errors as ``measure_cost``.
    """
    known = core_named(core)
    alive = network.without_dead_nodes()
    whole = _measured(known, alive, seen, optimize)
    shares: list[Share] = []
    for name, nodes in Counter(alive.activations).items():
        if name == "linear":
            continue
        others = tuple("linear" if kind == name else kind for kind in alive.activations)
        rest = _measured(known, replace(alive, activations=others), seen, optimize)
        instructions = whole.instructions_mean - rest.instructions_mean
        shares.append(Share(name, nodes, whole.flash_bytes - rest.flash_bytes, instructions))
    return tuple(sorted(shares, key=lambda share: -share.instructions_mean))


def core_named(name: str) -> Core:
    """Return the core; raise SettingsError when it is unknown, MissingError without its parts."""
    if name not in CORES:
        raise SettingsError(
            f"unknown core {name!r}", where="core", remedy=f"use one of {', '.join(core_names())}"
        )
    check_installed(CORES[name])
    return CORES[name]


def _measured(core: Core, network: Network, seen: Floats, optimize: Optimize) -> MeasuredCost:
    with scratch_folder() as folder:
        source = folder / "step.c"
        (source.parent / "policy.h").write_bytes(export(network, "c", NAME, optimize))
        source.write_text(HARNESS)
        return _run(core, compile_for(core, source, ("step",)), _in_memory(network, seen))


def _in_memory(network: Network, seen: Floats) -> list[bytes]:
    """Return the bytes of each observation as the header's step reads it."""
    if isinstance(network, FixedNetwork):
        size_bytes = WORDS[network.dtype] // 8
        return [row.astype(f"<i{size_bytes}").tobytes() for row in network.words(seen)]
    return [row.astype("<f4").tobytes() for row in seen]


def _run(core: Core, program: Path, states: list[bytes]) -> MeasuredCost:
    device, image = load_program(core, program)
    observation = device.heap
    action = observation + len(states[0])
    device.paint_stack()
    counts: list[Count] = []
    for state in states:
        device.write(observation, state)
        counts.append(device.counted_call("step", observation, action))
    cycles = [count.cycles for count in counts if count.cycles is not None]
    return MeasuredCost(
        core=core.name,
        code_bytes=image.code_bytes,
        constant_bytes=image.constant_bytes,
        ram_bytes=image.ram_bytes,
        stack_bytes=device.stack_bytes(),
        instructions_mean=float(np.mean([count.instructions for count in counts])),
        instructions_worst=max(count.instructions for count in counts),
        cycles_mean=float(np.mean(cycles)) if cycles else None,
        cycles_worst=max(cycles, default=None),
        states=len(counts),
        libraries=_libraries(image),
    )


def _libraries(image: Image) -> tuple[str, ...]:
    """Return the names of library routines; a name with a dot is a part of another routine."""
    own = re.compile(rf"step|{NAME}_\w+|wann_\w+|OUTLINED_\w+|.*\..*")
    return tuple(sorted(name for name in image.functions if own.fullmatch(name) is None))
