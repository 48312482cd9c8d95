"""A WebAssembly module: the C header, compiled."""

from __future__ import annotations

import json
from string import Template

from wann_edge.exporters import Files
from wann_edge.exporters.c.header import header
from wann_edge.exporters.c.text import check_c_name
from wann_edge.exporters.contract import contract
from wann_edge.exporters.names import check_numbers
from wann_edge.network import Network
from wann_edge.system import zig
from wann_edge.system.needs import Need, demand, package

# The custom section that holds the contract as JSON.
SECTION = "wann-edge"
_FLAGS = ("-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-Wl,--strip-all")
_EXPORTS = ("step", "step_with_weight", "selftest", "observation", "action")
_CUSTOM = 0

_SOURCE = Template("""\
#define ${NAME}_SELFTEST
#include "${name}.h"

/* Memory for hosts that allocate none themselves. */
float observation[${NAME}_INPUTS], action[${NAME}_OUTPUTS];

void step(const float *seen, float *given);
void step_with_weight(const float *seen, float shared_weight, float *given);
int selftest(void);

void step(const float *seen, float *given) { ${name}_step(seen, given); }
void step_with_weight(const float *seen, float shared_weight, float *given)
{
    ${name}_step_with_weight(seen, shared_weight, given);
}
int selftest(void) { return ${name}_selftest(); }
""")


class WasmModule:
    """A module that imports nothing and exports its memory.

    | export | meaning |
    |---|---|
    | step(observation, action) | both arguments are addresses of float32 in the memory |
    | step_with_weight(observation, shared_weight, action) | the same with another shared weight |
    | selftest() | returns the number of golden vectors whose bits differ |
    | observation, action | globals: addresses of memory for one of each |

    The custom section ``wann-edge`` contains the contract as JSON.
    """

    summary = "a WebAssembly module that imports nothing"
    suffix = ".wasm"
    numbers: tuple[str, ...] = ("float",)
    needs: tuple[Need, ...] = (package("ziglang", zig.INSTALL),)

    def files(self, network: Network, name: str) -> Files:
        """Return the module; equal networks, names and versions of Zig give equal bytes.

        Raises:
            ExportError: the network is in fixed point, or the name is not valid.
            MissingError: Zig is not installed.
        """
        check_numbers(network, self, "wasm")
        check_c_name(name)
        demand(self.needs)
        code = _SOURCE.substitute(name=name, NAME=name.upper()).encode("ascii")
        sources = {"module.c": code, f"{name}.h": header(network, name)}
        exported = [f"-Wl,--export={one}" for one in _EXPORTS]
        module = zig.wasm_module(sources, [*_FLAGS, *exported])
        values = {"name": name, **contract(network, "wasm")}
        return {f"{name}{self.suffix}": module + _section(json.dumps(values).encode("ascii"))}


def _section(content: bytes) -> bytes:
    """Return a custom section: number, size, name and content."""
    name = SECTION.encode("ascii")
    body = _length(len(name)) + name + content
    return bytes([_CUSTOM]) + _length(len(body)) + body


def _length(number: int) -> bytes:
    """Return an unsigned number with 7 bits in each byte, the lowest first (LEB128)."""
    octets = bytearray()
    while number > 0x7F:
        octets.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*octets, number])
