"""What an exported header costs on an emulated core: flash, RAM, stack, instructions."""

from __future__ import annotations

import re
import tempfile
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
from wann_edge.system.seeds import Use, generator
from wann_edge.task import Task, check_fit
from wann_edge.verify.emulated.cores import CORES, Core
from wann_edge.verify.emulated.image import Count, Image
from wann_edge.verify.emulated.target import load_program
from wann_edge.verify.emulated.toolchain import check_installed, compile_for
from wann_edge.verify.inputs import typical_states

# Counting is slow where floats are library routines: some milliseconds a state.
STATES = 200
NAME = "costed_policy"
# One step and nothing else: what a firmware grows by. A header in fixed point names its word.
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
class Cost:
    """One header on one core.

    code_bytes, constant_bytes: flash; constants that the compiler puts among its
    instructions count as code. ram_bytes: static. stack_bytes: None where it can't be
    seen. instructions: executed in a step, over ``states`` typical states; cycles, where
    the emulator knows them. libraries: the compiler's own routines that were linked.
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
        """Code and constants."""
        return self.code_bytes + self.constant_bytes


def measure_cost(
    network: Network,
    core: str,
    *,
    task: Task | None = None,
    states: int = STATES,
    seed: int = 0,
    optimize: Optimize = "size",
) -> Cost:
    """Exports the header, compiles it for a core (-Os) and runs it on typical states.

    core: a name of cores.py. task: where the states come from; without one they are drawn
    from the declared bounds.
    Raises SettingsError on an unknown core, MissingError when a part is not installed,
    VerifyError when the header can't be built or run, TaskError when the network does
    not fit the task.
    """
    known = core_named(core)
    return _measured(known, network, _states(network, task, states, seed), optimize)


@dataclass(frozen=True)
class Share:
    """What one activation adds: the network's cost, less that with ``linear`` in its place."""

    activation: str
    nodes: int
    flash_bytes: int
    instructions_mean: float


def measure_shares(
    network: Network,
    core: str,
    *,
    task: Task | None = None,
    states: int = STATES,
    seed: int = 0,
    optimize: Optimize = "size",
) -> tuple[Share, ...]:
    """What each activation of a network adds on a core, most instructions first.

    Each is replaced by ``linear`` and measured on the same states: what is left then need
    not add up, for routines are shared, and a soft float's cost depends on its value.
    Raises as ``measure_cost``.
    """
    known, seen = core_named(core), _states(network, task, states, seed)
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
    """The core. Raises SettingsError where there is none, MissingError without its parts."""
    if name not in CORES:
        names = ", ".join(CORES)
        raise SettingsError(f"{name!r} is not one of the cores", remedy=f"use one of {names}")
    check_installed(CORES[name])
    return CORES[name]


def _states(network: Network, task: Task | None, states: int, seed: int) -> Floats:
    if task is not None:
        check_fit(network, task.spec)
    return typical_states(network, task, states, generator(seed, Use.COST_INPUTS))


def _measured(core: Core, network: Network, seen: Floats, optimize: Optimize) -> Cost:
    with tempfile.TemporaryDirectory(prefix="wann-edge-") as folder:
        source = Path(folder) / "step.c"
        (source.parent / "policy.h").write_bytes(export(network, "c", NAME, optimize))
        source.write_text(HARNESS)
        return _run(core, compile_for(core, source, ("step",)), _in_memory(network, seen))


def _in_memory(network: Network, seen: Floats) -> list[bytes]:
    """Each observation as the header's step reads it."""
    if isinstance(network, FixedNetwork):
        size_bytes = WORDS[network.dtype] // 8
        return [row.astype(f"<i{size_bytes}").tobytes() for row in network.words(seen)]
    return [row.astype("<f4").tobytes() for row in seen]


def _run(core: Core, program: Path, states: list[bytes]) -> Cost:
    device, image = load_program(core, program)
    observation = device.heap
    action = observation + len(states[0])
    device.paint_stack()
    counts: list[Count] = []
    for state in states:
        device.write(observation, state)
        counts.append(device.counted_call("step", observation, action))
    cycles = [count.cycles for count in counts if count.cycles is not None]
    return Cost(
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
    """The routines' names; a name with a dot is another one of the same routine."""
    own = re.compile(rf"step|{NAME}_\w+|wann_\w+|OUTLINED_\w+|.*\..*")
    return tuple(sorted(name for name in image.functions if own.fullmatch(name) is None))
