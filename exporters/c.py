"""The C exporter: one header that runs a network with the kernel's own code.

The header is C99 and C++11, needs only ``<stdint.h>``, and gives the bits that the
kernel gives: the activations are the kernel's text, and the network is written out
in the kernel's order of operations (``wann_forward`` in kernel/network.h).
"""

from __future__ import annotations

from string import Template

from wann_edge.exporters import Files
from wann_edge.exporters.c_contract import constant_lines, contract_lines, output_macros
from wann_edge.exporters.c_fixed import fixed_header
from wann_edge.exporters.c_selftest import selftest
from wann_edge.exporters.c_statements import (
    Bounds,
    action_statements,
    input_statements,
    literal_bounds,
    node_statements,
)
from wann_edge.exporters.c_text import check_c_name, wrapped
from wann_edge.exporters.kernel_text import blocks, needed_by, shipped
from wann_edge.exporters.names import check_numbers
from wann_edge.fixed import FixedNetwork
from wann_edge.needs import Need
from wann_edge.network import Network

_HEADER = Template("""\
/* ${name}: a weight agnostic network, exported by wann-edge.
 *
 * Gives the bits of the kernel that it was searched and verified with, wherever float is
 * IEEE 754 single precision. C99 and C++11; no library, no heap, no static memory;
 * reentrant. For clang leave -ffp-contract=fast out: it overrules the pragma below.
 *
${contract}
 *
 * Use:
 *     float observation[${NAME}_INPUTS] = {0.0f}, action[${NAME}_OUTPUTS];
 *     ${name}_step(observation, action);
 *
 * Self-test: define ${NAME}_SELFTEST before the include; ${name}_selftest() gives 0
 * where this compiler and processor compute the verified bits.
 */
#ifndef ${NAME}_WANN_H
#define ${NAME}_WANN_H

${constants}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC push_options
#endif
${contraction}
${kernel}
${function}
${selftest}
/* Code after this header is compiled as its own options say. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT DEFAULT
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif

#endif
""")

_FUNCTION = Template("""\
/* The action for an observation, with a shared weight chosen at run time.
 * observation and action may be the same memory. */
static inline void ${name}_step_with_weight(const float *observation,
        float shared_weight, float *action)
{
    int all_finite = 1;
    for (int i = 0; i < ${NAME}_INPUTS; i++)
        all_finite = all_finite && wann_is_finite(observation[i]);
${nodes}
${actions}
}

/* The action for an observation, with the network's own shared weight. */
static inline void ${name}_step(const float observation[${NAME}_INPUTS],
        float action[${NAME}_OUTPUTS])
{
    ${name}_step_with_weight(observation, (float)(${NAME}_SHARED_WEIGHT), action);
}
""")


class CHeader:
    """A C header. Functions are called ``name_step`` and so on, macros ``NAME_INPUTS``."""

    summary = "one C header without dependencies"
    suffix = ".h"
    numbers: tuple[str, ...] = ("float", "fixed")
    needs: tuple[Need, ...] = ()

    def files(self, network: Network, name: str) -> Files:
        """The header, ASCII. Raises ExportError where it can't be named so."""
        check_c_name(name)
        return {f"{name}.h": header(network, name)}


class CFixedHeader(CHeader):
    """The same header for networks in fixed point, and for no others."""

    summary = "the C header in fixed point, for chips without a floating-point unit"
    numbers: tuple[str, ...] = ("fixed",)

    def files(self, network: Network, name: str) -> Files:
        """The header, ASCII. Raises ExportError on a network in floats, or the name."""
        check_numbers(network, self, "c-fixed")
        return super().files(network, name)


def header(network: Network, name: str) -> bytes:
    """The header's text, ASCII, in floats or words. name: checked by the caller."""
    if isinstance(network, FixedNetwork):
        return fixed_header(network, name)
    alive = network.without_dead_nodes()
    function = _function(alive, name)
    text = _HEADER.substitute(
        name=name,
        NAME=name.upper(),
        contract="\n".join(f" * {line}" for line in contract_lines(alive, name)),
        contraction=blocks()["contraction"],
        kernel="\n".join(map(shipped, needed_by(function))),
        constants="\n".join(constant_lines(alive, name)),
        function=function,
        selftest=selftest(alive, name),
    )
    return text.encode("ascii")


def _function(network: Network, name: str) -> str:
    """The C functions of a network without dead nodes."""
    bounds = [
        Bounds(low and f"{macro}_LOW", high and f"{macro}_HIGH", f"{macro}_SAFE")
        for macro, (low, high, _) in zip(
            output_macros(network, name), literal_bounds(network), strict=True
        )
    ]
    statements = [*input_statements(network), *node_statements(network)]
    return _FUNCTION.substitute(
        name=name,
        NAME=name.upper(),
        nodes="\n".join(map(wrapped, statements)),
        actions="\n".join(map(wrapped, action_statements(network, bounds))),
    )
