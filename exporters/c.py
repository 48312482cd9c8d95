"""The C exporter: one header that runs a network with the kernel's own code.

The header is C99 and C++11, needs only ``<stdint.h>``, and gives the bits that the
kernel gives: the activations are the kernel's text, and the network is written out
in the kernel's order of operations (``wann_forward`` in kernel/network.h).
"""

from __future__ import annotations

from string import Template

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
from wann_edge.exporters.c_text import check_name, wrapped
from wann_edge.exporters.kernel_text import blocks, needed_by, shipped
from wann_edge.fixed import FixedNetwork
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

    suffix = ".h"

    def export(self, network: Network, name: str) -> bytes:
        """The header, ASCII; the same bytes for the same network and name.

        name: a C identifier. Raises ExportError when it is not, or is a keyword, or
        begins with an underscore or with ``wann_``, the kernel's own.
        """
        check_name(name)
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
