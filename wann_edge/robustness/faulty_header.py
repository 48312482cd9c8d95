"""The exported C header with places for faults, compiled and run in closed loop.

Each result of a node passes through the function ``stress_result``, and each constant of
activations, input scaling and output bounds comes from a table. Without a fault the results
equal those of the header to the bit.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from wann_edge.errors import VerifyError
from wann_edge.evaluate import run_episode
from wann_edge.exporters import export
from wann_edge.kernel import Floats, Integers
from wann_edge.kernel.arithmetic import ieee_arithmetic
from wann_edge.kernel.library import library
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.robustness.bits import flipped
from wann_edge.robustness.fault_trial import FaultTrial
from wann_edge.system.compiler import host_compiler
from wann_edge.system.keeper import scratch_folder
from wann_edge.system.shared_library import load_library
from wann_edge.task import PlantTask, Task, has_plant
from wann_edge.task.held import Held, WatchedWorld
from wann_edge.task.open_world import opened
from wann_edge.verify.emulated.toolchain import run_compiler

NAME = "stressed_policy"
# The value of a flip for a step without one.
NO_FLIP = -1
# A result's bits become (bits & kept) ^ flipped.
_ALL_BITS = 0xFFFFFFFF
DEAD = (0, 0)

_SOURCE = Path(__file__).with_name("faulty_header.c")
_STATEMENT = re.compile(r"(const (?:float|wann_word) n(\d+) = )([^;]*);")
# Matches constants of the code. Group ``kept`` matches text whose numbers stay: bounds of inputs,
# control period, shared weight, and shared sums, which contain weights.
_LITERAL = re.compile(
    rf"(?P<kept>#define {NAME.upper()}_"
    r"(?:INPUT_\w+_(?:LOW|HIGH)|SHARED_WEIGHT|CONTROL_PERIOD_S)\b.*"
    r"|\bs\d+ = [^;]*;)|(?<![\w.])\d+\.\d*(?:e[+-]?\d+)?f\b"
)


def stuck(bit: int, at: int) -> tuple[int, int]:
    """Return the masks (kept, flipped) of a result with one bit stuck at 0 or 1."""
    return _ALL_BITS ^ (1 << bit), at << bit


class FaultyHeader:
    """An instrumented header as a shared library. Faults stay until ``heal``.

    Attributes:
        constants: the constants of the code besides weights; none in fixed point.
        computed: the computed nodes of the header; of equal nodes only the first.
        network: the exported network.
    """

    def __init__(
        self,
        built: ctypes.CDLL,
        network: Network,
        constants: Sequence[float],
        computed: Sequence[int],
    ) -> None:
        self.constants, self.computed = tuple(constants), tuple(computed)
        self.network = network
        self._library = built
        pointer, number = ctypes.c_void_p, ctypes.c_int32
        built.stress_step.argtypes = [pointer, pointer, number]
        built.stress_step.restype = None
        built.stress_episodes.argtypes = [*[pointer] * 4, *[number] * 4, *[pointer] * 4]
        built.stress_episodes.restype = None
        words = ctypes.c_uint32 * network.node_count
        self._kept = words.in_dll(built, "stress_kept")
        self._flipped = words.in_dll(built, "stress_flipped")
        self._table = (ctypes.c_float * len(constants)).in_dll(built, "stress_constants")
        self._dropped = number.in_dll(built, "stress_dropped_bits")
        self.heal()

    def heal(self) -> None:
        """Remove all faults."""
        self._kept[:] = [_ALL_BITS] * len(self._kept)
        self._flipped[:] = [0] * len(self._flipped)
        self._table[:] = list(self.constants)
        self._dropped.value = 0

    def flip_constant(self, index: int, bit: int) -> None:
        """Flip a bit of a constant."""
        self._table[index] = flipped(self._table[index], bit)

    def inject(self, results: Mapping[int, tuple[int, int]]) -> None:
        """Set the masks (kept, flipped) of the results of nodes."""
        for node, (kept, change) in results.items():
            self._kept[node], self._flipped[node] = kept, change

    def drop_bits(self, count: int) -> None:
        """Round away the last bits of each word; only in fixed point."""
        self._dropped.value = count

    def returns(self, task: Task, seeds: Sequence[int]) -> Floats:
        """Return the returns [episodes] without flips."""
        return self.trial(task, seeds, None).returns

    def trial(
        self,
        task: Task,
        seeds: Sequence[int],
        rule: Held | None,
        flips: Integers | None = None,
    ) -> FaultTrial:
        """Run the episode of each seed with the network's own weight.

        Args:
            task: of the episodes.
            seeds: one per episode.
            rule: when an episode is held, or None.
            flips: int32 [episodes, max_steps]: 32 times a node plus the bit of its result
                that is flipped in this step only, or NO_FLIP; None for no flips.
        """
        if has_plant(task):
            returns, by_states = self._native(task, seeds, flips)
        else:
            returns, by_states = self._stepwise(task, seeds, rule, flips)
        return FaultTrial(returns, None if rule is None else rule.verdict(returns, by_states))

    def _stepwise(
        self, task: Task, seeds: Sequence[int], rule: Held | None, flips: Integers | None
    ) -> tuple[Floats, Integers]:
        """Run the loop in Python; return the returns, and which episodes their states hold."""
        rows = [None] * len(seeds) if flips is None else [row.tolist() for row in flips]
        returns: Floats = np.empty(len(seeds), np.float32)
        held: Integers = np.empty(len(seeds), np.int32)
        with opened(WatchedWorld(task.world(), rule)) as world:
            for place, (seed, row) in enumerate(zip(seeds, rows, strict=True)):
                policy, most = _FaultyPolicy(self, row), task.spec.max_steps
                returns[place] = run_episode(policy, world, seed, most)[0]
                held[place] = world.held
        return returns, held

    @ieee_arithmetic()
    def _native(
        self, task: PlantTask, seeds: Sequence[int], flips: Integers | None
    ) -> tuple[Floats, Integers]:
        """Run the loop in C, with the kernel's plant; return what ``_stepwise`` returns."""
        kernel, plant = library(), task.plant
        states: Floats = np.array(task.starts(seeds), np.float32, order="C")
        events = None if flips is None else np.ascontiguousarray(flips, np.int32)
        returns: Floats = np.empty(len(seeds), np.float32)
        held: Integers = np.zeros(len(seeds), np.int32)
        functions = kernel.wann_plant_observe, kernel.wann_plant_step, kernel.wann_plant_held
        self._library.stress_episodes(
            *(ctypes.cast(function, ctypes.c_void_p) for function in functions),
            plant.address(1),
            plant.held_steps,
            len(seeds),
            task.spec.max_steps,
            plant.states,
            states.ctypes.data,
            None if events is None else events.ctypes.data,
            returns.ctypes.data,
            held.ctypes.data,
        )
        return returns, held

    @ieee_arithmetic()
    def act(self, observation: Floats, flip: int = NO_FLIP) -> Floats:
        """Return the action, float32 [outputs], for an observation, float32 [inputs]."""
        seen = np.ascontiguousarray(observation, np.float32)
        action: Floats = np.empty(len(self.network.outputs), np.float32)
        self._library.stress_step(seen.ctypes.data, action.ctypes.data, flip)
        return action


class _FaultyPolicy:
    """A faulty header in one episode, with the flip of each step."""

    def __init__(self, header: FaultyHeader, flips: Sequence[int] | None) -> None:
        self._header = header
        self._flips = None if flips is None else iter(flips)

    def act(self, observation: Floats) -> Floats:
        flip = NO_FLIP if self._flips is None else next(self._flips)
        return self._header.act(observation, flip)


@contextmanager
def compiled(network: Network) -> Iterator[FaultyHeader]:
    """Export, instrument and compile the header of a network.

    Args:
        network: without dead nodes.

    Returns:
        A context with the faulty header.

    Raises:
        MissingError: no C compiler is installed.
        VerifyError: the header cannot be instrumented or compiled.
    """
    compiler = host_compiler()
    header = export(network, "c", NAME).decode("ascii")
    in_words = isinstance(network, FixedNetwork)
    text, literals = instrumented(header, network, with_constants=not in_words)
    with scratch_folder() as place:
        (place / "policy.h").write_text(text)
        (place / "constants.inc").write_text("".join(f"{literal},\n" for literal in literals))
        defines = [f"-DSTRESS_NODES={network.node_count}"]
        defines += ["-DSTRESS_IN_WORDS"] if in_words else []
        flags = ["-std=c99", "-O2", "-ffp-contract=off", "-shared", "-fPIC", f"-I{place}"]
        output = place / "stressed.so"
        run_compiler([*compiler, *flags, *defines, "-o", str(output), str(_SOURCE)], compiler[0])
        constants = [float(np.float32(literal[:-1])) for literal in literals]
        nodes = {int(number) for _, number, _ in _STATEMENT.findall(header)}
        computed = sorted(nodes - set(range(network.first_computed)))
        yield FaultyHeader(load_library(output), network, constants, computed)


def instrumented(header: str, network: Network, *, with_constants: bool) -> tuple[str, list[str]]:
    """Add places for faults to the text of a header.

    Args:
        header: the exported text.
        network: the exported network.
        with_constants: whether constants move to a table; weights and zeros stay.

    Returns:
        The text, and the literals of the table.

    Raises:
        VerifyError: a node has no statement.
    """
    bare = re.sub(r"/\*.*?\*/", " ", header, flags=re.DOTALL)
    constants: list[str] = []

    def place(match: re.Match[str]) -> str:
        if match["kept"] or not with_constants or float(match[0][:-1]) == 0:
            return match[0]
        constants.append(match[0])
        return f"stress_constants[{len(constants) - 1}]"

    def tabled(text: str) -> str:
        return _LITERAL.sub(place, text)

    first, *rest = _STATEMENT.split(bare)
    parts, nodes = [tabled(first)], set[int]()
    for head, number, expression, after in zip(*(rest[i::4] for i in range(4)), strict=True):
        nodes.add(int(number))
        inside = tabled(expression) if int(number) < network.first_computed else expression
        parts += [f"{head}stress_result({number}, {inside});", tabled(after)]
    named = set(map(int, re.findall(r"\bn(\d+)\b", bare)))
    if named != nodes or max(nodes, default=0) < network.first_computed:
        raise VerifyError(
            "the exported header lacks the statement of a node",
            where="stress",
            remedy="report this defect of the C exporter",
        )
    return "".join(parts), constants
