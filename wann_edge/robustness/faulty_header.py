"""The exported C header with faults in its text, compiled by the host and run in closed loop.

Every result of a node passes through ``stress_result``, and every constant of the
activations, the input scaling and the output bounds is read from a table: places where a
fault can be put. Without one the bits are the header's own.
"""

from __future__ import annotations

import ctypes
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from wann_edge.errors import MissingError, VerifyError
from wann_edge.evaluate import run_episode
from wann_edge.exporters import export
from wann_edge.kernel import Floats, Integers
from wann_edge.kernel.library import library
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.robustness.bits import flipped
from wann_edge.task import PlantTask, Task, has_plant
from wann_edge.verify.emulated.toolchain import run_compiler

COMPILERS = ("gcc", "clang")
NAME = "stressed_policy"
# No bit of a node's result is flipped in this step.
NO_FLIP = -1
# A result's bits become (bits & kept) ^ flipped.
_ALL_BITS = 0xFFFFFFFF
DEAD = (0, 0)

_HARNESS = Path(__file__).with_name("harness.c")
_STATEMENT = re.compile(r"(const (?:float|wann_word) n(\d+) = )([^;]*);")
# Beside constants what is none of the code's: bounds of inputs, the period, and the shared
# weight; and sums that nodes share, in which weights are.
_LITERAL = re.compile(
    rf"(?P<kept>#define {NAME.upper()}_"
    r"(?:INPUT_\w+_(?:LOW|HIGH)|SHARED_WEIGHT|CONTROL_PERIOD_S)\b.*"
    r"|\bs\d+ = [^;]*;)|(?<![\w.])\d+\.\d*(?:e[+-]?\d+)?f\b"
)


def stuck(bit: int, at: int) -> tuple[int, int]:
    """What is kept and flipped of a result of which a bit is stuck at 0 or 1."""
    return _ALL_BITS ^ (1 << bit), at << bit


class Device:
    """An instrumented header as a shared library, in the closed loop of a task.

    constants: the numbers that the header's code holds beside weights; none in fixed
    point. computed: the computed nodes that it has; of nodes that are equal the first.
    Faults stay until ``heal``.
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
        built.stress_episodes.argtypes = [*[pointer] * 3, *[number] * 3, *[pointer] * 3]
        built.stress_episodes.restype = None
        words = ctypes.c_uint32 * network.node_count
        self._kept = words.in_dll(built, "stress_kept")
        self._flipped = words.in_dll(built, "stress_flipped")
        self._table = (ctypes.c_float * len(constants)).in_dll(built, "stress_constants")
        self._dropped = number.in_dll(built, "stress_dropped_bits")
        self.heal()

    def heal(self) -> None:
        """Takes all faults away."""
        self._kept[:] = [_ALL_BITS] * len(self._kept)
        self._flipped[:] = [0] * len(self._flipped)
        self._table[:] = list(self.constants)
        self._dropped.value = 0

    def flip_constant(self, index: int, bit: int) -> None:
        """Flips a bit of a constant."""
        self._table[index] = flipped(self._table[index], bit)

    def put(self, results: Mapping[int, tuple[int, int]]) -> None:
        """Puts faults in nodes' results: what is kept of the bits, and what is then flipped."""
        for node, (kept, change) in results.items():
            self._kept[node], self._flipped[node] = kept, change

    def drop_bits(self, count: int) -> None:
        """Rounds the last bits of every word away; of a network in fixed point only."""
        self._dropped.value = count

    def returns(self, task: Task, seeds: Sequence[int], flips: Integers | None = None) -> Floats:
        """The return of the episode of each seed [episodes], with the network's own weight.

        flips: int32 [episodes, max_steps], a node times 32 plus the bit of its result
        that is flipped in that step alone, or NO_FLIP.
        """
        if has_plant(task):
            return self._native(task, seeds, flips)
        world, most = task.world(), task.spec.max_steps
        rows = [None] * len(seeds) if flips is None else [row.tolist() for row in flips]
        found = [
            run_episode(_FaultyPolicy(self, row), world, seed, most)[0]
            for seed, row in zip(seeds, rows, strict=True)
        ]
        return np.array(found, np.float32)

    def _native(self, task: PlantTask, seeds: Sequence[int], flips: Integers | None) -> Floats:
        """The loop in C, with the kernel's plant."""
        kernel, plant = library(), task.plant
        states: Floats = np.array(task.starts(seeds), np.float32, order="C")
        events = None if flips is None else np.ascontiguousarray(flips, np.int32)
        returns: Floats = np.empty(len(seeds), np.float32)
        self._library.stress_episodes(
            ctypes.cast(kernel.wann_plant_observe, ctypes.c_void_p),
            ctypes.cast(kernel.wann_plant_step, ctypes.c_void_p),
            plant.address(1),
            len(seeds),
            task.spec.max_steps,
            plant.states,
            states.ctypes.data,
            None if events is None else events.ctypes.data,
            returns.ctypes.data,
        )
        return returns

    def act(self, observation: Floats, flip: int = NO_FLIP) -> Floats:
        """The action float32 [outputs] for an observation float32 [inputs]."""
        seen = np.ascontiguousarray(observation, np.float32)
        action: Floats = np.empty(len(self.network.outputs), np.float32)
        self._library.stress_step(seen.ctypes.data, action.ctypes.data, flip)
        return action


class _FaultyPolicy:
    """The device in one episode, with the flip of each step."""

    def __init__(self, device: Device, flips: Sequence[int] | None) -> None:
        self._device = device
        self._flips = None if flips is None else iter(flips)

    def act(self, observation: Floats) -> Floats:
        flip = NO_FLIP if self._flips is None else next(self._flips)
        return self._device.act(observation, flip)


@contextmanager
def compiled(network: Network) -> Iterator[Device]:
    """The network's header, instrumented and compiled.

    network: without dead nodes. Raises MissingError without a compiler, VerifyError where
    the header can't be instrumented or compiled.
    """
    compiler = next(filter(shutil.which, COMPILERS), None)
    if compiler is None:
        raise MissingError("no C compiler (gcc or clang)", remedy="apt-get install gcc")
    header = export(network, "c", NAME).decode("ascii")
    in_words = isinstance(network, FixedNetwork)
    text, literals = instrumented(header, network, with_constants=not in_words)
    with tempfile.TemporaryDirectory(prefix="wann-edge-") as folder:
        place = Path(folder)
        (place / "policy.h").write_text(text)
        (place / "constants.inc").write_text("".join(f"{literal},\n" for literal in literals))
        defines = [f"-DSTRESS_NODES={network.node_count}"]
        defines += ["-DSTRESS_IN_WORDS"] if in_words else []
        flags = ["-std=c99", "-O2", "-ffp-contract=off", "-shared", "-fPIC", f"-I{folder}"]
        output = place / "stressed.so"
        run_compiler([compiler, *flags, *defines, "-o", str(output), str(_HARNESS)], compiler)
        constants = [float(np.float32(literal[:-1])) for literal in literals]
        nodes = {int(number) for _, number, _ in _STATEMENT.findall(header)}
        computed = sorted(nodes - set(range(network.first_computed)))
        yield Device(ctypes.CDLL(str(output)), network, constants, computed)


def instrumented(header: str, network: Network, *, with_constants: bool) -> tuple[str, list[str]]:
    """A header's text with places for faults, and the constants that it reads from a table.

    A zero needs no constant and stays. Weights, which are in the statements of sums and of
    computed nodes, stay too. Raises VerifyError unless each node that is read has a statement.
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
        raise VerifyError("the header has no statement for some node", where="stress")
    return "".join(parts), constants
