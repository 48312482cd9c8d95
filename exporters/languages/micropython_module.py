"""One module for MicroPython, which CPython runs too."""

from __future__ import annotations

import keyword
import sys
from pprint import pformat
from string import Template

from wann_edge.exporters import Files
from wann_edge.exporters.c.contract_lines import description_lines
from wann_edge.exporters.contract import contract
from wann_edge.exporters.languages.micropython_language import MicroPythonLanguage
from wann_edge.exporters.languages.translate import translated
from wann_edge.exporters.names import check_name, check_numbers
from wann_edge.exporters.vectors import octets_table, vectors
from wann_edge.network import Network
from wann_edge.system.needs import Need

_MODULE = Template("""\
# ${name}: a weight agnostic network, exported by wann-edge.
#
# Its actions have the bits of the kernel's, whether this MicroPython computes in float32 or
# float64: each operation is rounded to float32. Builds that store floats in 30 bits lose bits:
# selftest() reports it.
#
${description}
#
# Use:
#     import ${name}
#     action = ${name}.step(observation)
#
# Do not call step() from an interrupt handler: calls share one cell of memory.
import struct
from array import array
from math import copysign, isfinite, ldexp

__all__ = ("INPUTS", "OUTPUTS", "SHARED_WEIGHT", "contract", "selftest", "step")

INPUTS = ${inputs}
OUTPUTS = ${outputs}


def float_of(octets):
    return struct.unpack("<f", octets)[0]


# Some builds read decimals inexactly, so constants are written as bytes.
${constants}
SHARED_WEIGHT = ${weight}

cell = array("f", (0.0,))


def f(x):
    # Returns x rounded to float32.
    cell[0] = x
    return cell[0]


def step(observation, shared_weight=SHARED_WEIGHT):
    # Returns the action, a list of OUTPUTS numbers, for a sequence of INPUTS numbers.
    if len(observation) != INPUTS:
        raise ValueError("%d numbers for %d inputs" % (len(observation), INPUTS))
    shared_weight = f(shared_weight)
    all_finite = True
    for x in observation:
        all_finite = all_finite and wann_is_finite(f(x))
${nodes}
    action = [0.0] * OUTPUTS
${actions}
    return action


def contract():
    # Returns order, names, units and bounds of inputs and outputs; None means no bound.
    return ${contract}


def selftest():
    # Returns the number of golden vectors whose bits differ from the kernel's: 0 is correct.
    weights = (
${weights}
    )
    observations = (
${observations}
    )
    expected = (
${expected}
    )
    different = 0
    for v in range(len(expected)):
        row = v % len(observations)
        observation = struct.unpack("<%df" % INPUTS, observations[row])
        action = step(observation, float_of(weights[v // len(observations)]))
        if struct.pack("<%df" % OUTPUTS, *action) != expected[v]:
            different += 1
    return different


${functions}""")


# A module of such a name can't be imported, or hides a module of the board or a program that it
# runs at its start. A leading u, as in utime, stands for the built-in module.
_BOARD = (
    *(
        "apa106",
        "bluetooth",
        "boot",
        "dht",
        "ds18x20",
        "esp",
        "esp32",
        "framebuf",
        "machine",
        "main",
    ),
    *("micropython", "mip", "neopixel", "network", "ntptime", "onewire", "pyb", "requests", "rp2"),
    *("ulab", "upip", "urequests", "webrepl"),
)
_BUILT_IN = sys.stdlib_module_names
KEYWORDS = frozenset((*keyword.kwlist, *_BUILT_IN, *(f"u{name}" for name in _BUILT_IN), *_BOARD))


class MicroPythonModule:
    """A module with ``step``, ``selftest`` and ``contract``."""

    summary = "one module for MicroPython"
    suffix = ".py"
    numbers: tuple[str, ...] = ("float",)
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """Return the module, UTF-8; equal networks and names give equal bytes.

        Raises:
            ExportError: the network is in fixed point, or the name is not valid.
        """
        check_numbers(network, self, "micropython")
        check_name(name, "Python", KEYWORDS)
        text = _module(network.without_dead_nodes(), name)
        return {f"{name}{self.suffix}": text.encode()}


def _module(network: Network, name: str) -> str:
    language = MicroPythonLanguage()
    body = translated(network, language)
    functions = "\n\n".join(body.functions)
    weight = language.constant(network.shared_weight).text
    golden = vectors(network)
    return _MODULE.substitute(
        name=name,
        description="\n".join(f"# {line}".rstrip() for line in description_lines(network)),
        constants=language.constants(),
        inputs=len(network.inputs),
        outputs=len(network.outputs),
        weight=weight,
        nodes=language.indented(body.nodes),
        actions=language.indented(body.actions),
        contract=python_literal(contract(network, "micropython"), 4),
        weights=octets_table(golden.weights[:, None], "        {},"),
        observations=octets_table(golden.observations, "        {},"),
        expected=octets_table(golden.expected, "        {},"),
        functions=functions,
    )


def python_literal(value: object, indent: int) -> str:
    """Return a value as Python source; all lines but the first are indented."""
    lines = pformat(value, width=96 - indent, sort_dicts=False).splitlines()
    return ("\n" + " " * indent).join(lines)
