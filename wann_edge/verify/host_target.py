"""The exported C header, compiled by the host's compilers."""

from __future__ import annotations

import ctypes
import shlex
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from wann_edge.errors import VerifyError
from wann_edge.exporters import Optimize, export
from wann_edge.kernel import Floats
from wann_edge.kernel.arithmetic import ieee_arithmetic
from wann_edge.network import Network
from wann_edge.network.fixed_network import FixedNetwork
from wann_edge.network.number_formats import WORDS
from wann_edge.system.compiler import COMPILERS, INSTALL, asked_compiler, compile_c
from wann_edge.system.keeper import scratch_folder
from wann_edge.system.needs import Need, demand
from wann_edge.system.shared_library import load_library

LEVELS = ("-O2", "-O0", "-O3", "-Os")
FLAGS = (
    *("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wdouble-promotion"),
    *("-Werror", "-shared", "-fPIC"),
)
NAME = "verified_policy"

# Runs the header over a batch. Rows with the header's default weight go through the function
# without a weight argument, so that both functions are checked. A header in fixed point
# converts floats by its functions for units.
HARNESS = f"""
#define {NAME.upper()}_SELFTEST
#define {NAME.upper()}_UNITS
#include "policy.h"
#ifdef {NAME.upper()}_WEIGHT_BITS
#define STEP {NAME}_step_units
#define STEP_WITH_WEIGHT {NAME}_step_units_with_weight
#define ONE_WEIGHT (1L << {NAME.upper()}_WEIGHT_BITS)
#define OWN_WEIGHT ((float)({NAME.upper()}_SHARED_WEIGHT) / (float)ONE_WEIGHT)
#else
#define STEP {NAME}_step
#define STEP_WITH_WEIGHT {NAME}_step_with_weight
#define OWN_WEIGHT {NAME.upper()}_SHARED_WEIGHT
#endif
int selftest(void);
void run(int32_t count, const float *observation, const float *weight, float *action);
int selftest(void) {{ return {NAME}_selftest(); }}
void run(int32_t count, const float *observation, const float *weight, float *action)
{{
    for (int32_t i = 0; i < count; i++) {{
        const float *seen = observation + i * {NAME.upper()}_INPUTS;
        float *act = action + i * {NAME.upper()}_OUTPUTS;
        if (weight[i] == OWN_WEIGHT)
            STEP(seen, act);
        else
            STEP_WITH_WEIGHT(seen, weight[i], act);
    }}
}}
"""

# The step on the numbers that a device receives and sends: floats, or words in fixed point.
STEP_OF_NUMBERS = f"""
void step(const NUMBER *observation, const NUMBER *weight, NUMBER *action);
void step(const NUMBER *observation, const NUMBER *weight, NUMBER *action)
{{ {NAME}_step_with_weight(observation, *weight, action); }}
"""


class CompiledHeader:
    """The header as a shared library, built by one compiler at one optimisation level."""

    tolerance = 0.0
    most_episodes: int | None = None

    def __init__(self, name: str, library: Path, outputs: int, *, in_loop: bool) -> None:
        self.name = name
        self.in_loop = in_loop
        self._library = load_library(library)
        self._library.run.argtypes = [ctypes.c_int32, *[ctypes.c_void_p] * 3]
        self._library.run.restype = None
        self._outputs = outputs

    @ieee_arithmetic()
    def forward(self, observations: Floats, weights: Floats) -> Floats:
        """Return actions [n, outputs] of observations [n, inputs] and weights [n], float32."""
        seen = np.ascontiguousarray(observations, np.float32)
        shared = np.ascontiguousarray(weights, np.float32)
        actions = np.empty((len(shared), self._outputs), np.float32)
        self._library.run(len(shared), seen.ctypes.data, shared.ctypes.data, actions.ctypes.data)
        return actions

    @ieee_arithmetic()
    def step(self, observation: bytes, weight: bytes) -> bytes:
        """Return the bytes of an action; all three are floats, or words of the dtype."""
        action = ctypes.create_string_buffer(len(weight) * self._outputs)
        self._library.step(observation, weight, action)
        return action.raw

    @ieee_arithmetic()
    def faults(self) -> Sequence[str]:
        """Run the header's self-test and return what it finds."""
        wrong = self._library.selftest()
        return [f"selftest(): {wrong} golden vectors differ"] if wrong else []


class HostTarget:
    """The exported header, built by CC and by those of gcc and clang that are installed."""

    summary = "the C header on this computer, by gcc and clang"

    @property
    def needs(self) -> tuple[Need, ...]:
        """Return the need of one compiler."""
        return (Need(" or ".join(COMPILERS), INSTALL, lambda: bool(_compilers())),)

    @contextmanager
    def artefacts(
        self, network: Network, optimize: Optimize = "size"
    ) -> Iterator[Iterator[CompiledHeader]]:
        """Export the header and yield it built by each compiler at each level."""
        demand(self.needs)
        with scratch_folder() as place:
            (place / "policy.h").write_bytes(export(network, "c", NAME, optimize))
            number = (
                f"int{WORDS[network.dtype]}_t" if isinstance(network, FixedNetwork) else "float"
            )
            step = STEP_OF_NUMBERS.replace("NUMBER", number)
            (place / "harness.c").write_text(HARNESS + step)
            yield self._built(place, _compilers(), len(network.outputs))

    def _built(self, place: Path, compilers: list[str], outputs: int) -> Iterator[CompiledHeader]:
        for number, compiler in enumerate(compilers):
            for level in LEVELS:
                library = place / f"policy{level}-{number}.so"
                compile_header(compiler, level, place, library)
                first = number == 0 and level == LEVELS[0]
                yield CompiledHeader(f"{compiler} {level}", library, outputs, in_loop=first)


def _compilers() -> list[str]:
    """Return the commands of the compilers: the environment variable CC, gcc, clang."""
    asked = shlex.join(asked_compiler())
    found = [compiler for compiler in COMPILERS if shutil.which(compiler)]
    return [asked, *(one for one in found if one != asked)] if asked else found


def compile_header(compiler: str, level: str, place: Path, library: Path) -> None:
    """Compile harness.c to a shared library.

    No flag forbids contraction: the header must give the kernel's bits without one.

    Args:
        compiler: a command such as "gcc" or "ccache clang".
        level: an optimisation flag.
        place: the folder of harness.c and policy.h.
        library: the file to write.

    Raises:
        VerifyError: the header does not compile.
        ToolError: the compiler fails, not the header.
    """
    command = [*shlex.split(compiler), *FLAGS, level, "-o", str(library), str(place / "harness.c")]
    messages = compile_c(command)
    if messages:
        raise VerifyError(
            f"the exported header does not compile: {messages[:500]}",
            where=f"{compiler} {level}",
            remedy="use a compiler that supports C99",
        )
